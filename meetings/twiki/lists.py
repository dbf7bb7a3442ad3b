"""Where blocks grow: running text that has no block yet, and TWiki's lists with their indents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from meetings.twiki.inline import Inlines
from meetings.twiki.nodes import Block, Cell, List, ListItem, Paragraph, Problem, Row

DEPTH = 20
"""How deep blocks may nest; what lies deeper goes on at this depth."""

Kind = Literal["ul", "ol", "dl"]

_ALPHABET = tuple("abcdefghijklmnopqrstuvwxyz")
_ROMAN = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x",
    "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx",
)  # fmt: skip


@dataclass(slots=True)
class OpenList:
    """A list whose last item may still grow."""

    kind: Kind
    style: str
    start: int
    line: int
    column: int
    items: list[ListItem] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    item_line: int = 0
    term: str = ""
    written: str = ""


@dataclass(slots=True)
class Frame:
    """The page, or an HTML element that holds blocks: what is in it, and the TWiki lists open in it."""

    tag: str
    line: int
    given: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    lists: list[OpenList] = field(default_factory=list)
    parts: list[ListItem | Row | Cell] = field(default_factory=list)
    awaits: bool = False
    """Whether the last part is a term whose definition has not come yet."""


class Lists:
    """Takes running text, list items and finished blocks in the page's order."""

    def __init__(self, inlines: Inlines, problems: list[Problem]) -> None:
        self.inlines = inlines
        self.problems = problems
        self.frame = Frame("", 1)
        self.nested = 0
        self.seen = 0
        self._text: list[str] = []
        self._first = self._last = 0

    def note(self, line: int, message: str) -> None:
        """Remember a harmless oddity."""
        self.problems.append(Problem(line, "note", message))

    def words(self, text: str, first: int, last: int) -> None:
        """More running text that holds no block."""
        if not self._text:
            self._first = first
        self._text.append(text)
        self._last = last

    def text(self, text: str, first: int, last: int) -> None:
        """More running text, whatever it holds."""
        self.words(text, first, last)

    def flush(self) -> None:
        """The running text so far is a paragraph."""
        if self._text:
            text = self._text[0] if len(self._text) == 1 else "\n".join(self._text)
            self._text = []
            if nodes := self.inlines.parse(text, self._first):
                self.target().append(Paragraph(nodes, self._first, self._last))

    def target(self) -> list[Block]:
        """Where the next block belongs: the innermost open item, else the element."""
        lists = self.frame.lists
        return lists[-1].blocks if lists else self.frame.blocks

    def add(self, block: Block) -> None:
        """A finished block."""
        self.flush()
        self.target().append(block)

    # --- lists ------------------------------------------------------------------------------------------

    def item(
        self, kind: Kind, indent: str, text: str, first: int, last: int, *, written: str = "", term: str = ""
    ) -> None:
        """A list item begins: of which kind, how deep and with which first words."""
        if self._text:
            self.flush()
        lists = self.frame.lists
        column = _column(indent)
        if not (lists and lists[-1].column == column and lists[-1].kind == kind):
            self._reach(kind, column, self._depth(column), first, written)
        else:
            self._close_item()
        if column % 3:
            self.note(first, f"A list item indented by {column} columns was read as level {len(lists)}.")
        top = lists[-1]
        top.column, top.item_line, top.term, top.written = column, first, term, written
        if text:
            self.text(text.strip(), first, last)

    def _reach(self, kind: Kind, column: int, depth: int, line: int, written: str) -> None:
        """Close and open lists until one of this kind stands at this depth, ready for an item."""
        lists = self.frame.lists
        while len(lists) > depth:
            self._close_list()
        if len(lists) == depth:
            if lists[-1].kind == kind:
                self._close_item()
            else:
                self._close_list()
        while len(lists) < depth:
            at = column if len(lists) == depth - 1 else 3 * len(lists) + 3
            lists.append(OpenList(kind, _style(written), _start(written), line, at, item_line=line))
            self.nested += 1

    def is_level(self, indent: str) -> bool:
        """Whether an indent is one of TWiki's own: threes of spaces, or tabs."""
        return _column(indent) % 3 == 0

    def continues(self, indent: str, letter: str) -> bool:
        """Whether `b.` or `ii.` at this indent is the next number of the list that is open there."""
        lists = self.frame.lists
        column = _column(indent)
        place = next((at for at in lists if at.column == column and at.kind == "ol"), None)
        if place is None or not place.written or place.written.isdigit() or letter.isupper() != place.style.isupper():
            return False
        order = _ROMAN if place.style in "iI" else _ALPHABET
        written, letter = place.written.lower(), letter.lower()
        return letter in order and written in order and order.index(letter) == order.index(written) + 1

    def close_lists(self) -> None:
        """The text is back at the margin."""
        self.flush()
        while self.frame.lists:
            self._close_list()

    def _depth(self, column: int) -> int:
        """How deep an item at this column lies: threes as TWiki counts them, slips by what stands around them."""
        lists = self.frame.lists
        if column % 3 == 0 and (not lists or lists[-1].column == 3 * len(lists)):
            depth = column // 3
        else:
            depth = 1 + sum(level.column <= column - 2 for level in lists)
        return max(1, min(depth, DEPTH - self.nested + len(lists)))

    def _close_item(self) -> None:
        top = self.frame.lists[-1]
        end = max(self.seen, top.item_line)
        term = self.inlines.parse(top.term, top.item_line) if top.term else ()
        top.items.append(ListItem(tuple(top.blocks), top.item_line, end, term, top.written))
        top.blocks = []

    def _close_list(self) -> None:
        self._close_item()
        top = self.frame.lists.pop()
        self.nested -= 1
        self.target().append(List(top.kind, tuple(top.items), top.line, top.items[-1].end_line, top.style, top.start))


def _column(indent: str) -> int:
    """An indent's width; a tab is one level."""
    return len(indent.replace("\t", "   ")) if "\t" in indent else len(indent)


def _style(written: str) -> str:
    """`1`, `a`, `A`, `i` or `I`."""
    return written if written in ("a", "A", "i", "I") else "1"


def _start(written: str) -> int:
    """The number a list begins with."""
    return int(written) if written.isdigit() else 1
