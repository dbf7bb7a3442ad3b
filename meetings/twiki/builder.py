"""Blocks that other things than TWiki's lists bring: tables, HTML elements, preformatted regions."""

from __future__ import annotations

import re

from meetings.twiki import html
from meetings.twiki.inline import Inlines
from meetings.twiki.lists import DEPTH, Frame, Kind, Lists
from meetings.twiki.macros import TableSettings
from meetings.twiki.nodes import (
    Align,
    Block,
    Cell,
    Heading,
    List,
    ListItem,
    Paragraph,
    Preformatted,
    Problem,
    Quote,
    Row,
    Rule,
    Table,
    Text,
    flat,
)
from meetings.twiki.regions import Raw
from meetings.twiki.source import STASH_CLOSE, STASH_OPEN
from meetings.twiki.tables import Line, table

_BREAK = re.compile(
    rf"<(?P<close>/?)(?P<name>{'|'.join(sorted(html.BLOCKS, key=len, reverse=True))})(?![\w-])(?P<rest>[^<>]*)>"
    rf"|{STASH_OPEN}(?P<stash>\d+){STASH_CLOSE}",
    re.IGNORECASE,
)
_LISTS = frozenset(("ul", "ol", "dl"))
_PARTED = _LISTS | {"table", "tr"}
_HEADS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th", "caption"))
_HOLDERS = _LISTS | _HEADS | _CELLS | {"table", "tr", "li", "dt", "dd", "blockquote"}
_ENDED_BY = {
    "li": (frozenset(("li",)), frozenset(("ul", "ol"))),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "tr": (frozenset(("tr", "td", "th", "caption")), frozenset(("table",))),
    "td": (frozenset(("td", "th", "caption")), frozenset(("tr", "table"))),
    "th": (frozenset(("td", "th", "caption")), frozenset(("tr", "table"))),
    "caption": (frozenset(("caption",)), frozenset(("table",))),
}
"""For elements whose end tag people leave out: what the next one ends, and what it must stand in."""


class Builder(Lists):
    """Takes everything a page is made of, in order; `finish` hands the blocks out."""

    def __init__(self, inlines: Inlines, stash: list[object], problems: list[Problem]) -> None:
        super().__init__(inlines, problems)
        self.stash = stash
        self.frames = [self.frame]
        self.rows: list[Line] = []
        self.settings = TableSettings()

    def finish(self) -> tuple[Block, ...]:
        """Close whatever is open; the page's blocks."""
        self.blank()
        outside: list[Block] = []
        while len(self.frames) > 1:
            self.note(self.frame.line, f"<{self.frame.tag}> is not closed; it ends with its section.")
            blocks = self.frame.blocks
            at = next((at for at, block in enumerate(blocks) if isinstance(block, Heading)), len(blocks))
            outside[:0] = blocks[at:]
            del blocks[at:]
            self._close_frame(self.seen)
        return (*self.frame.blocks, *outside)

    def blank(self) -> None:
        """An empty line ends paragraphs, lists and tables."""
        if self.rows:
            self.end_table()
        self.close_lists()

    def target(self) -> list[Block]:
        """Where the next block belongs; what stands in a table but in no cell goes in front of the table."""
        if lists := self.frame.lists:
            return lists[-1].blocks
        if self.frame.tag in _LISTS:
            self._open_frame("dd" if self.frame.tag == "dl" else "li", {}, self.frame.line)
        for frame in reversed(self.frames):
            if frame.lists:
                return frame.lists[-1].blocks
            if frame.tag not in _PARTED:
                return frame.blocks
        return self.frames[0].blocks

    # --- tables -----------------------------------------------------------------------------------------

    def row(self, text: str, first: int, last: int) -> None:
        """One more `| ... |` line."""
        self.flush()
        self.rows.append((text, first, last))

    def end_table(self) -> None:
        """The lines so far are a table."""
        rows, settings = self.rows, self.settings
        self.rows, self.settings = [], TableSettings()
        self.add(table(rows, settings, self.inlines.parse))

    # --- what stands inside running text ---------------------------------------------------------------

    def text(self, text: str, first: int, last: int) -> None:
        """More running text; block elements and stashed blocks in it begin blocks of their own."""
        if "<" not in text and STASH_OPEN not in text:
            self.words(text, first, last)
            return
        position = 0
        for match in _BREAK.finditer(text):
            if self._is_inline(match):
                continue
            self._beside(text[position : match.start()], position > 0, True, first, last)
            position = match.end()
            if match["stash"]:
                self._stashed(self.stash[int(match["stash"])])
            elif match["close"]:
                self._end_tag(match["name"].lower(), last)
            else:
                self._start_tag(match["name"].lower(), match["rest"], first)
        self._beside(text[position:], position > 0, False, first, last)

    def _beside(self, text: str, after: bool, before: bool, first: int, last: int) -> None:
        """Words after or before a tag; marks and WikiWords that touch it mean nothing, as they do for TWiki."""
        if words := text.strip():
            opening = "<nop>" if after and not text[0].isspace() else ""
            closing = "<nop>" if before and not text[-1].isspace() else ""
            self.words(f"{opening}{words}{closing}", first, last)

    def _is_inline(self, match: re.Match[str]) -> bool:
        """Whether what looks like a block's tag or mark belongs into the running text around it."""
        if not match["stash"]:
            return not html.is_tag(match["rest"])
        piece = self.stash[int(match["stash"])]
        if isinstance(piece, Raw):
            return not piece.preformatted and piece.line == piece.end_line and not _BREAK.search(piece.text)
        return isinstance(piece, Text)

    def _stashed(self, piece: object) -> None:
        """Something that was taken out of the text before its lines were read."""
        match piece:
            case TableSettings():
                self.settings = piece
            case Preformatted():
                self.add(piece)
            case Raw(text, line, end_line, preformatted=True):
                self.flush()
                with self.inlines.as_html():
                    children = self.inlines.parse(text, line, trim=False)
                self.add(Preformatted(children, line, end_line))
            case Raw(text, line):
                self.flush()
                with self.inlines.as_html():
                    for number, written in enumerate(text.split("\n"), line):
                        if written.strip():
                            self.text(written.strip(), number, number)
                    self.flush()

    # --- HTML elements -----------------------------------------------------------------------------------

    def _start_tag(self, name: str, rest: str, line: int) -> None:
        """`<td align="center">` and its like."""
        self.flush()
        if name == "hr":
            self.add(Rule(line, line))
        if name not in _HOLDERS:
            return
        if name in _ENDED_BY:
            ends, within = _ENDED_BY[name]
            while self.frame.tag in ends and self.frame.tag not in within:
                self._close_frame(line)
            if name in ("td", "th") and self.frame.tag == "table":
                self._open_frame("tr", {}, line)
            if self.frame.tag not in within:
                return
        self._open_frame(name, html.attributes(rest), line)

    def _end_tag(self, name: str, line: int) -> None:
        """`</td>` and its like; one that ends nothing only ends the paragraph."""
        self.flush()
        for at in range(len(self.frames) - 1, 0, -1):
            tag = self.frames[at].tag
            if tag == name:
                while len(self.frames) > at:
                    self._close_frame(line)
                return
            if (tag == "table" or (tag in _CELLS and name not in ("tr", "table"))) and name != "table":
                return

    def _open_frame(self, tag: str, given: dict[str, str], line: int) -> None:
        """An element that holds blocks begins; beyond the sound depth only its text counts."""
        if self.nested < DEPTH:
            self.frame = Frame(tag, line, given)
            self.frames.append(self.frame)
            self.nested += 1

    def _close_frame(self, line: int) -> None:
        """The innermost element ends; what it is goes to the one around it."""
        self.close_lists()
        frame = self.frames.pop()
        self.frame = self.frames[-1]
        self.nested -= 1
        end = max(line, frame.line)
        if frame.tag == "table" and _is_layout(frame):
            self.note(frame.line, "A table that only arranges headings, lists or tables was read as what it holds.")
            self.target().extend(frame.blocks)
            return
        if frame.tag in ("td", "th", "tr", "li", "dt", "dd"):
            self.frame.parts.extend(_part(frame, self.frame, end))
            if frame.tag in ("td", "th", "tr"):
                self.frame.blocks.extend(frame.blocks)
        elif block := _block(frame, end):
            self.target().append(block)


