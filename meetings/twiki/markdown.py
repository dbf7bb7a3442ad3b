"""Nodes -> Markdown, as a person would have written it, and as `meetings.markup` renders back to the same nodes.

HTML is written only where Markdown has no form: tables with spanned cells or headers beyond a full first row,
sized images, colours, markup inside fixed or preformatted text, anchors.

A link to a wiki topic has no address any more. Where its label is the topic's own name (a WikiWord in running
text: GlideinWMS) the words stand alone, because such links were mostly accidents of spelling; with a label it
stays a link, `[label](wiki:Web.Topic)`, and `markup` renders it as an `<a>` without an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Literal, NamedTuple

from . import nodes
from .nodes import Block, Inline

MAX_BLOCK_DEPTH = 12
MAX_INLINE_DEPTH = 6
"""What is nested deeper is written at this depth; both lie within what `markup` follows."""

KEPT_TAGS = frozenset({"abbr", "big", "cite", "del", "dfn", "ins", "kbd", "mark", "q", "s", "samp", "small", "sub"})
KEPT_TAGS |= {"sup", "u", "var"}

_PUNCTUATION = r"!-/:-@\[-`{-~"
_SPECIAL = re.compile(
    rf"""\\(?=[{_PUNCTUATION}\n]|\Z)        # a backslash that would escape something
    | `
    | \*(?!\s) | (?<!\s)\*                  # a star that touches a word
    | (?<![^\W_])_ | _(?![^\W_])            # an underscore that is not inside a word
    | <(?=[A-Za-z/!]|\Z)
    | &(?=\#?\w+;)
    | ~(?=~) | (?<=~)~
    | (?<=\])\(
    | (?<=http):(?=//) | (?<=https):(?=//)
    | (?<=[\w.+-])@(?=[A-Za-z0-9-]+\.[A-Za-z0-9])
    """,
    re.VERBOSE,
)
_LINE_START = re.compile(
    r"""^(?:
      (?P<number>\d{1,9}|[aAiI])(?=[.)](?:[ ]|$))
    | (?=\#{1,6}(?:[ ]|$) | > | [-+*](?:[ ]|$) | :(?:[ ]|$) | ={3,}$ | -{3,}$ | (?:-[ ]*){3,}$ )
    | (?=[ |:-]*-[ |:-]*$)
    )""",
    re.VERBOSE | re.MULTILINE,
)
_LETTERED = re.compile(r"[A-Za-z]{1,9}(?=[.)](?: |$))")
_SOFT_BREAK = re.compile(r"[ \t]*\n[ \t\n]*")
_BARE_URL = re.compile(r"https?://[^\s<>\[\]`\"\\()]*[^\s<>\[\]`\"\\()?!.,:;*_~'/]/?")
_BARE_MAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z0-9]+")
_AUTOLINK = re.compile(r"https?:[^\s<>]+")
_AUTOMAIL = re.compile(r"""[^\s<>@"'=/:]+@[^\s<>@]+""")
_ENDS_ADDRESS = re.compile(r"[.,:;!?)]*(?:\s|\Z)")
_PLAIN_TARGET = re.compile(r"(?:[^\s()<>\\&]|&(?!\#?\w+;))+(?:\([^\s()<>\\&]*\)[^\s()<>\\&]*)*")
_ENTITY_OR_ESCAPE = re.compile(rf"\\(?=[{_PUNCTUATION}])|&(?=\#?\w+;)")
_COLOUR_STYLE = re.compile(r"(?<![\w-])color\s*:\s*([#\w]+)", re.IGNORECASE)
_OPENING = frozenset("([{<«„“‘¿¡")
_CLOSING = frozenset(")]}>»”’.,:;!?%")


def markdown(blocks: Sequence[Block]) -> str:
    """The Markdown of some blocks, without a line end after the last."""
    return _blocks(blocks, 0)


# --- blocks ----------------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[Block], depth: int, *, tight: bool = False, other: bool = False) -> str:
    """Blocks one under the other, a blank line between; in an item a list follows its text without one.

    `other` asks for the second of the two list markers, should the first block be a list.
    """
    if depth >= MAX_BLOCK_DEPTH:
        blocks = _leaves(blocks)
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
    return lettered and isinstance(block, nodes.Paragraph) and bool(_LETTERED.match(nodes.plain(block.children[:1])))


