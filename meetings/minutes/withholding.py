"""Blocks of a page without dial-in details: the least around a secret goes to the coordinates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from meetings.minutes.dialin import is_secret
from meetings.minutes.hiding import MARKER, hide_words, secret_ones, secrets_below, shorn
from meetings.minutes.lines import inlines, lines, words
from meetings.twiki.nodes import (
    Block,
    Cell,
    Heading,
    Inline,
    LineBreak,
    List,
    ListItem,
    Paragraph,
    Preformatted,
    Quote,
    Row,
    Table,
    Text,
    flat,
)

_LINE_END = re.compile(r"(\n)")
_SENTENCE_END = re.compile(r"(?<=[.!?;])(\s+)")
_CLAUSE_END = re.compile(r"(?<=[.!?;:,])(\s+)")
_BETWEEN_PEOPLE = re.compile(r"(?<=[,;])(\s*)(?![^()]*\))")

Inlines = tuple[Inline, ...]


def take_secrets(
    blocks: Iterable[Block], *, listed: bool = False, owed: bool = False
) -> tuple[list[Block], list[Block]]:
    """The blocks with a marker in place of dial-in details, and these, as paragraphs.

    A secret takes its sentence, or its cell of a table, and nothing around it. Where people are `listed`, their
    names stay and no marker is left, which would look like one; of what is `owed` it takes a part of the sentence,
    so that the number, the owner and the day stay.
    """
    taking = _Taking(_BETWEEN_PEOPLE if listed else _CLAUSE_END if owed else _SENTENCE_END, listed)
    return [taking.rest_of(block) if _may_hold_secret(block) else block for block in blocks], taking.secrets


def _may_hold_secret(block: Block) -> bool:
    """Whether any line of a block is secret, or has cells, which may be it together."""
    return any(line.cells or is_secret(line.text) for line in lines((block,)))


@dataclass
class _Taking:
    """What was taken from some blocks so far."""

    end: re.Pattern[str]
    """What ends the pieces of a line that are taken."""
    listed: bool
    secrets: list[Block] = field(default_factory=list)

    def rest_of(self, block: Block) -> Block:
        """A block without its secrets, however deep they lie."""
        match block:
            case Paragraph() | Heading() | Preformatted():
                return replace(block, children=self._text(block.children, block.line))
            case List():
                return replace(block, items=tuple(map(self._item, block.items)))
            case Quote():
                return replace(block, children=tuple(map(self.rest_of, block.children)))
            case Table():
                heads = self._heads(block)
                return replace(block, rows=tuple(self._row(row, heads) for row in block.rows))
        return block

    def _item(self, item: ListItem) -> ListItem:
        term = self._text(item.term, item.line)
        children = tuple(map(self.rest_of, item.children))
        first = children[0] if children else None
        if isinstance(first, Paragraph) and term and is_secret(f"{words(term)}: {words(first.children)}"):
            children = (replace(first, children=self._take(first.children, first.line)), *children[1:])
        return replace(item, term=term, children=children)

    @staticmethod
    def _heads(table: Table) -> list[str]:
        """What the columns of a table are called."""
        first = table.rows[0].cells if table.rows else ()
        return [words(cell.children) for cell in first] if all(cell.header for cell in first) else []

    def _row(self, row: Row, heads: list[str]) -> Row:
        texts = [words(cell.children) for cell in row.cells]
        found = secret_ones(texts) | secrets_below(heads, texts)
        if not found:
            return row
        self._keep(inlines(" | ".join(texts)), row.line)
        rest = (self._cell(cell, row.line) if index in found else cell for index, cell in enumerate(row.cells))
        return replace(row, cells=tuple(rest))

    def _cell(self, cell: Cell, line: int) -> Cell:
        """A cell that holds a secret: what else is in its list stays; the row is kept already."""
        inner = _Taking(self.end, self.listed)
        if cell.blocks:
            blocks = tuple(map(inner.rest_of, cell.blocks))
            if inner.secrets:
                return replace(cell, blocks=blocks, children=flat(blocks))
        children = inner._text(cell.children, line)
        return replace(cell, blocks=(), children=children if inner.secrets else inner._take(children, line))

    def _text(self, children: Inlines, line: int) -> Inlines:
        """Words on one or more lines."""
        rows = _cut(children, _LINE_END)
        found = secret_ones([words(row) for row in rows[::2]])
        made: list[Inline] = []
        for index, row in enumerate(rows):
            if index % 2:
                made += row
            elif index // 2 in found:
                made += self._line(row, line + index // 2)
            else:
                made += row
        return tuple(made) if found else children

    def _line(self, row: Inlines, line: int) -> Inlines:
        """One line, of which the sentences that hold a secret are taken."""
        parts = _cut(row, self.end)
        found = secret_ones([words(part) for part in parts[::2]])
        known, made = len(self.secrets), list[Inline]()
        for index, part in enumerate(parts):
            made += self._sentence(part, line) if not index % 2 and index // 2 in found else part
        if not found or is_secret(words(tuple(made))):
            del self.secrets[known:]
            return self._take(row, line)
        return tuple(made)

    def _sentence(self, part: Inlines, line: int) -> Inlines:
        """A sentence without the parentheses that hold a secret, or nothing of it."""
        shorter: list[Inline] = []
        for node in part:
            shorter.append(Text(self._shorter(node.text)) if isinstance(node, Text) else node)
        if is_secret(words(tuple(shorter))) or words(tuple(shorter)) == MARKER:
            return self._take(part, line)
        self._keep(part, line)
        return tuple(shorter)

    def _shorter(self, text: str) -> str:
        return shorn(text).rstrip(" :-") if self.listed else hide_words(text)

    def _take(self, children: Inlines, line: int) -> Inlines:
        """The marker for some words, which are kept."""
        self._keep(children, line)
        return () if self.listed else (Text(MARKER),)

    def _keep(self, children: Inlines, line: int) -> None:
        self.secrets.append(Paragraph(children, line, line))


def _cut(children: Inlines, at: re.Pattern[str]) -> list[Inlines]:
    """Some words cut in pieces, with what is between them: pieces are at the even places."""
    pieces: list[list[Inline]] = [[]]
    for node in children:
        if isinstance(node, LineBreak) and at is _LINE_END:
            pieces += [[node], []]
        elif isinstance(node, Text):
            first, *rest = at.split(node.text)
            pieces[-1] += [Text(first)] if first else []
            pieces += [[Text(text)] if text else [] for text in rest]
        else:
            pieces[-1].append(node)
    return [tuple(piece) for piece in pieces]
