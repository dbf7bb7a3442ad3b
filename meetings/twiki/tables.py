"""`| rows | of | cells |`: spans, headers and alignment as TWiki's TablePlugin reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from meetings.twiki.macros import TableSettings
from meetings.twiki.nodes import Align, Cell, Inline, Row, Table

_UP = re.compile(r"(?:<[^<>]*>|\s)*\^(?:<[^<>]*>|\s)*")
_CELL = re.compile(r"([^|]*)(\|+)")

Line = tuple[str, int, int]
"""A row as written, and its first and last line."""
Parse = Callable[[str, int], tuple[Inline, ...]]


@dataclass(slots=True)
class _Draft:
    """A cell while the rows below may still make it longer."""

    text: str
    header: bool
    align: Align | None
    colspan: int
    rowspan: int = 1

    def cell(self, parse: Parse, line: int) -> Cell:
        """The finished cell."""
        return Cell(parse(self.text, line), self.header, self.align, self.colspan, self.rowspan)


def table(lines: list[Line], settings: TableSettings, parse: Parse) -> Table:
    """The table that some consecutive `| ... |` lines make."""
    above: list[_Draft | None] = []
    drafts = [_row(line[0], above, settings) for line in lines]
    rows = tuple(
        Row(tuple(draft.cell(parse, first) for draft in row), first, last)
        for row, (_, first, last) in zip(drafts, lines, strict=True)
    )
    return Table(rows, lines[0][1], lines[-1][2])


def _row(written: str, above: list[_Draft | None], settings: TableSettings) -> list[_Draft]:
    """One row; `above` has for each column the cell that a `^` there would lengthen, and is brought up to date."""
    row: list[_Draft] = []
    lengthened: _Draft | None = None
    column = 0
    for raw, bars in _CELL.findall(written.replace("\t", "   ").strip()[1:]):
        span = len(bars)
        while len(above) < column + span:
            above.append(None)
        text = raw.strip()
        upper = above[column]
        if "^" in text and _UP.fullmatch(text):
            if upper is not None and upper is not lengthened:
                upper.rowspan += 1
                lengthened = upper
        else:
            draft = _cell(raw, text, column, span, settings)
            row.append(draft)
            above[column : column + span] = [draft] * span
        column += span
    del above[column:]
    return row


def _cell(raw: str, text: str, column: int, span: int, settings: TableSettings) -> _Draft:
    """One cell: `*header*`, `  centred  `, `  to the right |`; a header without words heads nothing."""
    starred = len(text) > 1 and text[0] == text[-1] == "*"
    words = text[1:-1].strip() if starred else text
    header = starred and words != ""
    align: Align | None = None
    if raw.startswith("  ") and text:
        align = "center" if raw.endswith("  ") else "right"
    given = settings.header_align if header else settings.data_align
    if given:
        align = _ALIGNS.get(given[column % len(given)].lower(), align)
    return _Draft(words, header, align, span)


_ALIGNS: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}
