"""Lines -> blocks: an ordered table of rules, one function each, that open and close blocks on a `Builder`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from meetings.twiki.builder import Builder
from meetings.twiki.nodes import Heading, Rule

Line = tuple[str, int, int]
"""A logical line and the first and last line of the page that it comes from."""
BlockRule = Callable[[Builder, str, int, int], bool]

_HEADING = re.compile(r"---+(\++|#+)(.*)", re.DOTALL)
_HTML_HEADING = re.compile(r"<[hH]([1-6])>(.*?)</[hH]\1>", re.DOTALL)
_NO_TOC = re.compile(r"!!+|%NOTOC%")
_RULE = re.compile(r"---+")
_ROW = re.compile(r"[ \t]*\|.*\|\s*\Z", re.DOTALL)
_BULLET = re.compile(r"([ \t]+)\*(?:[ \t]+(.*)|\Z)", re.DOTALL)
_LOOSE_BULLET = re.compile(r"([ \t]+)\*([^\s*].*)", re.DOTALL)
_BOLD = re.compile(r"\*(?:\S|\S.*?\S)\*(?![^\s,.;:!?)])")
_NUMBER = re.compile(
    r"([ \t]+)(?:([1AaIi]\.|[0-9]{1,9}\.|[0-9]{1,2}\))|([0-9]{1,2}))"
    r"(?:(?:[ \t]+|(?<=[0-9]\.)(?=[A-Za-z(*]))(.*)|\Z)",
    re.DOTALL,
)
_LETTER = re.compile(r"([ \t]+)([A-Za-z]|[ivxIVX]{1,5})\.[ \t]+(.*)", re.DOTALL)
_TERM = re.compile(r"([ \t]+)\$[ \t]+([^:]*(?::(?!\s|\Z)[^:]*)*):(?:\s+(.*)|\Z)", re.DOTALL)
_OLD_TERM = re.compile(r"((?:\t|   )+)((?![*<]|[a-z]+:/)\S+?):\s+(.*)", re.DOTALL)
_ANCHOR = re.compile(r"#([A-Z]+[a-z0-9]+[A-Z]+[A-Za-z0-9]*)")


def heading(build: Builder, text: str, first: int, last: int) -> bool:
    """`---+ Title` to `---++++++ Title`, with `#` as well as `+`; `!!` keeps it out of the table of contents."""
    match = _HEADING.match(text)
    if match is None:
        return False
    _head(build, min(len(match[1]), 6), match[2], first, last)
    return True


def html_heading(build: Builder, text: str, first: int, last: int) -> bool:
    """`<h2>Title</h2>` at the beginning of a line."""
    match = _HTML_HEADING.match(text)
    if match is None:
        return False
    _head(build, int(match[1]), match[2], first, last)
    if rest := text[match.end() :].strip():
        build.text(rest, first, last)
    return True


def _head(build: Builder, level: int, title: str, first: int, last: int) -> None:
    build.close_lists()
    title = _NO_TOC.sub("", title, count=1).strip()
    build.add(Heading(level, build.inlines.parse(title, first), first, last))


def rule(build: Builder, text: str, first: int, last: int) -> bool:
    """`---` or longer; words after it are text."""
    match = _RULE.match(text)
    if match is None:
        return False
    build.close_lists()
    build.add(Rule(first, first))
    if rest := text[match.end() :].strip():
        build.text(rest, first, last)
    return True


def row(build: Builder, text: str, first: int, last: int) -> bool:
    """`| a | b |`; indented under a list item it belongs to the item."""
    if not _is_row(text):
        return False
    if text[0] == "|" and build.frame.lists:
        build.close_lists()
    build.row(text, first, last)
    return True


def definition(build: Builder, text: str, first: int, last: int) -> bool:
    """`   $ term: text`."""
    if "$" not in text or not (match := _TERM.match(text)):
        return False
    build.item("dl", match[1], match[3] or "", first, last, term=match[2].strip())
    return True


def old_definition(build: Builder, text: str, first: int, last: int) -> bool:
    """`   term: text`, the older form: one word, three spaces for each level."""
    if ":" not in text or not (match := _OLD_TERM.match(text)):
        return False
    build.item("dl", match[1], match[3], first, last, term=match[2])
    return True


def bullet(build: Builder, text: str, first: int, last: int) -> bool:
    """`   * text`."""
    match = _BULLET.match(text)
    if match is None:
        return False
    if match[2] is None:
        build.note(first, "An asterisk without a space after it was read as an empty bullet.")
    build.item("ul", match[1], match[2] or "", first, last)
    return True


def loose_bullet(build: Builder, text: str, first: int, last: int) -> bool:
    """`   *text`, a bullet that lacks its space; `   *bold* text` is none."""
    match = _LOOSE_BULLET.match(text)
    if match is None or _BOLD.match(text, len(match[1])):
        return False
    build.note(first, "A bullet without the space after its asterisk was read as a bullet.")
    build.item("ul", match[1], match[2], first, last)
    return True


def number(build: Builder, text: str, first: int, last: int) -> bool:
    """`   1 text`, `   1. text`, `   a. text`, `   A. text`, `   i. text`, `   I. text`; people also write `1)`."""
    match = _NUMBER.match(text)
    if match is None or (match[3] and not build.is_level(match[1])):
        return False
    if match[2] and match[2][-1] == ")":
        build.note(first, "A number with a bracket was read as a numbered item.")
    build.item("ol", match[1], match[4] or "", first, last, written=(match[2] or match[3]).rstrip(".)"))
    return True


def next_letter(build: Builder, text: str, first: int, last: int) -> bool:
    """`   b. text` after `   a. text`: TWiki wants `a.` again, people go on counting."""
    match = _LETTER.match(text)
    if match is None or not build.continues(match[1], match[2]):
        return False
    build.item("ol", match[1], match[3], first, last, written=match[2])
    return True


def anchor(build: Builder, text: str, first: int, last: int) -> bool:
    """`#PlaceName` at the beginning of a line: a name for a place, which shows nothing."""
    match = _ANCHOR.match(text)
    if match is None:
        return False
    return paragraph(build, f'<a name="{match[1]}"></a>{text[match.end() :]}', first, last)


def mail_quote(build: Builder, text: str, first: int, last: int) -> bool:
    """`> text`, as mail quotes: shown line by line, with its mark."""
    return paragraph(build, f"&gt;<cite>{text[1:]}</cite><br />", first, last)


def indented(build: Builder, text: str, first: int, last: int) -> bool:
    """Indented text under a list item goes on with the item."""
    build.text(text.strip(), first, last)
    return True


def paragraph(build: Builder, text: str, first: int, last: int) -> bool:
    """Anything else at the margin: running text, which ends a list."""
    if build.frame.lists:
        build.close_lists()
    build.text(text.strip(), first, last)
    return True


_RULES: tuple[tuple[str, BlockRule], ...] = (
    ("-", heading),
    ("-", rule),
    ("<", html_heading),
    (" \t", bullet),
    ("| \t", row),
    (" \t", definition),
    (" \t", old_definition),
    (" \t", number),
    (" \t", next_letter),
    (" \t", loose_bullet),
    (" \t", indented),
    ("#", anchor),
    (">", mail_quote),
)
"""Which characters a line begins with, and the rule to try, in order; `paragraph` is what is left."""

_BY_FIRST = {
    character: (*(rule for starts, rule in _RULES if character in starts), paragraph)
    for character in "".join(starts for starts, _ in _RULES)
}


def read(build: Builder, lines: Iterable[Line]) -> None:
    """Read the lines into `build`."""
    default = (paragraph,)
    for text, first, last in lines:
        if not text or text.isspace():
            build.blank()
            continue
        if build.rows and not _is_row(text):
            build.end_table()
        for apply in _BY_FIRST.get(text[0], default):
            if apply(build, text, first, last):
                break
        build.seen = last


def _is_row(text: str) -> bool:
    return text.rstrip().endswith("|") and _ROW.match(text) is not None and text.strip() != "|"
