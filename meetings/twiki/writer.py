"""Nodes -> TWiki text, for those who must go back; `parse` reads it as the same minutes.

TWiki's own marks are written where its rules let them stand, HTML where they do not (marks inside a word, two
paragraphs in one item, spanned cells). A character that TWiki would take for markup becomes an entity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from . import nodes
from .markdown_html import SOFT_BREAK, html_inlines
from .nodes import Block, leaves
from .writer_inline import inlines, shown_alone

MAX_DEPTH = 20
"""Lists and quotes nested deeper are written at this depth."""

_LINE_START = re.compile(r"---|#[A-Z]|>|\||[*$](?:\s|\Z)|(?:\d{1,9}|[A-Za-z]{1,5})\.(?:\s|\Z)|\d{1,2}(?:\s|\Z)")
_ENDS_TERM = re.compile(r":(?:\s|\Z)")
_MACRO = re.compile(r"%(?=[A-Z])")
_BLANK = " \t\n"


def twiki(blocks: Sequence[Block]) -> str:
    """The TWiki text of some blocks, without a line end after the last."""
    return "\n\n".join(text for text in (_block(block, 0) for block in blocks) if text)


def _block(block: Block, depth: int) -> str:
    match block:
        case nodes.Heading():
            return f"---{'+' * block.level} {_one_line(block.children).replace('!!', '!&#33;')}".rstrip()
        case nodes.Paragraph():
            return _paragraph(block.children)
        case nodes.Rule():
            return "---"
        case nodes.Preformatted():
            return _preformatted(block)
        case nodes.Table():
            return _table(block)
        case nodes.Quote():
            return f"<blockquote>\n{_blocks(block.children, depth + 1)}\n</blockquote>"
        case nodes.List():
            return _list(block, 1) if _is_plain(block, depth) else _html_list(block, depth)


def _blocks(blocks: Sequence[Block], depth: int) -> str:
    """Blocks inside HTML."""
    if depth >= MAX_DEPTH:
        blocks = list(leaves(blocks))
    return "\n\n".join(text for text in (_block(block, depth) for block in blocks) if text)


def _paragraph(children: tuple[nodes.Inline, ...], margin: int = 0) -> str:
    """Running text, of which no line may look like the start of something else; `margin` moves all but the first."""
    lines = SOFT_BREAK.sub("\n", inlines(children).strip(_BLANK)).split("\n")
    return f"\n{' ' * margin}".join(_guarded(line.lstrip(" \t")) for line in lines)


def _guarded(line: str) -> str:
    """A line whose first character is an entity where it would begin a block."""
    return f"&#{ord(line[0])};{line[1:]}" if _LINE_START.match(line) else line


def _one_line(children: tuple[nodes.Inline, ...], *, marks: bool = True) -> str:
    return SOFT_BREAK.sub(" ", inlines(children, marks=marks)).strip(_BLANK)


def _preformatted(block: nodes.Preformatted) -> str:
    """`<verbatim>` where there are only words, `<pre>` where there is markup."""
    text = shown_alone(block.children)
    if text is not None and "</verbatim" not in text.lower():
        return f"<verbatim>\n{text}\n</verbatim>"
    return f"<pre>\n{_MACRO.sub('&#37;', html_inlines(block.children))}\n</pre>"


# --- lists -----------------------------------------------------------------------------------------------


def _is_plain(block: nodes.List, depth: int) -> bool:
    """Whether TWiki's own list can hold this one: every item a text, then lists of which no two are of one kind."""
    stack = [(block, depth)]
    while stack:
        current, level = stack.pop()
        if level >= MAX_DEPTH or (current.kind == "ol" and current.style != "1" and current.start != 1):
            return False
        for item in current.items:
            lists = item.children[1:] if _begins_with_text(item) else item.children
            if not all(isinstance(child, nodes.List) for child in lists):
                return False
            kinds = [child.kind for child in lists if isinstance(child, nodes.List)]
            if any(one == other for one, other in pairwise(kinds)):
                return False
            if current.kind == "dl" and (not item.term or _ENDS_TERM.search(_one_line(item.term))):
                return False
            stack.extend((child, level + 1) for child in lists if isinstance(child, nodes.List))
    return True


def _begins_with_text(item: nodes.ListItem) -> bool:
    return bool(item.children) and isinstance(item.children[0], nodes.Paragraph)


def _list(block: nodes.List, level: int) -> str:
    """`   * text`, `   1. text`, `   $ term: text`, three spaces a level."""
    lines: list[str] = []
    for at, item in enumerate(block.items):
        first = item.children[0] if item.children else None
        text = _paragraph(first.children, 3 * level + 2) if isinstance(first, nodes.Paragraph) else ""
        lines.append(f"{'   ' * level}{_marker(block, item, at)} {text}".rstrip())
        lines.extend(_list(child, level + 1) for child in item.children if isinstance(child, nodes.List))
    return "\n".join(lines)


def _marker(block: nodes.List, item: nodes.ListItem, at: int) -> str:
    if block.kind == "dl":
        return f"$ {_one_line(item.term)}:"
    return "*" if block.kind == "ul" else f"{block.start + at if block.style == '1' else block.style}."


def _html_list(block: nodes.List, depth: int) -> str:
    """A list of which some item holds more than a text and lists."""
    lines: list[str] = []
    for item in block.items:
        text = _blocks(item.children, depth + 1)
        if block.kind == "dl":
            lines += [f"<dt>{_one_line(item.term, marks=False)}</dt>"] if item.term else []
            lines.append(f"<dd>\n{text}\n</dd>")
        else:
            lines.append(f"<li>\n{text}\n</li>")
    style = f' type="{block.style}"' if block.style != "1" else ""
    start = f' start="{block.start}"' if block.start != 1 else ""
    return "\n".join([f"<{block.kind}{style}{start}>", *lines, f"</{block.kind}>"])


# --- tables ----------------------------------------------------------------------------------------------


def _table(block: nodes.Table) -> str:
    """`| *header* | cell |`; with spanned cells, or aligned to the left on purpose, in HTML."""
    cells = [cell for row in block.rows for cell in row.cells]
    if any(cell.colspan != 1 or cell.rowspan != 1 or cell.align == "left" or cell.blocks for cell in cells):
        return "\n".join(["<table>", *(_html_row(row) for row in block.rows), "</table>"])
    return "\n".join(f"|{'|'.join(_cell(cell) for cell in row.cells)}|" for row in block.rows if row.cells)


def _cell(cell: nodes.Cell) -> str:
    text = _one_line(cell.children, marks=not cell.header).replace("|", "&#124;")
    if not text:
        return " "
    if cell.header:
        text = f"*{text}*"
    elif text[0] == text[-1] == "*" or text == "^":
        text = _one_line(cell.children, marks=False).replace("|", "&#124;").replace("^", "&#94;")
    before, after = {"right": ("  ", " "), "center": ("  ", "  ")}.get(cell.align or "", (" ", " "))
    return f"{before}{text}{after}"


def _html_row(row: nodes.Row) -> str:
    parts: list[str] = []
    for cell in row.cells:
        tag = "th" if cell.header else "td"
        given = {"colspan": cell.colspan, "rowspan": cell.rowspan, "align": cell.align or 1}
        spans = "".join(f' {name}="{value}"' for name, value in given.items() if value != 1)
        text = f"\n{_blocks(cell.blocks, 1)}\n" if cell.blocks else _one_line(cell.children, marks=False)
        parts.append(f"<{tag}{spans}>{text}</{tag}>")
    return f"<tr>{''.join(parts)}</tr>"
