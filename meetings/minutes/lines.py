"""Blocks as lines of words: what is left to read when the layout is taken away. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meetings.twiki.nodes import (
    Anchor,
    Block,
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

_ADDRESS = re.compile(
    r"(?P<url>(?<!\w)https?://[^\s<>\"|]{0,2000}[^\s<>\"|.,;:!?)\]}'])"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
)


class Line(NamedTuple):
    """One line of words and where it stands; a row of a table has `cells`, its head counts as a heading."""

    number: int
    text: str
    heading: bool = False
    cells: tuple[str, ...] = ()


def words(inlines: tuple[Inline, ...]) -> str:
    """The words of some inlines, and after a link or an image its address where that is not shown."""
    if len(inlines) == 1 and isinstance(only := inlines[0], Text):
        return only.text
    parts: list[str] = []
    for node in inlines:
        match node:
            case Text(text):
                parts.append(text)
            case LineBreak():
                parts.append("\n")
            case Image():
                parts.append(f"{node.alt} <{node.source}>".strip())
            case Link():
                shown = words(node.children)
                hidden = node.kind in ("url", "mail", "attachment") and node.target not in shown
                parts.append(f"{shown} <{node.target}>" if hidden else shown)
            case Anchor():
                pass
            case _:
                parts.append(words(node.children))
    return "".join(parts)


def inlines(text: str) -> tuple[Inline, ...]:
    """Plain words, with bare addresses as links."""
    if "://" not in text and "@" not in text:
        return (Text(text),)
    parts: list[Inline] = []
    done = 0
    for match in _ADDRESS.finditer(text):
        if match.start() > done:
            parts.append(Text(text[done : match.start()]))
        parts.append(Link(match[0], (Text(match[0]),), "url" if match["url"] else "mail"))
        done = match.end()
    if done < len(text):
        parts.append(Text(text[done:]))
    return tuple(parts)


def title(heading: Heading) -> str:
    """A heading on one line."""
    return " ".join(plain(heading.children).split())


def bold_as_heading(block: Block) -> Block:
    """A short paragraph all in bold as the heading it is meant to be, on a page that has no others."""
    if not isinstance(block, Paragraph) or block.line != block.end_line:
        return block
    text = " ".join(plain(block.children).split())
    bold = [node for node in block.children if not (isinstance(node, Text) and not node.text.strip(" \n\t:"))]
    if not bold or len(text) > 100 or not all(isinstance(node, Strong) for node in bold):
        return block
    return Heading(2, (Text(text),), block.line, block.end_line)


def lines(blocks: Iterable[Block | ListItem]) -> Iterator[Line]:
    """Every line with words in it, in order, nested lists and all."""
    pending = list(blocks)[::-1]
    while pending:
        block = pending.pop()
        match block:
            case Paragraph() | Preformatted():
                yield from _split(words(block.children), block.line)
            case ListItem():
                if block.term:
                    block = _term_first(block)
                pending.extend(block.children[::-1])
            case List():
                pending.extend(block.items[::-1])
            case Heading():
                yield Line(block.line, " ".join(words(block.children).split()), heading=True)
            case Quote():
                pending.extend(block.children[::-1])
            case Table():
                for row in block.rows:
                    cells = tuple(" ".join(words(cell.children).split()) for cell in row.cells)
                    head = all(cell.header for cell in row.cells)
                    if any(cells):
                        yield Line(row.line, " ".join(filter(None, cells)), head, cells)
            case Rule():
                pass


def _split(text: str, first: int) -> Iterator[Line]:
    """The lines of a paragraph that begins on line `first`."""
    for number, line in enumerate(text.split("\n"), first):
        if even := " ".join(line.split()):
            yield Line(number, even)


def _term_first(item: ListItem) -> ListItem:
    """A definition as `term: text`, the way people write labels in other lists."""
    label = Text(f"{plain(item.term).rstrip(': ')}: ")
    match item.children:
        case (Paragraph(children, line, end), *rest):
            head = Paragraph((label, *children), line, end)
        case rest:
            head = Paragraph((label,), item.line, item.line)
    return ListItem((head, *rest), item.line, item.end_line)