def _leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks that hold text, in order, without the lists and quotes around them."""
    stack = [iter(blocks)]
    while stack:
        block = next(stack[-1], None)
        if block is None:
            stack.pop()
        elif isinstance(block, nodes.Quote):
            stack.append(iter(block.children))
        elif isinstance(block, nodes.List):
            stack.append(iter([part for item in block.items for part in (_term(item), *item.children)]))
        else:
            yield block


def _term(item: nodes.ListItem) -> nodes.Paragraph:
    return nodes.Paragraph(item.term, item.line, item.line)


def _block(block: Block, depth: int, *, other: bool = False) -> str:
    """One block; `other` asks for the second of the two list markers."""
    match block:
        case nodes.Paragraph():
            return _paragraph(block.children)
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


def _paragraph(children: tuple[Inline, ...]) -> str:
    """Running text: one line a line, and no line may look like the start of something else."""
    text = _inline(children, 0, in_line=False).strip(" \n")
    if "\n" in text:
        text = _SOFT_BREAK.sub("\n", text)
    return _LINE_START.sub(_escape_start, text)


def _escape_start(found: re.Match[str]) -> str:
    return found[0] + "\\"


def _heading(block: nodes.Heading) -> str:
    text = _one_line(block.children)
    if text.endswith("#") and not text.endswith("\\#"):
        text = f"{text[:-1]}\\#"
    return f"{'#' * block.level} {text}".rstrip(" ")


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _preformatted(block: nodes.Preformatted) -> str:
    """A fence that is longer than every run of backticks inside; an HTML `<pre>` where there is markup."""
    if not all(isinstance(child, nodes.Text) for child in block.children):
        return f"<pre>\n{_html(block.children, 0)}</pre>"
    text = nodes.plain(block.children)
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
        return _html_list(block)
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
        return _paragraph(children[0].children)
    body = _blocks(children, depth, tight=True, other=not other)
    return "___" + body[3:] if body.startswith("---") else body


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
        term = _LINE_START.sub(_escape_start, _one_line(item.term))
        if not term and not written:
            return _html_list(block)
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
    plain = len(rows) == len(block.rows) and all(
        cell.colspan == cell.rowspan == 1 and not (cell.header and row is not rows[0])
        for row in rows
        for cell in row.cells
    )
    if not plain or any(cell.header for cell in rows[0].cells) != header:
        return _html_table(block)
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
    return f"| {' | '.join(_one_line(cell.children).replace('|', chr(92) + '|') for cell in row.cells)} |"


def _alignment(rows: Sequence[nodes.Row], column: int) -> str:
    """The column's alignment, where its cells agree."""
    aligns = {row.cells[column].align for row in rows if column < len(row.cells)} - {None}
    align = aligns.pop() if len(aligns) == 1 else None
    return {"left": ":---", "center": ":---:", "right": "---:"}.get(align or "", "---")


def _html_table(block: nodes.Table) -> str:
    """A table with spanned cells, or with headers where Markdown has none."""
    return "\n".join(["<table>", *(_html_row(row) for row in block.rows), "</table>"])


