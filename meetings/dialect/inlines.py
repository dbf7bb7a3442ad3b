"""Inline Markdown -> elements: one scan over the text, a stack for brackets and tags, one pass for emphasis.

The scan is linear: every alternative of the pattern ends at a character it cannot contain, and every search
backwards stops where an earlier one has failed (the `bottom` of the emphasis stack, the counts of open tags).
Emphasis is CommonMark's, except that `**Note:**text` is bold: only an opening bracket before a closing run, or
a closing mark after an opening one, stands in the way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from . import html

MAX_OPEN_TAGS = 8
MAX_OPEN_RUNS = 8
MAX_RUN = 3

_SCAN = re.compile(
    r"""
      (?P<escape>\\[!-/:-@\[-`{-~\n])
    | (?P<ticks>`+)
    | <(?P<auto>(?:https?|mailto|wiki|attachment):[^\s<>]++|[^\s<>@"'=/:]++@[^\s<>@]++)>
    | (?P<tag>"""
    + html.TAG.pattern
    + r""")
    | (?P<comment><!--)
    | (?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)
    | \[\[(?P<topic>[^\s\[\]|](?:[^\[\]|\n]*[^\s\[\]|])?)\]\]
    | (?P<open>!?\[)
    | (?P<close>\])
    | (?P<run>\*+|_+|~+)
    | (?P<url>(?<![A-Za-z0-9])https?://[^\s<>\[\]`"\\]++)
    | (?P<mail>(?<![\w.+-])[A-Za-z0-9_.+-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)+)
    | (?P<newline>(?<![ ])[ ]*+\n[ ]*+)
    """,
    re.VERBOSE,
)
_DESTINATION = re.compile(
    r"""\(\s*+(?:<(?P<angle>[^<>\n]*+)>|(?P<bare>(?:[^\s()<>\\]|\\.)*+(?:\((?:[^\s()\\]|\\.)*+\)(?:[^\s()\\]|\\.)*+)*+))
    (?:\s++(?:"(?P<double>(?:[^"\\]|\\.)*+)"|'(?P<single>(?:[^'\\]|\\.)*+)'))?\s*+\)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_OPENING = frozenset("([{<«„“‘¿¡")
_CLOSING = frozenset(")]}>»”’.,:;!?%")


@dataclass(slots=True)
class _Run:
    """A run of `*`, `_` or `~~` that may open or close emphasis; what is left of it is shown."""

    char: str
    count: int
    can_open: bool
    can_close: bool
    length: int
    at: int = 0


Item = str | Element | _Run


@dataclass(slots=True)
class _Open:
    """A `[`, `![` or start tag that waits for its end; `at` is where it stands among the items."""

    name: str
    at: int
    node: Element | None = None
    spent: bool = False
    """Holds a link already, so it cannot become one."""


def parse(text: str, parent: Element) -> None:
    """Read `text` as inline Markdown and put it into `parent`."""
    html.fill(parent, _texts(_emphasise(_Scanner(text).run())))


class _Scanner:
    """Turns text into items: words, finished elements, and runs that only `_emphasise` can judge."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.items: list[Item] = []
        self.stack: list[_Open] = []
        self.open_names: Counter[str] = Counter()
        self.links_end = 0
        """Openers below this height of the stack hold a link already."""
        self.ticks: dict[int, list[int]] = {}
        """Where backtick runs of each length begin, last first; filled at the first of them."""
        self.comments = True

    def run(self) -> list[Item]:
        """Scan the whole text."""
        position, end = 0, len(self.text)
        while position < end:
            match = _SCAN.search(self.text, position)
            if match is None:
                break
            if match.start() > position:
                self.items.append(self.text[position : match.start()])
            position = getattr(self, f"_{match.lastgroup}")(match)
        if position < end:
            self.items.append(self.text[position:])
        return self.items

    def _literal(self, match: re.Match[str]) -> int:
        self.items.append(match[0])
        return match.end()

    def _escape(self, match: re.Match[str]) -> int:
        r"""A `\*` is a star; a backslash at the end of a line is a hard break."""
        self.items.append(Element("br") if match[0] == "\\\n" else match[0][1])
        return match.end()

    def _ticks(self, match: re.Match[str]) -> int:
        """`code`, up to the next run of backticks that is just as long."""
        if not self.ticks:
            for run in re.finditer("`+", self.text):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
            for starts in self.ticks.values():
                starts.reverse()
        length = len(match[0])
        starts = self.ticks.get(length, [])
        while starts and starts[-1] <= match.start():
            starts.pop()
        if not starts:
            return self._literal(match)
        words = self.text[match.end() : starts[-1]].replace("\n", " ")
        if words[0] == words[-1] == " " and words.strip(" "):
            words = words[1:-1]
        node = Element("code")
        html.fill(node, [words])
        self.items.append(node)
        return starts[-1] + length

    def _auto(self, match: re.Match[str]) -> int:
        """`<https://example.org/>`, `<lead@example.org>`."""
        address = match["auto"]
        shown = address.partition(":")[2] if address.startswith(("mailto:", "wiki:", "attachment:")) else address
        self._link(address if ":" in address else f"mailto:{address}", shown)
        return match.end()

    def _topic(self, match: re.Match[str]) -> int:
        """`[[WeeklyMeetings]]`: a topic of the old wiki."""
        self._link(f"wiki:{match['topic']}", match["topic"])
        return match.end()

    def _link(self, target: str, shown: str) -> None:
        node = Element("a")
        html.point(node, target)
        html.fill(node, [shown])
        self.items.append(node)

    def _comment(self, match: re.Match[str]) -> int:
        """`<!-- unseen -->`; without its end it is text, and nobody looks for an end again."""
        end = self.text.find("-->", match.end()) if self.comments else -1
        if end < 0:
            self.comments = False
            return self._literal(match)
        return end + 3

    def _entity(self, match: re.Match[str]) -> int:
        self.items.append(html.decode(match[0]))
        return match.end()

    def _newline(self, match: re.Match[str]) -> int:
        """A line end is a space, or a hard break where two spaces stand before it."""
        self.items.append(Element("br") if match[0].startswith("  ") else "\n")
        return match.end()

    def _run(self, match: re.Match[str]) -> int:
        """`*`, `**`, `***`, `_`, `~~`: may it open, may it close?"""
        char, length = match[0][0], len(match[0])
        if length > MAX_RUN or (char == "~" and length != 2):
            return self._literal(match)
        before = self.text[match.start() - 1] if match.start() else " "
        after = self.text[match.end()] if match.end() < len(self.text) else " "
        can_open = not after.isspace() and not (after in _CLOSING and before.isalnum())
        can_close = not before.isspace() and not (before in _OPENING and after.isalnum())
        if char == "_":
            can_open, can_close = can_open and not before.isalnum(), can_close and not after.isalnum()
        if can_open or can_close:
            self.items.append(_Run(char, length, can_open, can_close, length))
            return match.end()
        return self._literal(match)

    def _url(self, match: re.Match[str]) -> int:
        """A bare address; punctuation at its end, and a bracket that it does not open, stay outside."""
        address = match[0]
        extra = address.count(")") - address.count("(")
        end = len(address)
        while end and (address[end - 1] in "?!.,:;*_~'" or (address[end - 1] == ")" and extra > 0)):
            extra -= address[end - 1] == ")"
            end -= 1
        address = address[:end]
        if address.endswith("//"):
            self.items.append(address)
        else:
            decoded = html.decode(address)
            self._link(decoded, decoded)
        return match.start() + end

    def _mail(self, match: re.Match[str]) -> int:
        address = match[0].rstrip("-")
        self._link(f"mailto:{address}", address)
        return match.start() + len(address)

    def _tag(self, match: re.Match[str]) -> int:
        """A tag of our list; an end tag takes what stands since its start tag."""
        name = match["name"].lower()
        if name == "br" or (name == "img" and not match["end"]):
            self.items.append(html.element(name, match["attributes"]))
        elif name not in html.INLINE:
            return self._literal(match)
        elif match["end"]:
            if not self.open_names[name]:
                return self._literal(match)
            opener = self._pop(name)
            if opener.node is not None:
                self._wrap(opener, opener.node)
        elif sum(self.open_names.values()) - self.open_names["["] - self.open_names["!["] >= MAX_OPEN_TAGS:
            return self._literal(match)
        else:
            self._push(_Open(name, len(self.items), html.element(name, match["attributes"])))
            return self._literal(match)
        return match.end()

    def _open(self, match: re.Match[str]) -> int:
        self._push(_Open(match[0], len(self.items)))
        return self._literal(match)

    def _close(self, match: re.Match[str]) -> int:
        """`[label](target "title")` and `![alt](source "title")`; anything else stays as it is."""
        if not self.open_names["["] and not self.open_names["!["]:
            return self._literal(match)
        target = _DESTINATION.match(self.text, match.end())
        if target is None and self.stack[-1].name not in ("[", "!["):
            return self._literal(match)
        opener = self._pop("[", "![")
        if target is None or (opener.name == "[" and opener.spent):
            return self._literal(match)
        address = _unescape(target["angle"] if target["angle"] is not None else target["bare"])
        title = _unescape(target["double"] or target["single"] or "").replace("&", "&amp;")
        node = Element("a" if opener.name == "[" else "img")
        if title:
            node.set("title", title)
        if opener.name == "[":
            html.point(node, address)
            self._wrap(opener, node)
            self.links_end = len(self.stack)
        else:
            node.set("src", address.replace("&", "&amp;"))
            node.set("alt", _plain(_texts(_emphasise(self.items[opener.at + 1 :]))).replace("&", "&amp;"))
            self._replace(opener, node)
        return target.end()

    def _push(self, opener: _Open) -> None:
        self.stack.append(opener)
        self.open_names[opener.name] += 1

    def _pop(self, *names: str) -> _Open:
        """Take the last opener of these names; those above it stay text."""
        while True:
            opener = self.stack.pop()
            self.open_names[opener.name] -= 1
            if opener.name in names:
                opener.spent = len(self.stack) < self.links_end
                self.links_end = min(self.links_end, len(self.stack))
                return opener

    def _wrap(self, opener: _Open, node: Element) -> None:
        """Everything since `opener` becomes the content of `node`; inside a link no other link stays one."""
        html.fill(node, _texts(_emphasise(self.items[opener.at + 1 :])))
        if node.tag == "a":
            for inner in list(node.iter("a"))[1:]:
                inner.tag = "span"
                inner.attrib.clear()
        self._replace(opener, node)

    def _replace(self, opener: _Open, node: Element) -> None:
        del self.items[opener.at :]
        self.items.append(node)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or html.decode(found[0]), text)


def _texts(items: Iterable[Item]) -> list[str | Element]:
    """Runs that found no partner are the characters they are."""
    return [item.char * item.count if isinstance(item, _Run) else item for item in items]


def _plain(items: Iterable[str | Element]) -> str:
    """The words of some items, for an image's alternative text."""
    return "".join(
        item if isinstance(item, str) else (item.get("alt") or "".join(item.itertext())).replace("&amp;", "&")
        for item in items
    )


def _emphasise(items: Sequence[Item]) -> list[Item]:
    """Pair the runs among `items`: each closer takes the nearest opener of its kind."""
    out: list[Item] = []
    openers: list[_Run] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    for item in items:
        if not isinstance(item, _Run):
            out.append(item)
            continue
        while item.can_close and item.count:
            key = (item.char, item.can_open, item.length % 3)
            at = _opener_of(item, openers, bottoms.get(key, 0))
            if at is None:
                bottoms[key] = len(openers)
                break
            _pair(openers[at], item, out)
            del openers[at + bool(openers[at].count) :]
            bottoms = {key: min(bottom, len(openers)) for key, bottom in bottoms.items()}
        if item.count:
            item.at = len(out)
            out.append(item)
            if item.can_open:
                openers.append(item)
                if len(openers) > MAX_OPEN_RUNS:
                    del openers[0]
                    bottoms.clear()
    return out


def _opener_of(closer: _Run, openers: list[_Run], bottom: int) -> int | None:
    """The nearest opener that `closer` may close (CommonMark's rule of three included)."""
    for at in range(len(openers) - 1, bottom - 1, -1):
        opener = openers[at]
        both = opener.can_close or closer.can_open
        thirds = (opener.length + closer.length) % 3 == 0 and (opener.length % 3 or closer.length % 3)
        if opener.char == closer.char and not (both and thirds):
            return at
    return None


def _pair(opener: _Run, closer: _Run, out: list[Item]) -> None:
    """Wrap what stands behind `opener`; bold around nothing but `code` goes inside it, as TWiki's `==x==` does."""
    size = 2 if opener.count >= 2 and closer.count >= 2 else 1
    node = Element("del" if opener.char == "~" else "strong" if size == 2 else "em")
    inside = _texts(out[opener.at + 1 :])
    opener.count -= size
    closer.count -= size
    del out[opener.at + bool(opener.count) :]
    only = inside[0] if len(inside) == 1 else None
    if node.tag == "strong" and isinstance(only, Element) and only.tag == "code":
        html.fill(node, [(only.text or "").replace("&amp;", "&"), *list(only)])
        only.text = None
        for child in list(only):
            only.remove(child)
        html.fill(only, [node])
        node = only
    else:
        html.fill(node, inside)
    out.append(node)
