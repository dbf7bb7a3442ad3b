"""Inlines -> Markdown, with a backslash only where a character would mean something.

Emphasis is written when its neighbours are known: `_a_b` would be no emphasis, so that becomes `*a*b`, and what
cannot be marked at all becomes a tag. The rules are those by which `meetings.dialect.inlines` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from . import nodes
from .markdown_html import (
    MAX_DEPTH,
    SOFT_BREAK,
    attributes,
    image_tag,
    shown,
    span_tags,
    target,
)
from .nodes import Inline

_PUNCTUATION = r"!-/:-@\[-`{-~"
_SPECIAL = rf"""\\(?=[{_PUNCTUATION}\n]|\Z)        # a backslash that would escape something
    | `
    | \*(?!\s) | (?<!\s)\*                  # a star that touches a word
    | (?<![^\W_])_ | _(?![^\W_])            # an underscore that is not inside a word
    | <(?=[A-Za-z/!]|\Z)
    | &(?=\#?\w+;)
    | ~(?=~) | (?<=~)~
    | (?<=\])\( | \[(?=\[)
    | (?<=http):(?=//) | (?<=https):(?=//)
    | (?<=[\w.+-])@(?=[A-Za-z0-9-]+\.[A-Za-z0-9])
    """
_TO_ESCAPE = re.compile(rf"(?=[\\`*_<&~(\[:@])(?={_SPECIAL})", re.VERBOSE)
_TO_ESCAPE_IN_LABEL = re.compile(rf"(?=[\\`*_<&~(\[\]:@])(?={_SPECIAL} | [\[\]])", re.VERBOSE)
"""Places where a backslash goes. The character class in front makes the search quick; nothing is consumed, so that
what goes in is the same everywhere, which `sub` does fastest."""
_ODD = re.compile(r"[\\`*_<&~@]")
"""A text without these, and without `](`, `[[` and `://`, has nothing to escape."""
_BARE_URL = re.compile(r"https?://[^\s<>\[\]`\"\\()]*[^\s<>\[\]`\"\\()?!.,:;*_~'/]/?")
_BARE_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z0-9]+")
_AUTOLINK = re.compile(r"https?:[^\s<>]+")
_AUTOMAIL = re.compile(r"""[^\s<>@"'=/:]+@[^\s<>@]+""")
_TOPIC = re.compile(r"[^\[\]|\s](?:[^\[\]|\n]*[^\[\]|\s])?")
_ENDS_ADDRESS = re.compile(r"[.,:;!?)]*(?:\s|\Z)")
_PLAIN_TARGET = re.compile(r"(?:[^\s()<>\\&]|&(?!\#?\w+;))+(?:\([^\s()<>\\&]*\)[^\s()<>\\&]*)*")
_ENTITY_OR_ESCAPE = re.compile(rf"\\(?=[{_PUNCTUATION}])|&(?=\#?\w+;)")
_OPENING = frozenset("([{<«„“‘¿¡")
_CLOSING = frozenset(")]}>»”’.,:;!?%")


def running(children: tuple[Inline, ...]) -> str:
    """Inlines as the lines of a paragraph."""
    text = _inline(children, 0, in_line=False).strip(" \n")
    return SOFT_BREAK.sub("\n", text) if "\n" in text else text


def one_line(children: tuple[Inline, ...]) -> str:
    """Inlines on one line: a break is `<br>`."""
    text = _inline(children, 0, in_line=True).strip(" \n")
    return SOFT_BREAK.sub(" ", text) if "\n" in text else text


def _inline(
    children: Sequence[Inline],
    depth: int,
    *,
    in_line: bool,
    label: bool = False,
    within: frozenset[str] = frozenset(),
    end: str = "",
) -> str:
    """Inlines as Markdown; `label` where they stand between square brackets, `within` what stands around them.

    `end` is the character that will follow them.
    """
    if len(children) == 1 and type(children[0]) is nodes.Text:
        return _text(children[0].text, label=label)
    if depth >= MAX_DEPTH:
        return _text(shown(children), label=label)
    return _joined([piece for piece in _pieces(children, depth, in_line, label, within) if piece.text], end)


class _Piece(NamedTuple):
    """Part of a line: finished text, or what `kind` is wrapped in as soon as its neighbours are known."""

    text: str
    kind: Literal["", "strong", "em", "del", "code", "bold code", "url"] = ""


def _pieces(
    children: Sequence[Inline], depth: int, in_line: bool, label: bool, within: frozenset[str]
) -> Iterator[_Piece]:
    """What the nodes become, one by one."""
    merged = _merged(children, linked="link" in within)
    said = [not isinstance(node, nodes.LineBreak) and not _is_blank(node) for node in merged]
    last = len(said) - said[::-1].index(True) if True in said else 0
    for at, node in enumerate(merged):
        match node:
            case nodes.Text(text):
                yield _Piece(_text(text, label=label))
            case nodes.Strong():
                yield from _wrapped("strong", node, depth, label, within)
            case nodes.Emphasis():
                yield from _wrapped("em", node, depth, label, within)
            case nodes.Code():
                yield from _code(node, depth, label, within)
            case nodes.Span():
                yield from _span(node, depth, label, within)
            case nodes.Link():
                yield from _link(node, depth, within)
            case nodes.Image():
                yield _Piece(_image(node))
            case nodes.LineBreak():
                yield _Piece("<br>" if in_line or at >= last else "\\\n")
            case nodes.Anchor(name):
                yield _Piece(f"<a{attributes(id=name)}></a>")


def _is_blank(node: Inline) -> bool:
    return isinstance(node, nodes.Text) and not node.text.strip()


