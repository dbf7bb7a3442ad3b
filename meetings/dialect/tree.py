"""The dialect's HTML -> nodes, for those who need the structure and not the page: text form, way back to TWiki.

It reads what the dialect writes, before anything was cleaned from it. The nodes know no lines: all are 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from xml.etree.ElementTree import Element

from meetings.twiki import nodes
from meetings.twiki.nodes import Block, Inline, flat

from . import html

_DEEPEST = 200
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ALIGNS: dict[str, nodes.Align] = {"left": "left", "center": "center", "right": "right"}
_BLOCKS = frozenset({"p", "ul", "ol", "dl", "table", "pre", "hr", "blockquote", "div"}) | frozenset(_HEADINGS)


def read(rendered: str) -> tuple[Block, ...]:
    """The blocks of some HTML."""
    root = Element("div")
    html.raw_block(rendered, root, deepest=_DEEPEST)
    return _blocks(root)


def _content(parent: Element) -> Iterator[str | Element]:
    """Texts and elements in order."""
    if parent.text:
        yield parent.text.replace("&amp;", "&")
    for child in parent:
        yield child
        if child.tail:
            yield child.tail.replace("&amp;", "&")


def _blocks(parent: Element) -> tuple[Block, ...]:
    """The blocks under `parent`; inlines between them are paragraphs of their own."""
    found: list[Block] = []
    run: list[str | Element] = []
    for part in (*_content(parent), None):
        if isinstance(part, str) or (part is not None and part.tag not in _BLOCKS):
            run.append(part)
            continue
        if any(not isinstance(piece, str) or piece.strip() for piece in run):
            found.append(nodes.Paragraph(_inlines(run), 0, 0))
        run = []
        if part is not None:
            found.extend(_block(part))
    return tuple(found)


def _block(node: Element) -> tuple[Block, ...]:
    """One block element."""
    match node.tag:
        case "p":
            return (nodes.Paragraph(_inlines(_content(node)), 0, 0),)
        case "hr":
            return (nodes.Rule(0, 0),)
        case "pre":
            node.text = (node.text or "").removeprefix("\n")
            return (nodes.Preformatted(_inlines(_content(node)), 0, 0),)
        case "ul" | "ol":
            items = tuple(nodes.ListItem(_blocks(item), 0, 0) for item in node if item.tag == "li")
            kind: Literal["ul", "ol"] = "ul" if node.tag == "ul" else "ol"
            return (nodes.List(kind, items, 0, 0, node.get("type", "1"), _number(node.get("start", ""))),)
        case "dl":
            return (nodes.List("dl", tuple(_definitions(node)), 0, 0),)
        case "table":
            return (nodes.Table(tuple(_row(row) for row in node.iter("tr")), 0, 0),)
        case "blockquote":
            return (nodes.Quote(_blocks(node), 0, 0),)
        case "div":
            return _blocks(node)
        case _:
            return (nodes.Heading(_HEADINGS[node.tag], _inlines(_content(node)), 0, 0),)


def _definitions(node: Element) -> Iterator[nodes.ListItem]:
    """A term with its first text, then each further text without one; a term without a text has an empty one."""
    term: tuple[Inline, ...] | None = None
    for part in node:
        if part.tag == "dt":
            if term is not None:
                yield nodes.ListItem((), 0, 0, term)
            term = _inlines(_content(part))
        elif part.tag == "dd":
            yield nodes.ListItem(_blocks(part), 0, 0, term or ())
            term = None
    if term is not None:
        yield nodes.ListItem((), 0, 0, term)


def _row(node: Element) -> nodes.Row:
    """A table row."""
    return nodes.Row(tuple(_cell(cell) for cell in node if cell.tag in ("td", "th")), 0, 0)


def _cell(node: Element) -> nodes.Cell:
    """A table cell."""
    align = _ALIGNS.get(node.get("align", ""))
    spans = _number(node.get("colspan", "")), _number(node.get("rowspan", ""))
    blocks = _blocks(node) if any(child.tag in _BLOCKS for child in node) else ()
    return nodes.Cell(flat(blocks) if blocks else _inlines(_content(node)), node.tag == "th", align, *spans, blocks)


def _inlines(parts: Iterator[str | Element] | list[str | Element]) -> tuple[Inline, ...]:
    """Texts and inline elements as nodes."""
    return tuple(node for part in parts for node in _inline(part))


def _inline(part: str | Element) -> tuple[Inline, ...]:
    """One text or inline element; a tag that means nothing gives what it holds."""
    if isinstance(part, str):
        return (nodes.Text(part),)
    if part.tag == "br":
        return (nodes.LineBreak(),)
    if part.tag == "img":
        given = {key: _value(part, key) for key in ("src", "alt", "width", "height", "title")}
        return (nodes.Image(given["src"], given["alt"], given["width"], given["height"], given["title"]),)
    children = _inlines(_content(part))
    match part.tag:
        case "strong":
            return (nodes.Strong(children),)
        case "em":
            return (nodes.Emphasis(children),)
        case "code":
            return (nodes.Code(children),)
        case "a":
            return _link(part, children)
        case "span":
            colour = part.get("class", "").removeprefix("ink-")
            return (nodes.Span("font", (("color", colour),), children),) if colour else children
        case tag if tag in html.INLINE:
            title = _value(part, "title")
            return (nodes.Span(tag, (("title", title),) if title else (), children),)
        case _:
            return children


def _link(node: Element, children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """A link of the kind that its address tells, or the place that a link can name."""
    target, title, name = (_value(node, key) for key in ("href", "title", "id"))
    here: tuple[Inline, ...] = (nodes.Anchor(name),) if name else ()
    match node.get("class"):
        case "wiki":
            kind: Literal["topic", "interwiki"] = "interwiki" if ":" in title else "topic"
            return (*here, nodes.Link(title, children, kind))
        case "attachment":
            return (*here, nodes.Link(title, children, "attachment"))
    if target.startswith("mailto:"):
        return (*here, nodes.Link(target.removeprefix("mailto:"), children, "mail", title))
    if target.startswith("#"):
        return (*here, nodes.Link(target[1:], children, "anchor", title))
    if here and not target:
        return (*here, *children)
    return (*here, nodes.Link(target, children, "url", title))


def _value(node: Element, name: str) -> str:
    return node.get(name, "").replace("&amp;", "&")


def _number(value: str) -> int:
    """A span or a list's first number; what is no number below ten thousand is 1."""
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 5 else 1
