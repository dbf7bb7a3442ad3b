"""What a page of minutes is made of, whatever it was written in.

Blocks hold blocks and inlines, inlines hold inlines; everything is frozen, and every block knows the lines of
the source it came from (1-based, inclusive). Nothing here knows TWiki's syntax, Markdown or the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Level = Literal["note", "warning", "error"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at, and where: `note` is harmless, `error` fails the page."""

    line: int
    level: Level
    message: str


# --- inlines ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words, already decoded: no markup, no entities, no escapes."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Italic."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Fixed width; TWiki allows markup (links, not emphasis) inside, so it has children."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """An inline HTML element that has no node of its own: `font`, `span`, `sub`, `sup`, `u`, `del`, `small`..."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link; `target` is what the source names, `kind` says which sort of name that is.

    url: absolute address, or one relative to the page; mail: an address without `mailto:`; topic: `Web.Topic`
    or `Topic`, maybe with `#Anchor`; anchor: a name in this page; interwiki: `Site:page`; attachment: the name
    of a file attached to this topic.
    """

    target: str
    children: tuple[Inline, ...]
    kind: Literal["url", "mail", "topic", "anchor", "interwiki", "attachment"] = "url"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An image by its address; sizes in pixels as written, or empty."""

    source: str
    alt: str = ""
    width: str = ""
    height: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A forced line break."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place that a link can name; shows nothing."""

    name: str


Inline = Text | Strong | Emphasis | Code | Span | Link | Image | LineBreak | Anchor


# --- blocks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    children: tuple[Inline, ...]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. A newline in its Text is a soft break: white space, unless a LineBreak stands there."""

    children: tuple[Inline, ...]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry: blocks, and for a definition list the term; `written` is its number or letter in the source."""

    children: tuple[Block, ...]
    line: int
    end_line: int
    term: tuple[Inline, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class List:
    """A list: `ul`, `ol` (with `style` one of 1 a A i I) or `dl`."""

    kind: Literal["ul", "ol", "dl"]
    items: tuple[ListItem, ...]
    line: int
    end_line: int
    style: str = "1"
    start: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; a spanned-over place has no cell.

    One that holds lists or preformatted text has them as `blocks`; its `children` are then the same words by lines.
    """

    children: tuple[Inline, ...]
    header: bool = False
    align: Align | None = None
    colspan: int = 1
    rowspan: int = 1
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A table row."""

    cells: tuple[Cell, ...]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    rows: tuple[Row, ...]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose spaces and line ends count. `verbatim` text is only Text; `pre` may hold links and emphasis."""

    children: tuple[Inline, ...]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks (`<blockquote>`)."""

    children: tuple[Block, ...]
    line: int
    end_line: int


Block = Heading | Paragraph | List | Table | Rule | Preformatted | Quote


# --- the page --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meta:
    """One `%META:TYPE{key="value" ...}%` line, values decoded."""

    type: str
    fields: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. `name` is the topic's or file's name without folder and ending.

    `saved_at` is UTC; `revision` counts from 1 (`1.10` is 10); both from %META:TOPICINFO, or None.
    `lines` are the source's own lines, so that `lines[block.line - 1]` is where a block begins.
    """

    name: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
    meta: tuple[Meta, ...] = ()
    author: str | None = None
    saved_at: datetime | None = None
    revision: int | None = None
    kind: Literal["twiki", "text"] = "twiki"
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the page names: by %META:FILEATTACHMENT, or by a link to its own attachment folder."""

    name: str
    line: int
    comment: str = ""
    size: int | None = None


def plain(inlines: tuple[Inline, ...]) -> str:
    """The visible words of some inlines, a line break as a newline, an image as its alt text."""
    parts: list[str] = []
    for node in inlines:
        match node:
            case Text(text):
                parts.append(text)
            case LineBreak():
                parts.append("\n")
            case Image():
                parts.append(node.alt)
            case Anchor():
                pass
            case _:
                parts.append(plain(node.children))
    return "".join(parts)


def leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks that hold text, in order, without the lists and quotes around them, however deep they lie."""
    stack = [iter(blocks)]
    while stack:
        block = next(stack[-1], None)
        if block is None:
            stack.pop()
        elif isinstance(block, Quote):
            stack.append(iter(block.children))
        elif isinstance(block, List):
            stack.append(iter([part for item in block.items for part in (_term(item), *item.children)]))
        else:
            yield block


def flat(blocks: Iterable[Block]) -> tuple[Inline, ...]:
    """The inlines of some blocks, each text on a line of its own."""
    run: list[Inline] = []
    for leaf in leaves(blocks):
        if inlines := inlines_of(leaf):
            run += (LineBreak(), *inlines) if run else inlines
    return tuple(run)


def _term(item: ListItem) -> Paragraph:
    return Paragraph(item.term, item.line, item.line)


def inlines_of(block: Block) -> tuple[Inline, ...]:
    """The inlines of a block that holds text; a table's row by row."""
    match block:
        case Paragraph() | Heading():
            return block.children
        case Preformatted():
            return (Code(block.children),)
        case Table():
            return flat(Paragraph(_side_by_side(row), row.line, row.line) for row in block.rows)
    return ()


def _side_by_side(row: Row) -> tuple[Inline, ...]:
    return tuple(part for cell in row.cells for part in (*cell.children, Text(" ")))[:-1]
