"""Blocks -> lines of plain text: wrapped at 72 columns, lists with hanging indents, tables in columns. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from meetings.twiki.nodes import (
    Anchor,
    Block,
    Cell,
    Emphasis,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Paragraph,
    Preformatted,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
    plain,
)

WIDTH = 72
NARROWEST = 24
"""However deep a list is, so much of a line is for its words."""
GAP = "  "
MAX_SPAN = 100
KEEP = "\N{NO-BREAK SPACE}"
"""Keeps a footnote's number on the line of the word it belongs to; written as an ordinary space in the end."""


class Footnotes:
    """The addresses a text refers to, numbered in the order they come, each of them once."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._numbers: dict[str, int] = {}

    def mark(self, address: str) -> str:
        """The mark to put behind the words that refer to an address."""
        number = self._numbers.setdefault(urljoin(self._base, address), len(self._numbers) + 1)
        return f"{KEEP}[{number}]"

    def lines(self) -> list[str]:
        """The list for the end of the text; addresses are never broken."""
        return [f"[{number}] {address}" for address, number in self._numbers.items()]


def paragraph(words: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """Words as lines, `first` and `rest` in front of them; a newline in them is kept."""
    lines: list[str] = []
    for part in words.split("\n"):
        lines += textwrap.wrap(
            part,
            max(width, len(rest) + NARROWEST),
            initial_indent=rest if lines else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return [line.replace(KEEP, " ") for line in lines]


def stacked(blocks: Iterable[Block], notes: Footnotes, indent: str = "", *, tight: bool = False) -> list[str]:
    """Blocks below each other, an empty line between them unless they are `tight`."""
    lines: list[str] = []
    for block in blocks:
        more = _block(block, notes, indent)
        if more and lines and not tight:
            lines.append("")
        lines += more
    return lines


def _block(block: Block, notes: Footnotes, indent: str) -> list[str]:
    match block:
        case Paragraph(children):
            return paragraph(_words(children, notes), indent, indent)
        case Heading():
            lines = paragraph(_words(block.children, notes), indent, indent)
            return [*lines, indent + "~" * max((len(line) - len(indent) for line in lines), default=0)]
        case List():
            return [line for bullet, item in _bullets(block) for line in _item(bullet, item, notes, indent)]
        case Table():
            return _table(block, notes, indent)
        case Quote(children):
            return [f"{indent}> {line}".rstrip() for line in stacked(children, notes)]
        case Preformatted(children):
            return [f"{indent}    {line}".rstrip() for line in plain(children).strip("\n").split("\n")]
        case Rule():
            return [indent + "-" * (NARROWEST if indent else WIDTH)]


def _words(inlines: Iterable[Inline], notes: Footnotes) -> str:
    """Inlines as words; a newline is one that must be kept."""
    return "".join(_word(node, notes) for node in inlines)


def _word(node: Inline, notes: Footnotes) -> str:
    match node:
        case Text(text):
            return text.replace("\n", " ")
        case LineBreak():
            return "\n"
        case Anchor():
            return ""
        case Image():
            return (node.alt or "image") + ("" if node.source.startswith("data:") else notes.mark(node.source))
        case Link():
            return _link(node, _words(node.children, notes), notes)
        case Strong(children):
            return _between("*", _words(children, notes))
        case Emphasis(children):
            return _between("_", _words(children, notes))
        case _:
            return _words(node.children, notes)


def _between(mark: str, words: str) -> str:
    return f"{mark}{words}{mark}" if words.strip() else words


def _link(node: Link, label: str, notes: Footnotes) -> str:
    """The label and a footnote; an address that is its own label stays bare, and so does what leads nowhere."""
    if node.kind not in ("url", "mail") or label.strip() in (node.target, node.target.removeprefix("mailto:")):
        return label or node.target
    address = node.target if node.kind == "url" else f"mailto:{node.target.removeprefix('mailto:')}"
    return label + notes.mark(address) if label.strip() else address


def _bullets(block: List) -> Iterator[tuple[str, ListItem]]:
    for number, item in enumerate(block.items, block.start):
        yield (f"{_counted(number, block.style)}. " if block.kind == "ol" else "* "), item


def _counted(number: int, style: str) -> str:
    """A list's number in its style: 1, a, A, i or I."""
    if style in "aA" and 0 < number <= 26:
        return chr(ord(style) + number - 1)
    if style in "iI" and 0 < number < 40:
        tens, ones = divmod(number, 10)
        roman = "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ones]
        return roman.upper() if style == "I" else roman
    return str(number)


