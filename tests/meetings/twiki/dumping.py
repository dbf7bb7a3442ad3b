"""Nodes as a few readable lines, for the cases: a block a line, what it holds indented below it."""

from meetings.twiki.nodes import (
    Anchor,
    Block,
    Cell,
    Code,
    Emphasis,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Page,
    Paragraph,
    Preformatted,
    Quote,
    Row,
    Rule,
    Span,
    Strong,
    Table,
    Text,
)

_ESCAPES = str.maketrans({"<": "&lt;", "\n": "↵", "\xa0": "⍽", "\t": "␉"})


def dump(page: Page, *, lines: bool = False) -> str:
    """The page's blocks, then its problems as `! line level`."""
    out = [text for block in page.blocks for text in _block(block, lines)]
    return "\n".join(out + [f"! {problem.line} {problem.level}" for problem in page.problems])


def inline(nodes: tuple[Inline, ...]) -> str:
    return "".join(_inline(node) for node in nodes)


def _inline(node: Inline) -> str:
    match node:
        case Text(text):
            return text.translate(_ESCAPES)
        case LineBreak():
            return "<br>"
        case Anchor(name):
            return f"<#{name}>"
        case Image():
            size = f" {node.width}x{node.height}" if node.width or node.height else ""
            return f"<img {node.source}{size}{f' {node.alt!r}' if node.alt else ''}>"
        case Strong(children):
            return f"<b>{inline(children)}</b>"
        case Emphasis(children):
            return f"<i>{inline(children)}</i>"
        case Code(children):
            return f"<code>{inline(children)}</code>"
        case Link():
            return f"<{node.kind} {node.target}>{inline(node.children)}</{node.kind}>"
        case Span():
            given = "".join(f" {key}={value}" for key, value in node.attributes)
            return f"<{node.tag}{given}>{inline(node.children)}</{node.tag}>"


def _block(block: Block, lines: bool) -> list[str]:
    at = f" @{block.line}-{block.end_line}" if lines else ""
    match block:
        case Heading():
            return [f"h{block.level}{at} {inline(block.children)}".rstrip()]
        case Paragraph():
            return [f"p{at} {inline(block.children)}"]
        case Preformatted():
            return [f"pre{at} {inline(block.children)}".rstrip()]
        case Rule():
            return [f"hr{at}"]
        case Quote():
            return [f"quote{at}", *_indented(block.children, lines)]
        case List():
            start = f" {block.start}" if block.start != 1 else ""
            kind = block.kind if block.kind != "ol" else f"ol {block.style}{start}"
            return [f"{kind}{at}", *(text for item in block.items for text in _item(item, lines))]
        case Table():
            return [f"table{at}", *(_row(row, lines) for row in block.rows)]


def _item(item: ListItem, lines: bool) -> list[str]:
    at = f" @{item.line}-{item.end_line}" if lines else ""
    term = f" {inline(item.term)}:" if item.term else ""
    first, *rest = _indented(item.children, lines) or [""]
    if item.children and isinstance(item.children[0], Paragraph) and not lines:
        return [f"-{term} {first.strip().removeprefix('p ')}", *rest]
    return [f"-{term}{at}", *([first] if first else []), *rest]


def _indented(blocks: tuple[Block, ...], lines: bool) -> list[str]:
    return ["  " + text for block in blocks for text in _block(block, lines)]


def _row(row: Row, lines: bool) -> str:
    return (f"  @{row.line}-{row.end_line} " if lines else "  ") + "".join(_cell(cell) for cell in row.cells) + "|"


def _cell(cell: Cell) -> str:
    span = (f"c{cell.colspan}" if cell.colspan > 1 else "") + (f"r{cell.rowspan}" if cell.rowspan > 1 else "")
    align = {"left": "<", "center": "^", "right": ">", None: ""}[cell.align]
    marks = ("h" if cell.header else "") + align + span
    return f"|{marks and '{' + marks + '}'} {inline(cell.children)} "
