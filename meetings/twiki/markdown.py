"""Nodes -> Markdown, as a person would have written it, and as `meetings.markup` renders back to the same nodes.

HTML is written only where Markdown has no form: tables with spanned cells or headers beyond a full first row,
sized images, colours, markup inside fixed or preformatted text, anchors.

A link to a wiki topic has no address any more, but stays a link: `[[WeeklyMeetings]]` where the topic is its own
label, else `[label](wiki:Web.Topic)`; `markup` renders both as an `<a>` that leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from . import nodes
from .markdown_html import html_inlines, html_list, html_table, shown
from .markdown_inline import one_line, running
from .nodes import Block, leaves

MAX_DEPTH = 30
"""Lists and quotes nested deeper are written at this depth; `markup` follows two more."""

_LINE_START = re.compile(
    r"""(?:
      (?:\d{1,9}|[aAiI])(?=[.)](?:[ ]|$))
    | (?=\#{1,6}(?:[ ]|$) | > | [-+*](?:[ ]|$) | :(?:[ ]|$) | ={3,}$ | -{3,}$ | (?:-[ ]*){3,}$ )
    | (?=[ |:-]*-[ |:-]*$)
    )""",
    re.VERBOSE,
)
_LETTERED = re.compile(r"[A-Za-z]{1,9}(?=[.)](?: |$))")


def markdown(blocks: Sequence[Block]) -> str:
    """The Markdown of some blocks, without a line end after the last."""
    return _blocks(blocks, 0)


# --- blocks ----------------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[Block], depth: int, *, tight: bool = False, other: bool = False) -> str:
    """Blocks one under the other, a blank line between; in an item a list follows its text without one.

    `other` asks for the second of the two list markers, should the first block be a list.
    """
    if depth >= MAX_DEPTH:
        blocks = leaves(blocks)
    written: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None:
            other = _continues(before, block) and not other
        text = _block(block, depth, other=other)
        if not text:
            continue
        if before is not None:
            close = (
                tight and len(written) == 1 and isinstance(before, nodes.Paragraph) and isinstance(block, _FOLLOWING)
            )
            written.append("\n" if close else "\n\n")
            if close and isinstance(block, nodes.List) and block.kind == "ol" and block.start != 1:
                text = _indented(text, 2, first=True)
            if _runs_on(before, block):
                written.append("<!-- -->\n\n")
        written.append(text)
        before = block
    return "".join(written)


_FOLLOWING = (nodes.List, nodes.Table, nodes.Preformatted, nodes.Quote)


def _continues(before: Block | None, block: Block) -> bool:
    """Whether a list would be read as the end of the list before it, were it written with the same marker."""
    return isinstance(block, nodes.List) and isinstance(before, nodes.List) and before.kind == block.kind != "dl"


def _runs_on(before: Block, block: Block) -> bool:
    """Whether `block` would be read as part of a list before it, whatever its marker."""
    if not isinstance(before, nodes.List):
        return False
    if before.kind == "dl" and isinstance(block, nodes.List) and block.kind == "dl":
        return True
    lettered = before.kind == "ol" and before.style != "1"
    return lettered and isinstance(block, nodes.Paragraph) and bool(_LETTERED.match(shown(block.children[:1])))


def _block(block: Block, depth: int, *, other: bool = False) -> str:
    """One block; `other` asks for the second of the two list markers."""
    match block:
        case nodes.Paragraph():
            return _paragraph(block)
        case nodes.List():
            return _list(block, depth, other=other)
        case nodes.Heading():
            return _heading(block)
        case nodes.Table():
            return _table(block)
        case nodes.Preformatted():
            return _preformatted(block)
        case nodes.Quote():
            return _quote(_blocks(block.children, depth + 1))
        case nodes.Rule():
            return "---"


def _paragraph(block: nodes.Paragraph) -> str:
    """Running text, of which no line may look like the start of something else."""
    text = running(block.children)
    return _guarded(text) if "\n" not in text else "\n".join(map(_guarded, text.split("\n")))


def _guarded(line: str) -> str:
    """A line with a backslash in front of what would make it a list item, a heading, a rule..."""
    if line[:1].isalpha() and line[1:2] not in (".", ")"):
        return line
    found = _LINE_START.match(line)
    return f"{found[0]}\\{line[found.end() :]}" if found else line


def _heading(block: nodes.Heading) -> str:
    text = one_line(block.children)
    if text.endswith("#") and not text.endswith("\\#"):
        text = f"{text[:-1]}\\#"
    return f"{'#' * block.level} {text}".rstrip(" ")


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _preformatted(block: nodes.Preformatted) -> str:
    """A fence that is longer than every run of backticks inside; an HTML `<pre>` where there is markup."""
    if not all(isinstance(child, nodes.Text) for child in block.children):
        return f"<pre>\n{html_inlines(block.children)}</pre>"
    text = shown(block.children)
    text = text[:-1] if text.endswith("\n") else text
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`{3,}", text)), 0)
    return f"{fence}\n{text}\n{fence}" if text else f"{fence}\n{fence}"


def _indented(text: str, width: int, *, first: bool = False) -> str:
    """The lines moved to the right, blank ones left empty; the first one only where asked."""
    pad = " " * width
    moved = text.replace("\n", f"\n{pad}") if "\n" in text else text
    if "\n\n" in text:
        moved = moved.replace(f"\n{pad}\n", "\n\n").replace(f"\n{pad}\n", "\n\n")
    return pad + moved if first else moved


def _list(block: nodes.List, depth: int, *, other: bool) -> str:
    """`- item`, `1. item`, `a. item`, or a term with `: text` under it; everything else of an item indented."""
    if block.kind == "dl":
        return _definitions(block, depth)
    if block.kind == "ol" and block.style != "1" and block.start != 1:
        return html_list(block)
    written: list[str] = []
    for at, item in enumerate(block.items):
        mark = ("* " if other else "- ") if block.kind == "ul" else _number(block, at) + (") " if other else ". ")
        if block.style in ("A", "I") and block.kind == "ol":
            mark += " "
        body = _item(item.children, depth + 1, other=other)
        written.append(f"{mark}{_indented(body, len(mark))}" if body else mark.rstrip(" "))
    return "\n".join(written)


def _item(children: tuple[Block, ...], depth: int, *, other: bool = True) -> str:
    """What stands behind a marker. A list or rule right behind it must not make the line a rule: `- - -`."""
    if len(children) == 1 and isinstance(children[0], nodes.Paragraph):
        return _paragraph(children[0])
    body = _blocks(children, depth, tight=True, other=not other)
    return f"___{body[3:]}" if body == "---" or body.startswith("---\n") else body


def _number(block: nodes.List, at: int) -> str:
    """What counts the item: 7, g, G, vii, VII."""
    number = block.start + at
    if block.style == "1":
        return str(number)
    letters = _letters(number) if block.style in ("a", "A") else _roman(number)
    return letters if block.style in ("a", "i") else letters.upper()


def _letters(number: int) -> str:
    head, tail = divmod((number - 1) % 702, 26)
    return (chr(96 + head) if head else "") + chr(97 + tail)


def _roman(number: int) -> str:
    number = (number - 1) % 99 + 1
    tens = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
    ones = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return tens[number // 10] + ones[number % 10]


def _definitions(block: nodes.List, depth: int) -> str:
    """`Term` over `: text`; one more text for the same term has no term of its own."""
    written: list[str] = []
    for item in block.items:
        term = _guarded(one_line(item.term))
        if not term and not written:
            return html_list(block)
        body = _item(item.children, depth + 1)
        text = f": {_indented(body, 2)}" if body else ":"
        written.append(f"{term}\n{text}" if term else text)
    return "\n\n".join(written)


# --- tables ----------------------------------------------------------------------------------------------


def _table(block: nodes.Table) -> str:
    """A pipe table; one without a header gets an empty header row, which `markup` leaves out."""
    rows = [row for row in block.rows if row.cells]
    if not rows:
        return ""
    header = _is_header(rows[0])
    body = rows[1:] if header else rows
    plain = all(
        cell.colspan == cell.rowspan == 1 and not cell.blocks and not (cell.header and row is not rows[0])
        for row in rows
        for cell in row.cells
    )
    if not plain or any(cell.header for cell in rows[0].cells) != header:
        return html_table(block)
    width = len(rows[0].cells) if header else max(len(row.cells) for row in rows)
    lines = [_row(rows[0]) if header else f"|{'   |' * width}"]
    lines.append(f"|{'|'.join(_alignment(body or rows, column) for column in range(width))}|")
    lines.extend(_row(row) for row in body)
    return "\n".join(lines)


def _is_header(row: nodes.Row) -> bool:
    """Whether every cell that says something is a header."""
    said = [cell for cell in row.cells if cell.children]
    return any(cell.header for cell in said) and all(cell.header for cell in said)


def _row(row: nodes.Row) -> str:
    return f"| {' | '.join(one_line(cell.children).replace('|', chr(92) + '|') for cell in row.cells)} |"


def _alignment(rows: Sequence[nodes.Row], column: int) -> str:
    """The column's alignment, where its cells agree."""
    aligns = {row.cells[column].align for row in rows if column < len(row.cells)} - {None}
    align = aligns.pop() if len(aligns) == 1 else None
    return {"left": ":---", "center": ":---:", "right": "---:"}.get(align or "", "---")