def _item(bullet: str, item: ListItem, notes: Footnotes, indent: str) -> list[str]:
    if item.term:
        inside = indent + "    "
        return [
            *paragraph(_words(item.term, notes), indent, indent),
            *stacked(item.children, notes, inside, tight=True),
        ]
    inside = indent + " " * len(bullet)
    lines = stacked(item.children, notes, inside, tight=True)
    # A bullet without a word is left from a template.
    return [indent + bullet + lines[0][len(inside) :], *lines[1:]] if lines else []


# --- tables ----------------------------------------------------------------------------------------------


def _table(table: Table, notes: Footnotes, indent: str) -> list[str]:
    """Columns two spaces apart, as narrow as the page asks for, with a rule below the head."""
    rows = [[(column, cell, _words(cell.children, notes)) for column, cell in row] for row in _placed(table)]
    widths = _widths(rows, WIDTH - len(indent))
    lines: list[str] = []
    for number, row in enumerate(rows):
        lines += [f"{indent}{line}".rstrip() for line in _row(row, widths)]
        if number == 0 and row and all(cell.header for _, cell, _ in row):
            lines.append(indent + GAP.join("-" * width for width in widths))
    return lines


def _placed(table: Table) -> Iterator[list[tuple[int, Cell]]]:
    """Each row's cells with their columns, round the places that cells above reach down into."""
    reach: dict[int, int] = {}
    for row in table.rows:
        placed, column, below = [], 0, {at: left - 1 for at, left in reach.items() if left > 1}
        for cell in row.cells:
            while reach.get(column, 0):
                column += 1
            placed.append((column, cell))
            span = min(cell.colspan, MAX_SPAN)
            if cell.rowspan > 1:
                below.update(dict.fromkeys(range(column, column + span), cell.rowspan - 1))
            column += span
        reach = below
        yield placed


def _widths(rows: list[list[tuple[int, Cell, str]]], room: int) -> list[int]:
    """How wide each column is: as its widest cell, but the widest columns give way until the table fits."""
    count = max((column + min(cell.colspan, MAX_SPAN) for row in rows for column, cell, _ in row), default=0)
    widths, least = [1] * count, [1] * count
    for row in rows:
        for column, cell, words in row:
            if cell.colspan == 1:
                widths[column] = max(widths[column], *map(len, words.split("\n")))
                least[column] = max(least[column], *map(len, words.split() or [""]))
    room -= len(GAP) * (count - 1)
    if sum(least) > room:
        return [min(width, max(narrow, NARROWEST)) for width, narrow in zip(widths, least, strict=True)]
    widths = [min(width, room) for width in widths]
    while sum(widths) > room:
        # The widest column gives way, but none becomes narrower than its longest word.
        widest = max((at for at in range(count) if widths[at] > least[at]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _row(row: list[tuple[int, Cell, str]], widths: list[int]) -> Iterator[str]:
    """A row's lines: each cell wrapped within its columns, and placed where they begin."""
    cells = []
    for column, cell, words in row:
        across = widths[column : column + min(cell.colspan, MAX_SPAN)]
        width = sum(across) + len(GAP) * (len(across) - 1)
        start = sum(widths[:column]) + len(GAP) * column
        wrapped = [line for part in words.split("\n") for line in _wrapped(part, width)]
        cells.append((start, width, cell.align, wrapped))
    for number in range(max((len(wrapped) for *_, wrapped in cells), default=0)):
        line = ""
        for start, width, align, wrapped in cells:
            words = wrapped[number] if number < len(wrapped) else ""
            line = line.ljust(start) + _aligned(words, width, align)
        yield line.replace(KEEP, " ")


def _wrapped(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False)


def _aligned(words: str, width: int, align: str | None) -> str:
    match align:
        case "right":
            return words.rjust(width)
        case "center":
            return words.center(width)
        case _:
            return words.ljust(width)