def _html_row(row: nodes.Row) -> str:
    cells: list[str] = []
    for cell in row.cells:
        tag = "th" if cell.header else "td"
        spans = "".join(
            f' {name}="{value}"'
            for name, value in (("colspan", cell.colspan), ("rowspan", cell.rowspan), ("align", cell.align or 1))
            if value != 1
        )
        cells.append(f"<{tag}{spans}>{_SOFT_BREAK.sub(' ', _html(cell.children, 0)).strip()}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


# --- HTML, where Markdown has no form --------------------------------------------------------------------


def _html_list(block: nodes.List) -> str:
    """A list that Markdown cannot begin as it begins: lettered from the middle, or a definition without its term."""
    parts: list[str] = []
    for item in block.items:
        text = "<br>".join(_SOFT_BREAK.sub(" ", _html(_words(leaf), 0)) for leaf in _leaves(item.children))
        if block.kind == "dl":
            term = _html(item.term, 0)
            parts.append(f"<dt>{term}</dt><dd>{text}</dd>" if term else f"<dd>{text}</dd>")
        else:
            parts.append(f"<li>{text}</li>")
    start = f'<ol type="{block.style}" start="{block.start}">' if block.kind == "ol" else "<dl>"
    return "\n".join([start, *parts, f"</{block.kind}>"])


def _words(block: Block) -> tuple[Inline, ...]:
    """The inlines of a block that holds text."""
    if isinstance(block, nodes.Table):
        return tuple(part for row in block.rows for cell in row.cells for part in (*cell.children, nodes.Text(" ")))
    return block.children if isinstance(block, (nodes.Paragraph, nodes.Heading, nodes.Preformatted)) else ()


def _html(children: Sequence[Inline], depth: int) -> str:
    """Inlines as HTML."""
    if depth >= MAX_INLINE_DEPTH:
        return escape(_deep_words(children), quote=False)
    return "".join(_html_inline(node, depth + 1) for node in children)


def _html_inline(node: Inline, depth: int) -> str:
    match node:
        case nodes.Text(text):
            return escape(text, quote=False)
        case nodes.Strong():
            return f"<b>{_html(node.children, depth)}</b>"
        case nodes.Emphasis():
            return f"<i>{_html(node.children, depth)}</i>"
        case nodes.Code():
            return f"<code>{_html(node.children, depth)}</code>"
        case nodes.Span():
            start, end = _span_tags(node)
            return f"{start}{_html(node.children, depth)}{end}"
        case nodes.Link():
            if _is_plain(node):
                return _html(node.children, depth)
            return f"<a{_attributes(href=_target(node), title=node.title)}>{_html(node.children, depth)}</a>"
        case nodes.Image():
            return _image_tag(node)
        case nodes.LineBreak():
            return "<br>"
        case nodes.Anchor(name):
            return f"<a{_attributes(id=name)}></a>"


def _attributes(**given: str) -> str:
    return "".join(f' {name}="{escape(" ".join(value.split()))}"' for name, value in given.items() if value)


def _image_tag(node: nodes.Image) -> str:
    sizes = {"width": node.width, "height": node.height}
    return f"<img{_attributes(src=node.source, alt=node.alt, title=node.title, **sizes)}>"


def _span_tags(node: nodes.Span) -> tuple[str, str]:
    """The tags of a span that is worth keeping: a colour, or a tag of the list; else nothing."""
    given = dict(node.attributes)
    if node.tag in KEPT_TAGS:
        return f"<{node.tag}{_attributes(title=given.get('title', ''))}>", f"</{node.tag}>"
    style = _COLOUR_STYLE.search(given.get("style", ""))
    colour = given.get("color", "") or (style[1] if style else "")
    return (f"<font{_attributes(color=colour)}>", "</font>") if colour else ("", "")


# --- inlines ---------------------------------------------------------------------------------------------


def _one_line(children: tuple[Inline, ...]) -> str:
    """Inlines on one line: a break is `<br>`."""
    text = _inline(children, 0, in_line=True).strip(" \n")
    return _SOFT_BREAK.sub(" ", text) if "\n" in text else text


def _inline(
    children: Sequence[Inline], depth: int, *, in_line: bool, label: bool = False, within: frozenset[str] = frozenset()
) -> str:
    """Inlines as Markdown; `label` where they stand between square brackets, `within` what stands around them."""
    if len(children) == 1 and type(children[0]) is nodes.Text:
        return _text(children[0].text, label=label)
    if depth >= MAX_INLINE_DEPTH:
        return _text(_deep_words(children), label=label)
    return _joined([piece for piece in _pieces(children, depth, in_line, label, within) if piece.text])


class _Piece(NamedTuple):
    """Part of a line: finished text, or what `kind` is wrapped in as soon as its neighbours are known."""

    text: str
    kind: Literal["", "strong", "em", "del", "code", "bold code", "url"] = ""


def _pieces(
    children: Sequence[Inline], depth: int, in_line: bool, label: bool, within: frozenset[str]
) -> Iterator[_Piece]:
    """What the nodes become, one by one."""
    merged = _merged(children)
    for at, node in enumerate(merged):
        match node:
            case nodes.Text(text):
                yield _Piece(_text(text, label=label))
            case nodes.Strong():
                yield from _wrapped("strong", node, depth, label, within)
            case nodes.Emphasis():
                yield from _wrapped("em", node, depth, label, within)
            case nodes.Code():
                yield _code(node, depth, label, within)
            case nodes.Span():
                yield from _span(node, depth, label, within)
            case nodes.Link():
                yield from _link(node, depth, within)
            case nodes.Image():
                yield _Piece(_image(node))
            case nodes.LineBreak():
                last = all(isinstance(later, nodes.LineBreak) or _is_blank(later) for later in merged[at + 1 :])
                yield _Piece("<br>" if in_line or last else "\\\n")
            case nodes.Anchor(name):
                yield _Piece(f"<a{_attributes(id=name)}></a>")


def _is_blank(node: Inline) -> bool:
    return isinstance(node, nodes.Text) and not node.text.strip()


def _merged(children: Sequence[Inline]) -> list[Inline]:
    """The nodes without wrappers that mean nothing here, and with neighbouring texts as one."""
    merged: list[Inline] = []
    words: list[str] = []
    stack = [iter(children)]
    while stack:
        node = next(stack[-1], None)
        if isinstance(node, nodes.Text):
            words.append(node.text)
        elif node is None:
            stack.pop()
        elif isinstance(node, (nodes.Link, nodes.Span)) and _is_plain(node):
            stack.append(iter(node.children))
        else:
            if words:
                merged.append(nodes.Text("".join(words)))
                words.clear()
            merged.append(node)
    if words:
        merged.append(nodes.Text("".join(words)))
    return merged


def _deep_words(children: Sequence[Inline]) -> str:
    """The visible words, however deep they lie."""
    words: list[str] = []
    stack = [iter(children)]
    while stack:
        node = next(stack[-1], None)
        match node:
            case None:
                stack.pop()
            case nodes.Text(text):
                words.append(text)
            case nodes.LineBreak():
                words.append(" ")
            case nodes.Image():
                words.append(node.alt)
            case nodes.Anchor():
                pass
            case _:
                stack.append(iter(node.children))
    return "".join(words)


def _text(text: str, *, label: bool = False) -> str:
    """Words with a backslash before what would mean something."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    return text.replace("[", "\\[").replace("]", "\\]") if label else text


def _wrapped(
    kind: Literal["strong", "em", "del"],
    node: nodes.Strong | nodes.Emphasis | nodes.Span,
    depth: int,
    label: bool,
    within: frozenset[str],
) -> Iterator[_Piece]:
    """Emphasis; the spaces at its ends go outside, where Markdown wants them."""
    inner = _inline(node.children, depth + 1, in_line=True, label=label, within=within | {kind})
    text = inner.strip(" \n")
    if not text:
        yield _Piece(inner)
        return
    at = inner.index(text)
    yield _Piece(inner[:at])
    if kind in within or (kind == "strong" and _is_only_code(node.children)):
        yield _Piece(f"<{_TAGS[kind]}>{text}</{_TAGS[kind]}>")
    else:
        yield _Piece(text, kind)
    yield _Piece(inner[at + len(text) :])


def _is_only_code(children: Sequence[Inline]) -> bool:
    """Whether bold holds nothing but fixed text: `markup` reads **`x`** as bold inside fixed text."""
    said = [node for node in _merged(children) if not _is_blank(node)]
    return len(said) == 1 and isinstance(said[0], nodes.Code)


def _code(node: nodes.Code, depth: int, label: bool, within: frozenset[str]) -> _Piece:
    """`` `fixed` ``; TWiki's `==bold fixed==` is **`bold fixed`**; other markup inside needs HTML."""
    children = _merged(node.children)
    if len(children) == 1 and isinstance(children[0], nodes.Text) and children[0].text.strip():
        return _Piece(children[0].text, "code")
    if len(children) == 1 and isinstance(children[0], nodes.Strong) and "strong" not in within:
        inner = _merged(children[0].children)
        if len(inner) == 1 and isinstance(inner[0], nodes.Text) and inner[0].text.strip():
            return _Piece(inner[0].text, "bold code")
    return _Piece(f"<code>{_inline(children, depth + 1, in_line=True, label=label, within=within)}</code>")


def _ticks(words: str) -> str:
    """The words between enough backticks."""
    words = words.replace("\n", " ")
    runs = {len(run) for run in re.findall("`+", words)} if "`" in words else set()
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    if "`" in (words[0], words[-1]) or words[0] == words[-1] == " ":
        words = f" {words} "
    return f"{fence}{words}{fence}"


def _span(node: nodes.Span, depth: int, label: bool, within: frozenset[str]) -> Iterator[_Piece]:
    """Struck-out words as `~~words~~`, all other spans as HTML with Markdown inside."""
    if node.tag == "del":
        yield from _wrapped("del", node, depth, label, within)
        return
    start, end = _span_tags(node)
    yield _Piece(f"{start}{_inline(node.children, depth + 1, in_line=True, label=label, within=within)}{end}")


def _image(node: nodes.Image) -> str:
    if node.width or node.height:
        return _image_tag(node)
    return f"![{_text(' '.join(node.alt.split()), label=True)}]({_destination(node.source)}{_title(node.title)})"


def _link(node: nodes.Link, depth: int, within: frozenset[str]) -> Iterator[_Piece]:
    """`[label](target)`; an address that is its own label stands bare. A link inside a link is only its words."""
    if "link" in within:
        yield _Piece(_inline(node.children, depth + 1, in_line=True, label=True, within=within))
        return
    words = _deep_words(node.children) if all(isinstance(child, nodes.Text) for child in node.children) else None
    if words == node.target and not node.title:
        pattern = _AUTOMAIL if node.kind == "mail" else _AUTOLINK
        if node.kind in ("mail", "url") and pattern.fullmatch(words):
            yield _Piece(words, "url")
            return
    label = _inline(node.children, depth + 1, in_line=True, label=True, within=within | {"link"}).strip("\n")
    yield _Piece(f"[{label}]({_destination(_target(node))}{_title(node.title)})")


def _is_plain(node: nodes.Link | nodes.Span) -> bool:
    """Whether only the words matter: a span without a meaning, or a WikiWord, whose label is the topic's name."""
    if isinstance(node, nodes.Span):
        return not _span_tags(node)[0]
    if node.kind not in ("topic", "interwiki"):
        return False
    return _deep_words(node.children) in (node.target, node.target.rpartition(".")[2])


def _target(node: nodes.Link) -> str:
    """What a link names, in the form that `markup` understands."""
    prefix = {"mail": "mailto:", "anchor": "#", "topic": "wiki:", "interwiki": "wiki:", "attachment": "attachment:"}
    return prefix.get(node.kind, "") + node.target


def _destination(target: str) -> str:
    """A target between round brackets; within angle brackets where it needs them."""
    if not target or _PLAIN_TARGET.fullmatch(target):
        return target
    target = _ENTITY_OR_ESCAPE.sub(r"\\\g<0>", " ".join(target.split()))
    return f"<{target.replace('<', '%3C').replace('>', '%3E')}>"


def _title(title: str) -> str:
    """A title with the space before it, or nothing."""
    quoted = _ENTITY_OR_ESCAPE.sub(r"\\\g<0>", " ".join(title.split())).replace('"', '\\"')
    return f' "{quoted}"' if quoted else ""


# --- what stands beside what -----------------------------------------------------------------------------

_TAGS = {"strong": "b", "em": "i", "del": "del"}
_MARKS: dict[str, tuple[str, ...]] = {"strong": ("**",), "em": ("_", "*"), "del": ("~~",)}
_FIRST = {"strong": "*", "em": "_", "del": "~", "bold code": "*", "code": "`", "url": "h"}


def _joined(pieces: Sequence[_Piece]) -> str:
    """The pieces in a row; each takes a form that holds beside its neighbours."""
    written: list[str] = []
    before = ""
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else _Piece("")
        text = _beside(piece, before[-1:], following)
        if text[0] == "(" and before.endswith("]"):
            text = f"\\{text}"
        elif text[0] == "[" and before.endswith("!"):
            written[-1] = f"{before[:-1]}\\!"
        written.append(text)
        before = text
    return "".join(written)


def _beside(piece: _Piece, before: str, following: _Piece) -> str:
    """One piece, finished: `before` is the last character on its left."""
    text, kind = piece
    after = _FIRST.get(following.kind, following.text[:1])
    if kind == "":
        return text
    if kind == "url":
        return _address(text, before, following)
    if kind == "code":
        return _ticks(text) if before != "`" else f"<code>{_text(text)}</code>"
    if kind == "bold code":
        return f"**{_ticks(text)}**" if _holds("**", "`", before, after) else f"<code><b>{_text(text)}</b></code>"
    for mark in _MARKS[kind]:
        if _holds(mark, text, before, after):
            return f"{mark}{text}{mark}"
    return f"<{_TAGS[kind]}>{text}</{_TAGS[kind]}>"


def _holds(mark: str, text: str, before: str, after: str) -> bool:
    """Whether `markup` reads the marks around `text` as emphasis between these two characters."""
    char = mark[0]
    if char in (before, after, text[0], text[-1]):
        return False
    if (text[0] in _CLOSING and before.isalnum()) or (text[-1] in _OPENING and after.isalnum()):
        return False
    return char != "_" or not (before.isalnum() or after.isalnum())


def _address(text: str, before: str, following: _Piece) -> str:
    """An address that links by itself; in angle brackets where more would be taken for a part of it."""
    bare = (_BARE_MAIL if "@" in text and "//" not in text else _BARE_URL).fullmatch(text)
    if (
        bare
        and not (before.isalnum() or (before and before in "_.+-"))
        and not following.kind
        and _ENDS_ADDRESS.match(following.text)
        and not _ENTITY_OR_ESCAPE.search(text)
    ):
        return text
    return f"<{text}>"
