"""Nodes -> HTML, for what Markdown has no form for; `markup` reads it back as it reads its own.

Here too is what both forms must agree on: which spans mean something, and how the target of a link is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from . import nodes
from .macros import COLOURS
from .nodes import Block, Inline, inlines_of, leaves

MAX_DEPTH = 6
"""Inlines nested deeper than this are only their words."""

KEPT_TAGS = frozenset("abbr big cite del dfn ins kbd mark q s samp small sub sup u var".split())

SOFT_BREAK = re.compile(r"[ \t]*\n[ \t\n]*")
_COLOUR_STYLE = re.compile(r"(?<![\w-])color\s*:\s*([#\w]+)", re.IGNORECASE)
_COLOUR_NAMES = {code: name.lower() for name, code in COLOURS.items()}
_PREFIXES = {"mail": "mailto:", "anchor": "#", "topic": "wiki:", "interwiki": "wiki:", "attachment": "attachment:"}


def html_list(block: nodes.List, depth: int = 0) -> str:
    """A list that Markdown cannot begin as it begins: lettered from the middle, or a definition without its term."""
    parts: list[str] = []
    for item in block.items:
        text = _item(item.children, depth + 1)
        if block.kind == "dl":
            term = _on_one_line(item.term)
            parts.append(f"<dt>{term}</dt><dd>{text}</dd>" if term else f"<dd>{text}</dd>")
        else:
            parts.append(f"<li>{text}</li>")
    given = {"type": block.style, "start": str(block.start)} if block.kind == "ol" else {}
    start = attributes(**{name: value for name, value in given.items() if value != "1"})
    return "\n".join([f"<{block.kind}{start}>", *parts, f"</{block.kind}>"])


def _item(children: Sequence[Block], depth: int) -> str:
    """What an item or a cell holds: its texts each on a line of its own, lists and tables as what they are."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, nodes.List) and depth < MAX_DEPTH:
            parts.append(f"\n{html_list(child, depth)}\n")
        elif isinstance(child, nodes.Preformatted):
            parts.append(f"\n<pre>\n{html_inlines(child.children)}</pre>\n")
        elif isinstance(child, nodes.Table):
            parts.append(f"\n{html_table(child)}\n")
        else:
            text = "<br>".join(_on_one_line(inlines_of(leaf)) for leaf in leaves((child,)))
            parts.append(f"<br>{text}" if parts and parts[-1][-1:] != "\n" else text)
    return "".join(parts)


def html_table(block: nodes.Table) -> str:
    """A table with spanned cells, or with headers where Markdown has none."""
    return "\n".join(["<table>", *(_row(row) for row in block.rows), "</table>"])


def _row(row: nodes.Row) -> str:
    cells: list[str] = []
    for cell in row.cells:
        tag = "th" if cell.header else "td"
        spans = {"colspan": cell.colspan, "rowspan": cell.rowspan}
        given = {name: str(span) for name, span in spans.items() if span != 1} | {"align": cell.align or ""}
        text = _item(cell.blocks, 1) if cell.blocks else _on_one_line(cell.children)
        cells.append(f"<{tag}{attributes(**given)}>{text}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


def _on_one_line(children: Sequence[Inline]) -> str:
    return SOFT_BREAK.sub(" ", html_inlines(children)).strip()


def html_inlines(children: Sequence[Inline], depth: int = 0, *, linked: bool = False) -> str:
    """Inlines as HTML; `linked` where they stand in a link, and so hold no other."""
    if depth >= MAX_DEPTH:
        return escape(shown(children), quote=False)
    return "".join(_inline(node, depth + 1, linked) for node in children)


def _inline(node: Inline, depth: int, linked: bool) -> str:
    match node:
        case nodes.Text(text):
            return escape(text, quote=False)
        case nodes.Image():
            return image_tag(node)
        case nodes.LineBreak():
            return "<br>"
        case nodes.Anchor(name):
            return f"<a{attributes(id=name)}></a>"
    start, end = _tags(node, linked)
    return f"{start}{html_inlines(node.children, depth, linked=linked or isinstance(node, nodes.Link))}{end}"


def _tags(node: nodes.Strong | nodes.Emphasis | nodes.Code | nodes.Span | nodes.Link, linked: bool) -> tuple[str, str]:
    match node:
        case nodes.Strong():
            return "<b>", "</b>"
        case nodes.Emphasis():
            return "<i>", "</i>"
        case nodes.Code():
            return "<code>", "</code>"
        case nodes.Span():
            return span_tags(node)
        case nodes.Link():
            if linked:
                return "", ""
            return f"<a{attributes(href=target(node), title=node.title)}>", "</a>"


def attributes(**given: str) -> str:
    """Attributes for a tag, each with the space before it; the empty ones left out."""
    return "".join(f' {name}="{escape(" ".join(value.split()))}"' for name, value in given.items() if value)


def image_tag(node: nodes.Image) -> str:
    """An image as a tag, which can say its size."""
    sizes = {"width": node.width, "height": node.height}
    return f"<img{attributes(src=node.source, alt=node.alt, title=node.title, **sizes)}>"


def span_tags(node: nodes.Span) -> tuple[str, str]:
    """The tags of a span that is worth keeping: a colour, or a tag of the list; else nothing."""
    given = dict(node.attributes)
    tag = "s" if node.tag == "strike" else node.tag
    if tag in KEPT_TAGS:
        return f"<{tag}{attributes(title=given.get('title', ''))}>", f"</{tag}>"
    style = _COLOUR_STYLE.search(given.get("style", ""))
    colour = given.get("color", "") or (style[1] if style else "")
    colour = _COLOUR_NAMES.get(colour.lower(), colour)
    return (f"<font{attributes(color=colour)}>", "</font>") if colour else ("", "")


def target(node: nodes.Link) -> str:
    """What a link names, in the form that `markup` understands."""
    return _PREFIXES.get(node.kind, "") + node.target


def shown(children: Sequence[Inline]) -> str:
    """The visible words on one line, however deep they lie."""
    found: list[str] = []
    stack = [iter(children)]
    while stack:
        node = next(stack[-1], None)
        match node:
            case None:
                stack.pop()
            case nodes.Text(text):
                found.append(text)
            case nodes.LineBreak():
                found.append(" ")
            case nodes.Image():
                found.append(node.alt)
            case nodes.Anchor():
                pass
            case _:
                stack.append(iter(node.children))
    return "".join(found)
