"""Block Markdown -> elements: an ordered table of rules, each of which takes the lines it understands.

It is CommonMark's block structure with four differences, each for what people type in minutes: there is no
indented code (spaces at a line's start are an accident, ``` fences are meant); whatever is indented by two or
more than a list marker belongs to that item, also under `10.`; lists may be lettered (`a.`, `i.`, and with two
spaces `A.`, `I.`); a term with `: text` under it is a definition. Tables are GFM's; one with nothing in its header row
has no header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from . import html
from .lines import Source, Words, indent, unspaced
from .tables import starts_table, table

MAX_DEPTH = 32
"""Lists and quotes nested deeper than this are text."""

_HEADING = re.compile(r" *(#{1,6})(?: +(.*?))?(?: +#+)? *$")
_UNDERLINE = re.compile(r" *(?:={3,}|-{3,}) *$")
_RULE = re.compile(r" *(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$")
_FENCE = re.compile(r" *(?:(?P<ticks>`{3,})[^`]*|(?P<tildes>~{3,}).*)$")
_QUOTE = re.compile(r" *> ?")
_HTML = re.compile(r" *<(?P<name>[A-Za-z][A-Za-z0-9]*)(?=[\s/>]|$)")
_BULLET = re.compile(r"( *)([-*+])( +|$)")
_NUMBER = re.compile(r"( *)(\d{1,9}|[A-Za-z]{1,9})([.)])( +|$)")
_DEFINITION = re.compile(r"( *)(:)(?: +(?=\S)|$)")
_STYLES = {
    "1": re.compile(r"\d+"),
    "i": re.compile(r"[ivxlc]+"),
    "I": re.compile(r"[IVXLC]+"),
    "a": re.compile(r"[a-z]{1,2}"),
    "A": re.compile(r"[A-Z]{1,2}"),
}


Rule = Callable[[Source, int, Element], int | None]
"""Takes lines from the given one on, adds to the parent, and returns the line after them; None: not its kind."""


def parse(source: Source, parent: Element) -> bool:
    """Add what `source` holds to `parent`; True where a blank line stands between two of its blocks."""
    at, loose, blank = 0, False, False
    while at < len(source.lines):
        if not source.lines[at]:
            blank = bool(len(parent))
            at += 1
            continue
        loose, blank = loose or blank, False
        for rule in RULES:
            after = rule(source, at, parent)
            if after is not None:
                at = after
                break
    return loose


def heading(source: Source, at: int, parent: Element) -> int | None:
    """`## Words`, `## Words ##`."""
    found = _HEADING.match(source.lines[at])
    if not found:
        return None
    SubElement(parent, f"h{len(found[1])}").text = Words(found[2] or "")
    return at + 1


def horizontal_rule(source: Source, at: int, parent: Element) -> int | None:
    """`---`, `***`, `___`, with or without spaces between."""
    if not _RULE.match(source.lines[at]):
        return None
    SubElement(parent, "hr")
    return at + 1


def fence(source: Source, at: int, parent: Element) -> int | None:
    """Lines between two lines of ``` or ~~~, as they are; without an end, up to the end."""
    found = _FENCE.match(source.lines[at])
    if not found:
        return None
    mark = found["ticks"] or found["tildes"]
    margin = indent(source.lines[at])
    body: list[str] = []
    at += 1
    while at < len(source.lines):
        line = source.lines[at]
        at += 1
        closing = line.strip(" ")
        if closing.startswith(mark) and not closing.strip(mark[0]):
            break
        body.append(line[min(margin, indent(line)) :])
    html.fill(SubElement(parent, "pre"), ["\n", "\n".join(body)])
    return at


def raw_html(source: Source, at: int, parent: Element) -> int | None:
    """`<table>` and its like up to their end tag, blank lines included; without one, up to a blank line."""
    if not _starts_html(source.lines[at]):
        return None
    after = _html_end(source, at)
    html.raw_block("\n".join(source.lines[at:after]), parent)
    return after


def comment(source: Source, at: int, parent: Element) -> int | None:
    """`<!-- unseen -->`, also over blank lines; it keeps two lists apart. What follows on its last line stays."""
    if not source.lines[at].lstrip(" ").startswith("<!--") or source.last("-->") < at:
        return None
    end = next((line for line in range(at, len(source.lines)) if "-->" in source.lines[line]), None)
    if end is not None:
        source.lines[end] = unspaced(source.lines[end].partition("-->")[2])
    return end


def _starts_html(line: str) -> bool:
    found = _HTML.match(line)
    return found is not None and found["name"].lower() in html.CONTAINERS | {"hr"}


def _html_end(source: Source, at: int) -> int:
    """The line after the end tag of what begins here."""
    found = _HTML.match(source.lines[at])
    name = found["name"].lower() if found else ""
    if name == "hr":
        return at + 1
    level, end = 0, at
    tags = re.compile(rf"<(/?){name}\b", re.IGNORECASE)
    while end <= source.last(f"</{name}"):
        level += sum(-1 if tag[1] else 1 for tag in tags.finditer(source.lines[end]))
        end += 1
        if level <= 0:
            return end
    while end < len(source.lines) and source.lines[end]:
        end += 1
    return end


def quote(source: Source, at: int, parent: Element) -> int | None:
    """`> ` before each line; a line of text that follows may go without."""
    if not _QUOTE.match(source.lines[at]) or source.depth >= MAX_DEPTH:
        return None
    body: list[str] = []
    while at < len(source.lines):
        line = source.lines[at]
        found = _QUOTE.match(line)
        if found:
            body.append(unspaced(line[found.end() :]))
        elif line and body[-1] and not _ends_itself(body[-1]) and _goes_on(source, at):
            body.append(line)
        else:
            break
        at += 1
    parse(Source(body, source.depth + 1), SubElement(parent, "blockquote"))
    return at


@dataclass(slots=True)
class _Marker:
    """What stands before a list item: where, which list it belongs to, and how wide it is."""

    indent: int
    kind: str
    style: str
    value: str
    width: int
    rest: str

    def joins(self, first: _Marker) -> bool:
        """Whether this item goes on with the list that `first` began."""
        if self.kind != first.kind or self.kind == ":":
            return False
        return self.kind in "-*+" or bool(_STYLES[first.style].fullmatch(self.value))


def _marker(line: str) -> _Marker | None:
    """The list marker at the start of `line`."""
    found = _BULLET.match(line) or _NUMBER.match(line)
    if not found:
        return None
    numbered = len(found.groups()) == 4
    gap = found[found.lastindex or 3]
    mark = found[2] + (found[3] if numbered else "")
    width = len(mark) + (len(gap) if 1 <= len(gap) <= 4 else 1)
    rest = unspaced(line[len(found[1]) + width :])
    if not numbered:
        return _Marker(len(found[1]), mark, "", "", width, rest)
    style = "1" if found[2].isdigit() else found[2] if found[2] in _STYLES else ""
    if found[2] in ("A", "I") and len(gap) < 2 and rest:
        style = ""
    return _Marker(len(found[1]), found[3], style, found[2], width, rest)


def items(source: Source, at: int, parent: Element) -> int | None:
    """`- one`, `* one`, `1. one`, `2) two`, `a. one`, each with what is indented under it."""
    first = _marker(source.lines[at])
    if first is None or (first.kind in ".)" and not first.style) or source.depth >= MAX_DEPTH:
        return None
    node = SubElement(parent, "ul" if first.kind in "-*+" else "ol")
    if first.style == "1" and first.value != "1":
        node.set("start", str(int(first.value)))
    elif first.style not in ("", "1"):
        node.set("type", first.style)
    loose, marker = False, first
    while True:
        body, after = _body(source, at, marker)
        loose |= parse(Source(body, source.depth + 1), SubElement(node, "li"))
        at = source.next_line(after)
        following = _marker(source.lines[at]) if at < len(source.lines) else None
        if following is None or not following.joins(first) or _RULE.match(source.lines[at]):
            break
        loose |= at > after
        marker = following
        marker.style = first.style
    if not loose:
        _tighten(node)
    return after


def _tighten(items: Iterable[Element]) -> None:
    """In a tight list no item's text is a paragraph of its own."""
    for item in items:
        for child in item:
            if child.tag == "p":
                child.tag = "tight"


def _body(source: Source, at: int, marker: _Marker) -> tuple[list[str], int]:
    """The lines of one item without their indentation, and the line after it.

    Indented lines belong to it, also after blank ones; so does text that goes on at the margin.
    """
    body = [marker.rest]
    fenced = _fence_state("", marker.rest)
    at += 1
    while at < len(source.lines):
        line = source.lines[at]
        if not line:
            after = source.next_line(at)
            if after == len(source.lines) or indent(source.lines[after]) < marker.indent + 2:
                break
            if len(body) == 1 and not body[0]:
                break
            body.extend([""] * (after - at))
            at = after
            continue
        if indent(line) >= marker.indent + 2:
            line = line[min(indent(line), marker.width + marker.indent) :]
            fenced = _fence_state(fenced, line)
        elif fenced or not body[-1] or _ends_itself(body[-1]) or not _goes_on(source, at, marker):
            break
        body.append(line)
        at += 1
    return body, at


def _fence_state(fenced: str, line: str) -> str:
    found = _FENCE.match(line)
    mark = (found["ticks"] or found["tildes"])[0] if found else ""
    if not fenced:
        return mark
    return "" if mark == fenced else fenced


def _ends_itself(line: str) -> bool:
    """Whether no line of text can go on with this one."""
    return bool(_HEADING.match(line) or _FENCE.match(line) or _RULE.match(line) or line.lstrip(" ").startswith("|"))


def _goes_on(source: Source, at: int, marker: _Marker | None = None) -> bool:
    """Whether a line at the margin is more text of the item (or quote) above it, and nothing of its own."""
    if _interrupts(source, at) or _defines(source, at):
        return False
    if marker and marker.kind == ":" and _DEFINITION.match(source.lines[at]):
        return False
    here = _marker(source.lines[at])
    if here is None:
        return True
    return not (here.kind in "-*+" or here.style == "1" or (marker and here.joins(marker)))


def definitions(source: Source, at: int, parent: Element) -> int | None:
    """`Term` and under it `: text`, as often as they follow each other."""
    if not _defines(source, at) or source.depth >= MAX_DEPTH:
        return None
    node = SubElement(parent, "dl")
    after = at
    while True:
        found = _DEFINITION.match(source.lines[at]) if at < len(source.lines) else None
        if found is None:
            if not _defines(source, at):
                return after
            SubElement(node, "dt").text = Words(source.lines[at].strip(" "))
            at += 1
            continue
        width, rest = found.end() - len(found[1]), source.lines[at][found.end() :]
        body, after = _body(source, at, _Marker(len(found[1]), ":", "", "", width, rest))
        item = SubElement(node, "dd")
        if not parse(Source(body, source.depth + 1), item):
            _tighten([item])
        at = source.next_line(after)


def _defines(source: Source, at: int) -> bool:
    """Whether this line is a term: a line of text with a definition under it."""
    if at + 1 >= len(source.lines) or not source.lines[at] or not _DEFINITION.match(source.lines[at + 1]):
        return False
    marker = _marker(source.lines[at])
    starts_item = marker is not None and (marker.kind in "-*+" or bool(marker.style))
    return not (starts_item or _DEFINITION.match(source.lines[at]) or _interrupts(source, at))


def paragraph(source: Source, at: int, parent: Element) -> int:
    """Lines of text up to a blank one or another block; underlined with `===` or `---` they are a heading."""
    start, margin = at, indent(source.lines[at])
    at += 1
    while at < len(source.lines) and source.lines[at]:
        line = source.lines[at]
        if _UNDERLINE.match(line):
            tag = "h1" if "=" in line else "h2"
            SubElement(parent, tag).text = Words(_joined(source.lines[start:at]))
            return at + 1
        if _interrupts(source, at, margin) or _defines(source, at):
            break
        at += 1
    SubElement(parent, "p").text = Words(_joined(source.lines[start:at]))
    return at


def _joined(lines: list[str]) -> str:
    """The lines of a paragraph; only the spaces that end a line can mean something (two are a hard break)."""
    return "\n".join(line.lstrip(" ") for line in lines).rstrip(" ")


def _interrupts(source: Source, at: int, margin: int = 0) -> bool:
    """Whether something other than text begins at this line, so that the text before it ends.

    A number other than 1 is more often part of a sentence: it begins a list here only where it is indented.
    """
    line = source.lines[at]
    lead = line.lstrip(" ")[:1]
    if lead in "#`~>|<" or "|" in line:
        if _HEADING.match(line) or _FENCE.match(line) or _QUOTE.match(line):
            return True
        if starts_table(source, at) or _starts_html(line):
            return True
    if _RULE.match(line):
        return True
    marker = _marker(line)
    if marker is None or not (marker.rest or source.depth) or (marker.kind in ".)" and not marker.style):
        return False
    indented = marker.indent >= margin + 2
    return marker.kind in "-*+" or marker.value == "1" or indented or (marker.style != "1" and source.depth > 0)


RULES: tuple[Rule, ...] = (
    fence,
    heading,
    horizontal_rule,
    raw_html,
    comment,
    quote,
    items,
    table,
    definitions,
    paragraph,
)