def _merged(children: Sequence[Inline], *, linked: bool = False) -> list[Inline]:
    """The nodes without wrappers that mean nothing (links, where `linked`), and with neighbouring texts as one."""
    merged: list[Inline] = []
    words: list[str] = []
    stack = [iter(children)]
    while stack:
        node = next(stack[-1], None)
        if isinstance(node, nodes.Text):
            words.append(node.text)
        elif node is None:
            stack.pop()
        elif (linked and isinstance(node, nodes.Link)) or (isinstance(node, nodes.Span) and not span_tags(node)[0]):
            stack.append(iter(node.children))
        else:
            if words:
                merged.append(nodes.Text("".join(words)))
                words.clear()
            merged.append(node)
    if words:
        merged.append(nodes.Text("".join(words)))
    return merged


def _text(text: str, *, label: bool = False) -> str:
    """Words with a backslash before what would mean something."""
    if label:
        return _TO_ESCAPE_IN_LABEL.sub(r"\\", text)
    if _ODD.search(text) or "](" in text or "[[" in text or "://" in text:
        return _TO_ESCAPE.sub(r"\\", text)
    return text


def _wrapped(
    kind: Literal["strong", "em", "del"],
    node: nodes.Strong | nodes.Emphasis | nodes.Span,
    depth: int,
    label: bool,
    within: frozenset[str],
) -> Iterator[_Piece]:
    """Emphasis; the spaces at its ends go outside, where Markdown wants them."""
    inner = _inline(node.children, depth + 1, in_line=True, label=label, within=within | {kind}, end="*")
    text = inner.strip()
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


def _code(node: nodes.Code, depth: int, label: bool, within: frozenset[str]) -> Iterator[_Piece]:
    """`` `fixed` ``; TWiki's `==bold fixed==` is **`bold fixed`**; other markup inside needs HTML."""
    children = _merged(node.children)
    words = _words(children)
    kind: Literal["code", "bold code"] = "code"
    if not words and len(children) == 1 and isinstance(children[0], nodes.Strong) and "strong" not in within:
        words, kind = _words(_merged(children[0].children)), "bold code"
    if text := words.strip():
        at = words.index(text)
        yield from (_Piece(words[:at]), _Piece(text, kind), _Piece(words[at + len(text) :]))
    else:
        inner = _inline(children, depth + 1, in_line=True, label=label, within=within, end="<")
        yield _Piece(f"<code>{inner}</code>" if inner.strip() else inner)


def _words(children: Sequence[Inline]) -> str:
    """The words, where there is nothing else."""
    return children[0].text if len(children) == 1 and isinstance(children[0], nodes.Text) else ""


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
    start, end = span_tags(node)
    inner = _inline(node.children, depth + 1, in_line=True, label=label, within=within, end="<")
    yield _Piece(f"{start}{inner}{end}")


def _image(node: nodes.Image) -> str:
    if node.width or node.height:
        return image_tag(node)
    return f"![{_text(' '.join(node.alt.split()), label=True)}]({_destination(node.source)}{_title(node.title)})"


def _link(node: nodes.Link, depth: int, within: frozenset[str]) -> Iterator[_Piece]:
    """`[label](target)`; an address that is its own label stands bare, a topic that is its own label in `[[ ]]`."""
    label = shown(node.children) if all(isinstance(child, nodes.Text) for child in node.children) else None
    if label == node.target and not node.title:
        if node.kind in ("topic", "interwiki") and _TOPIC.fullmatch(label):
            yield _Piece(f"[[{label}]]")
            return
        pattern = _AUTOMAIL if node.kind == "mail" else _AUTOLINK
        if node.kind in ("mail", "url") and pattern.fullmatch(label):
            yield _Piece(label, "url")
            return
    label = _inline(node.children, depth + 1, in_line=True, label=True, within=within | {"link"}, end="]")
    yield _Piece(f"[{label}]({_destination(target(node))}{_title(node.title)})")


def _destination(target: str) -> str:
    """A target between round brackets; within angle brackets where it needs them."""
    if not target or _PLAIN_TARGET.fullmatch(target):
        return target
    target = " ".join(target.split()).replace("<", "%3C").replace(">", "%3E")
    if _PLAIN_TARGET.fullmatch(target):
        return target
    return "<" + _ENTITY_OR_ESCAPE.sub(r"\\\g<0>", target) + ">"


def _title(title: str) -> str:
    """A title with the space before it, or nothing."""
    quoted = _ENTITY_OR_ESCAPE.sub(r"\\\g<0>", " ".join(title.split())).replace('"', '\\"')
    return f' "{quoted}"' if quoted else ""


# --- what stands beside what -----------------------------------------------------------------------------

_TAGS = {"strong": "b", "em": "i", "del": "del"}
_MARKS: dict[str, tuple[str, ...]] = {"strong": ("**",), "em": ("_", "*"), "del": ("~~",)}
_FIRST = {"strong": "*", "em": "_", "del": "~", "bold code": "*", "code": "`", "url": "h"}


def _joined(pieces: Sequence[_Piece], end: str) -> str:
    """The pieces in a row, with `end` behind the last; each takes a form that holds beside its neighbours."""
    written: list[str] = []
    before = ""
    for at, piece in enumerate(pieces):
        last = at + 1 == len(pieces)
        if end and piece.kind == "url" and at + 2 == len(pieces):
            last = not pieces[at + 1].text.strip()
        following = _Piece(end) if last else pieces[at + 1]
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
    after = _FIRST.get(following.kind) or following.text[:1]
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
