"""`%MACROS%`: what they stand for, as text that is read like any other; what needs a live wiki stays as written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from meetings.twiki.nodes import Problem, Text
from meetings.twiki.source import ATTACHED, GHOST, STASH_CLOSE, STASH_OPEN

DEPTH = 20
"""How deep macros may stand in each other's arguments."""

_TOKEN = re.compile(r"!(?<!\S!)%(?=[A-Z])|%(?P<name>[A-Z][A-Z0-9_:]*)(?P<end>[{%])|\}%")
_ARGUMENT = re.compile(r'(?:([A-Za-z_]\w*)\s*=\s*)?"((?:[^"\\]|\\.)*)"')

COLOURS = {
    "BLACK": "#000000", "MAROON": "#800000", "PURPLE": "#800080", "PINK": "#ff00ff", "RED": "#ff0000",
    "ORANGE": "#ff6600", "YELLOW": "#ffff00", "LIME": "#00ff00", "AQUA": "#00ffff", "AQUAMARINE": "#66cdaa",
    "GREEN": "#008000", "OLIVE": "#808000", "BROWN": "#996633", "NAVY": "#000080", "TEAL": "#008080",
    "BLUE": "#0000ff", "GRAY": "#808080", "GREY": "#808080", "SILVER": "#c0c0c0", "WHITE": "#ffffff",
}  # fmt: skip
ICONS = {
    "H": "HELP", "I": "IDEA!", "M": "MOVED TO...", "N": "NEW", "P": "REFACTOR", "Q": "QUESTION?", "S": "PICK",
    "T": "TIP", "U": "UPDATED", "X": "ALERT!", "Y": "DONE",
}  # fmt: skip
"""The little pictures, by what they say to someone who cannot see them."""
_PLAIN = {
    "BR": "<br />", "BB": "<br />&#8226;", "BB2": "<br />&nbsp;&nbsp;&#8226;",
    "BB3": "<br />&nbsp;&nbsp;&nbsp;&nbsp;&#8226;", "BB4": "<br />&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&#8226;",
    "BULLET": "&#8226;", "VBAR": "&#124;", "CARET": "^", "AMP": "&amp;", "LT": "&lt;", "GT": "&gt;",
    "QUOT": "&quot;", "PERCENT": "&#37;", "NOP": "<nop>", "ENDCOLOR": "</font>", "ENDBG": "</font>",
    "ATTACHURL": ATTACHED, "ATTACHURLPATH": ATTACHED,
    "MAINWEB": "Main", "USERSWEB": "Main", "TWIKIWEB": "TWiki", "SYSTEMWEB": "TWiki", "WIKITOOLNAME": "TWiki",
    "HOMETOPIC": "WebHome", "SCRIPTSUFFIX": "", "STARTINCLUDE": "", "STOPINCLUDE": "", "ENDACTION": "",
    "NOTOC": "", "EDITCELL": "", "SLIDESHOWSTART": "", "SLIDESHOWEND": "", "ENDTABLESECTION": "", "ENDTWISTY": "",
    "ENDTWISTYTOGGLE": "", "RENDERLIST": "<nop>",
    **{name: f'<font color="{colour}">' for name, colour in COLOURS.items()}, **ICONS,
}  # fmt: skip
_SILENT = {
    "TOC": "the table of contents is made anew where it is shown",
    "COMMENT": "the wiki's comment box has nowhere to write to",
    "TWISTY": "its text is shown open", "TWISTYSHOW": "its text is shown open",
    "TWISTYHIDE": "its text is shown open", "TWISTYBUTTON": "its text is shown open",
    "TWISTYTOGGLE": "its text is shown open", "STARTSECTION": "only the wiki includes sections",
    "ENDSECTION": "only the wiki includes sections", "SECTION": "only the wiki includes sections",
    "SLIDESHOWSTART": "the slides are shown as text", "TABLESECTION": "the table is shown whole",
    "ANCHOR": "it showed nothing",
}  # fmt: skip
_TABLES = frozenset(("TABLE", "EDITTABLE"))
_COMMA = re.compile(r"\s*,\s*")
_OWN_FOLDER = re.compile(r"%PUBURL(?:PATH)?%/%(?:BASE)?WEB%/%(?:BASE)?TOPIC%")
_SET = re.compile(r"^(?:\t| {3})+\* +(?:Set|Local) +(\w+) *=[ \t]*(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What `%TABLE{...}%` says of the table below it, as far as it changes what a reader sees."""

    header_align: tuple[str, ...] = ()
    data_align: tuple[str, ...] = ()


@dataclass(slots=True)
class _Call:
    """A macro whose arguments are being read."""

    name: str
    line: int
    parts: list[str] = field(default_factory=list)


def arguments(written: str) -> dict[str, str]:
    """`"plain" key="value"` as a mapping; the plain one's name is empty."""
    found = {key: value.replace('\\"', '"') for key, value in _ARGUMENT.findall(written)}
    if not found and written.strip():
        found[""] = written.strip()
    return found


class Macros:
    """Rewrites the macros of one page; `settings` are the page's own `   * Set NAME = value`."""

    def __init__(self, name: str, stash: list[object], problems: list[Problem], settings: dict[str, str]) -> None:
        self.name = name
        self.stash = stash
        self.problems = problems
        self.settings = settings

    def expand(self, text: str, line: int = 1) -> str:
        """The text with every macro replaced; newlines inside one become ghosts, so that lines keep their numbers."""
        if "%PUBURL" in text:
            text = _OWN_FOLDER.sub("%ATTACHURL%", text)
        base: list[str] = []
        calls: list[_Call] = []
        out, position = base, 0
        for match in _TOKEN.finditer(text):
            start = match.start()
            if start < position:
                continue
            out.append(text[position:start])
            line += text.count("\n", position, start)
            position = match.end()
            if match["name"]:
                if match["end"] == "%":
                    out.append(self._simple(match["name"], match[0], line))
                elif len(calls) < DEPTH:
                    calls.append(_Call(match["name"], line))
                    out = calls[-1].parts
                else:
                    out.append(match[0])
            elif match[0] != "}%":
                out.append("&#37;")
            elif calls:
                call = calls.pop()
                out = calls[-1].parts if calls else base
                out.append(self._called(call, "".join(call.parts)))
            else:
                out.append("}%")
        out.append(text[position:])
        for call in calls:
            base += [f"%{call.name}{{", *call.parts]
        return "".join(base)

    def _simple(self, name: str, written: str, line: int) -> str:
        """`%NAME%`."""
        if name in _SILENT:
            self._note(line, f"%{name}% was left out: {_SILENT[name]}.")
            return "<nop>"
        if (replacement := _PLAIN.get(name)) is not None:
            return replacement
        if name in _TABLES:
            return self._table({})
        if name in _OF_THE_PAGE and self.name:
            return _OF_THE_PAGE[name](self.name)
        if name in self.settings:
            return self.settings[name]
        if (address := _HOST.get(name)) is not None:
            self._note(line, f"%{name}% means an address of the old wiki; it was read as {address!r}.")
            return address
        return self._kept(written, line)

    def _called(self, call: _Call, written: str) -> str:
        """`%NAME{arguments}%`."""
        ghosts = GHOST * (written.count("\n") + written.count(GHOST))
        name = call.name
        if name in _SILENT:
            self._note(call.line, f"%{name}{{}}% was left out: {_SILENT[name]}.")
            return "<nop>" + ghosts
        if name in _TABLES:
            return self._table(arguments(written) if name == "TABLE" else {}) + ghosts
        if replace := _WITH_ARGUMENTS.get(name):
            return replace(arguments(written)) + ghosts
        return self._kept(f"%{name}{{{self._restored(written)}}}%", call.line) + ghosts

    def _table(self, given: dict[str, str]) -> str:
        """`%TABLE{headeralign="center" dataalign="left,right"}%`: the other settings only change its looks."""
        align = [tuple(part.strip() for part in given.get(key, "").split(",") if part.strip())
                 for key in ("headeralign", "dataalign")]  # fmt: skip
        return self._stashed(TableSettings(*align))

    def _kept(self, written: str, line: int) -> str:
        """A macro that only the live wiki could answer stays as visible text."""
        message = f"{written.split(chr(10))[0][:60]} needs the live wiki; it was kept as text."
        self.problems.append(Problem(line, "warning", message))
        return self._stashed(Text(written.replace(GHOST, "\n")))

    def _restored(self, written: str) -> str:
        """Arguments as text: what was stashed inside them stands there again."""
        return _STASHED.sub(lambda match: self._shown(int(match[1])), written).replace(ATTACHED, "%ATTACHURL%")

    def _shown(self, index: int) -> str:
        """The words of a stashed piece."""
        piece = self.stash[index]
        return piece.text if isinstance(piece, Text) else ""

    def _stashed(self, piece: object) -> str:
        """Put something aside that no later rule may touch."""
        self.stash.append(piece)
        return f"{STASH_OPEN}{len(self.stash) - 1}{STASH_CLOSE}"

    def _note(self, line: int, message: str) -> None:
        self.problems.append(Problem(line, "note", message))


def settings(text: str) -> dict[str, str]:
    """The page's own `   * Set NAME = value` lines, the last of a name; longer ones are no names for something."""
    if "Set " not in text and "Local " not in text:
        return {}
    return {name: value.strip() for name, value in _SET.findall(text) if len(value) < 200}


def _action(given: dict[str, str]) -> str:
    """`%ACTION{who="Main.AnnLee" due="1 Mar 2012" state="open"}%`: its facts in front of its words."""
    facts = [f"{key}: {_COMMA.sub(', ', value)}" for key, value in given.items() if key and value]
    return f"({', '.join(facts)})" if facts else "<nop>"


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)


_STASHED = re.compile(rf"{STASH_OPEN}(\d+){STASH_CLOSE}")
_HOST = {"PUBURL": "/pub", "PUBURLPATH": "/pub", "SCRIPTURL": "/bin", "SCRIPTURLPATH": "/bin"}
_OF_THE_PAGE: dict[str, Callable[[str], str]] = {
    "TOPIC": str, "BASETOPIC": str, "INCLUDINGTOPIC": str, "SPACEDTOPIC": _spaced,
}  # fmt: skip
_WITH_ARGUMENTS: dict[str, Callable[[dict[str, str]], str]] = {
    "ACTION": _action,
    "ICON": lambda given: given.get("", ""),
    "SCRIPTURL": lambda given: f"/bin/{given.get('', 'view')}",
    "SCRIPTURLPATH": lambda given: f"/bin/{given.get('', 'view')}",
    "USERSIG": lambda given: given.get("", ""),
    "MAKETEXT": lambda given: given.get("", given.get("string", "")),
    "SPACEOUT": lambda given: _spaced(given.get("", "")),
}
