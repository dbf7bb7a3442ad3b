"""Word documents -> nodes: mammoth makes HTML of them, this makes nodes of that."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from meetings.documents import plaintext
from meetings.minutes.lines import bold_as_heading
from meetings.twiki.nodes import (
    Block,
    Cell,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Page,
    Paragraph,
    Problem,
    Row,
    Span,
    Strong,
    Table,
    Text,
    plain,
)

try:
    import mammoth
except ImportError:
    mammoth = None

MAX_BYTES = 50_000_000
"""How large a document may be unpacked."""

MAX_RATIO = 200
"""How much larger than packed; real documents stay under 30."""

_MISSING = (
    "this is a Word document: reading it needs the extra “import”: get it with "
    "`.venv/bin/uv sync --frozen --inexact --extra import`, and import this again"
)
_BROKEN = "this Word document cannot be read: open it, save it again as .docx or as text, and import that"
_TOO_LARGE = "this document is too large when unpacked, or packed suspiciously well: save its text and import that"
_STYLES = "p[style-name='Title'] => h1.title:fresh\np[style-name='Subtitle'] => p:fresh\nu => u\nstrike => s"
_HEADINGS = {f"h{level}": min(level + 1, 6) for level in range(1, 7)}
"""Levels one deeper than Word's, whose first level stands below the title."""


def is_docx(data: bytes) -> bool:
    """Whether the bytes are a zip archive with a Word document in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def parse(data: bytes, name: str) -> Page:
    """The page of a Word document; a page with an error where it cannot be read."""
    if mammoth is None:
        return _failed(name, _MISSING)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > MAX_BYTES or unpacked > MAX_RATIO * len(data):
        return _failed(name, _TOO_LARGE)
    try:
        return _page(name, _tree(data))
    except Exception:  # mammoth raises whatever the XML inside makes it raise; a page is never a traceback
        return _failed(name, _BROKEN)


def _failed(name: str, message: str) -> Page:
    """A page of nothing but the reason."""
    return Page(name, (), (), (Problem(1, "error", message),), kind="text")


def _tree(data: bytes) -> ElementTree.Element:
    """The document's HTML as a tree; pictures as their descriptions, which is all that a text can keep."""
    html = mammoth.convert_to_html(
        io.BytesIO(data),
        style_map=_STYLES,
        ignore_empty_paragraphs=False,
        convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
    ).value
    return ElementTree.fromstring(f"<body>{html}</body>")  # noqa: S314 - mammoth's own output, no entities in it


def _page(name: str, body: ElementTree.Element) -> Page:
    """The page of a document's HTML; one of bare paragraphs is read as the text it is."""
    reader = _Reader()
    blocks = list(reader.blocks(body))
    if not any(isinstance(block, Heading) for block in blocks):
        blocks = [bold_as_heading(block) for block in blocks]
    if all(isinstance(block, Paragraph) for block in blocks):
        return plaintext.parse("\n".join(reader.lines), name)
    pictures = sum(1 for _ in body.iter("img"))
    problems = (Problem(1, "note", f"{pictures} pictures were left out; attach them by hand"),) if pictures else ()
    return Page(name, tuple(reader.lines), tuple(blocks), problems, kind="text")


@dataclass
class _Reader:
    """Makes blocks of elements; every paragraph is a line, as Word has no others."""

    lines: list[str] = field(default_factory=list)

    def blocks(self, parent: ElementTree.Element) -> Iterator[Block]:
        """The blocks of an element's children."""
        for element in parent:
            if element.tag in ("ul", "ol"):
                yield self._list(element)
            elif element.tag == "table":
                yield self._table(element)
            else:
                yield from self._text(element)

    def _text(self, element: ElementTree.Element) -> Iterator[Block]:
        """A paragraph or a heading; an empty one is only a line."""
        children = tuple(_inlines(element))
        line = self._line(children)
        if not plain(children).strip():
            return
        if element.tag in _HEADINGS:
            level = 1 if element.get("class") == "title" else _HEADINGS[element.tag]
            yield Heading(level, children, line, line)
        else:
            yield Paragraph(children, line, line)

    def _line(self, children: tuple[Inline, ...]) -> int:
        """The number of a new line with these words."""
        self.lines.append(" ".join(plain(children).split()))
        return len(self.lines)

    def _list(self, element: ElementTree.Element) -> List:
        """A list; what Word keeps in one entry before the list inside it is the entry's text."""
        first = len(self.lines) + 1
        items = tuple(self._item(item) for item in element)
        return List("ol" if element.tag == "ol" else "ul", items, first, len(self.lines))

    def _item(self, element: ElementTree.Element) -> ListItem:
        """An entry: loose words, then blocks."""
        own = ElementTree.Element("p")
        own.text = element.text
        inner = ElementTree.Element("li")
        for child in element:
            (inner if child.tag in ("ul", "ol", "table", "p") else own).append(child)
        first = len(self.lines) + 1
        blocks = (*self._text(own), *self.blocks(inner))
        return ListItem(blocks, first, max(first, len(self.lines)))

    def _table(self, element: ElementTree.Element) -> Table:
        """A table, its heads first."""
        first = len(self.lines) + 1
        rows = tuple(self._row(row) for row in element.iter("tr"))
        return Table(rows, first, max(first, len(self.lines)))

    def _row(self, element: ElementTree.Element) -> Row:
        """A row of a table, a line of its own."""
        cells = tuple(
            Cell(
                tuple(_cell(cell)),
                header=cell.tag == "th",
                colspan=int(cell.get("colspan", "1")),
                rowspan=int(cell.get("rowspan", "1")),
            )
            for cell in element
        )
        line = self._line(tuple(node for cell in cells for node in (*cell.children, Text(" "))))
        return Row(cells, line, line)


def _cell(element: ElementTree.Element) -> Iterator[Inline]:
    """The inlines of a cell, a line break between its paragraphs."""
    if element.text:
        yield Text(element.text)
    for index, child in enumerate(element):
        if index:
            yield LineBreak()
        yield from _inlines(child)


def _inlines(element: ElementTree.Element) -> Iterator[Inline]:
    """The inlines of an element: its words, and its children with the words after each."""
    if element.text:
        yield Text(element.text)
    for child in element:
        yield from _inline(child)
        if child.tail:
            yield Text(child.tail)


def _inline(element: ElementTree.Element) -> Iterator[Inline]:
    """One inline element; what has no node of its own gives its children."""
    match element.tag:
        case "br":
            yield LineBreak()
        case "img":
            if alt := element.get("alt"):
                yield Text(alt)
        case "strong":
            yield Strong(tuple(_inlines(element)))
        case "em":
            yield Emphasis(tuple(_inlines(element)))
        case "a" if target := element.get("href"):
            yield _link(target, tuple(_inlines(element)))
        case "s" | "u" | "sup" | "sub" as tag:
            yield Span(tag, (), tuple(_inlines(element)))
        case _:
            yield from _inlines(element)


def _link(target: str, children: tuple[Inline, ...]) -> Link:
    """A link to a page, a mailbox or a place in the document."""
    if target.startswith("mailto:"):
        return Link(target.removeprefix("mailto:"), children, "mail")
    if target.startswith("#"):
        return Link(target[1:], children, "anchor")
    return Link(target, children)