def _is_layout(table: Frame) -> bool:
    """Whether an HTML table is there for its cells' blocks: headings, tables, or one row of lists."""
    return any(
        isinstance(block, Heading | Table) or (len(table.parts) == 1 and not isinstance(block, Paragraph))
        for block in table.blocks
    )


def _part(frame: Frame, outer: Frame, end: int) -> list[ListItem | Row | Cell]:
    """The item, row or cell that an element is."""
    match frame.tag:
        case "tr":
            cells = tuple(part for part in frame.parts if isinstance(part, Cell))
            return [Row(cells, frame.line, end)]
        case "td" | "th":
            return [_cell(frame)]
        case "dt":
            outer.awaits = True
            return [ListItem((), frame.line, end, flat(frame.blocks))]
    items, awaited, outer.awaits = outer.parts, outer.awaits, False
    if frame.tag == "dd" and awaited and items and isinstance(last := items[-1], ListItem):
        items.pop()
        return [ListItem(tuple(frame.blocks), last.line, end, last.term)]
    return [ListItem(tuple(frame.blocks), frame.line, end)]


def _cell(frame: Frame) -> Cell:
    """`<td colspan="2" align="right">`."""
    align = frame.given.get("align", "").lower()
    return Cell(
        flat(frame.blocks),
        frame.tag == "th",
        _ALIGNS.get(align),
        _span(frame.given.get("colspan", "")),
        _span(frame.given.get("rowspan", "")),
        () if all(isinstance(block, Paragraph) for block in frame.blocks) else tuple(frame.blocks),
    )


_ALIGNS: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}


def _span(written: str) -> int:
    """A span as browsers read it."""
    return min(max(int(written), 1), 1000) if re.fullmatch(r"[0-9]{1,6}", written) else 1


def _block(frame: Frame, end: int) -> Block | None:
    """The block that an element is; None for an empty one."""
    tag, line = frame.tag, frame.line
    if tag == "blockquote":
        return Quote(tuple(frame.blocks), line, end)
    if tag in _HEADS:
        return Heading(int(tag[1]), flat(frame.blocks), line, end)
    if tag == "table":
        rows = tuple(part for part in frame.parts if isinstance(part, Row))
        return Table(rows, line, end) if any(row.cells for row in rows) else None
    if tag == "caption":
        return Paragraph(flat(frame.blocks), line, end) if frame.blocks else None
    items = tuple(part for part in frame.parts if isinstance(part, ListItem))
    if not items:
        return None
    kind: Kind = "ul" if tag == "ul" else "ol" if tag == "ol" else "dl"
    style, start = frame.given.get("type", "1"), frame.given.get("start", "")
    number = int(start) if re.fullmatch(r"[0-9]{1,6}", start) else 1
    return List(kind, items, line, end, style if style in ("a", "A", "i", "I") else "1", number)
