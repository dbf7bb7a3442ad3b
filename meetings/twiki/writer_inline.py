"""Inlines -> TWiki text. A mark stands where TWiki reads it, between spaces and punctuation; elsewhere a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from . import nodes
from .markdown_html import MAX_DEPTH, attributes, shown, span_tags
from .nodes import Inline

_SPECIAL = re.compile(
    r"""(?P<word>(?<![^\s(])(?=[A-Z][A-Za-z0-9_./]*[A-Z]))
    | (?P<scheme>\b(?:https?|ftp|file|gopher|irc|mailto|news|nntp|telnet|[A-Z][A-Za-z]+)(?=:[^\s:])):
    | (?<![A-Za-z0-9])[*_=](?!\s) | (?<!\s)[*_=](?![A-Za-z0-9])
    | \[(?=\[) | (?:\A|(?<=[\s(]))!(?=[\w*=\[]) | %(?=[A-Z]) | (?<=\})% | <(?=[A-Za-z/!]) | &(?=\#?\w+;)
    | (?<=[\w.+-])@(?=[\w-]+\.) | \\(?=\n|\Z) | \xa0
    """,
    re.VERBOSE,
)
_WIKI_WORD = re.compile(r"(?:[A-Za-z0-9_]*(?:[./][A-Z][A-Za-z0-9_]*)*\.)?[A-Z]+[a-z0-9]+[A-Z]+[A-Za-z0-9]*")
_BARE_URL = re.compile(r"https?://[^\s<>\"|*\[\]()%]*[^\s*.,!?;:)<|\[\](%_=\"]")
_BARE_MAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_REFERENCE = re.compile(r"(?:[^\[\]\s|%<>*=\"&]|%(?![A-Z]))+")
_ENDS_ADDRESS = re.compile(r"[,.;:!?)]*(?:(\s)|\Z)")
_NOT_IN_ADDRESS = re.compile(r"[\s%\[\]|\"<>&*=]")
_SCHEME = re.compile(r"(?:https?|ftp|file|gopher|irc|news|nntp|telnet):")
_TAGS = {"*": ("<b>", "</b>"), "_": ("<i>", "</i>"), "=": ("<code>", "</code>")}
_TAGS |= {"__": ("<b><i>", "</i></b>"), "==": ("<code><b>", "</b></code>")}


class _Piece(NamedTuple):
    """Finished text, or what is to stand between two marks (or alone, as `url`)."""

    text: str
    mark: str = ""


def inlines(children: Sequence[Inline], *, marks: bool = True) -> str:
    """Inlines as TWiki text; without `marks` all emphasis is written as tags."""
    return _written(children, 0, marks)


def shown_alone(children: Sequence[Inline]) -> str | None:
    """The words, where there is nothing but words."""
    return shown(children) if all(isinstance(child, nodes.Text) for child in children) else None


def _written(children: Sequence[Inline], depth: int, marks: bool) -> str:
    if depth >= MAX_DEPTH:
        return _words(shown(children))
    pieces = [piece for node in children for piece in _pieces(node, depth + 1) if piece.text]
    written: list[str] = []
    for at, piece in enumerate(pieces):
        before = written[-1][-1] if written else ""
        text = _beside(piece, marks, opened=before == "" or before in " \t\n(", closed=_closes(pieces, at))
        if text[-1] == "!" and at + 1 < len(pieces):
            text = f"{text[:-1]}&#33;"
        written.append(text)
    return "".join(written)


def _closes(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether what is behind this piece lets a mark, or an address, end with it."""
    if at + 1 == len(pieces):
        return True
    behind, last = pieces[at + 1], at + 2 == len(pieces)
    if behind.mark:
        return False
    if pieces[at].mark == "url":
        ends = _ENDS_ADDRESS.match(behind.text)
        return ends is not None and (last or bool(ends[1]))
    return behind.text[0] in " \t\n,.;:!?)" and (last or behind.text != "!")


def _beside(piece: _Piece, marks: bool, *, opened: bool, closed: bool) -> str:
    """One piece, finished: may a mark open after what is before it, and close before what is behind it?"""
    if not piece.mark:
        return piece.text
    fits = marks and opened and closed and "\n" not in piece.text
    if piece.mark == "url":
        return piece.text if fits else f"[[{piece.text}]]"
    start, end = (piece.mark, piece.mark) if fits else _TAGS[piece.mark]
    return f"{start}{piece.text}{end}"


def _pieces(node: Inline, depth: int) -> Iterator[_Piece]:
    """What one node becomes."""
    match node:
        case nodes.Text(text):
            yield _Piece(_words(text))
        case nodes.Strong():
            inner = _only(node.children, nodes.Emphasis)
            yield from _marked("*" if inner is None else "__", node.children if inner is None else inner, depth)
        case nodes.Emphasis():
            yield from _marked("_", node.children, depth)
        case nodes.Code():
            inner = _only(node.children, nodes.Strong)
            yield from _marked("=" if inner is None else "==", node.children if inner is None else inner, depth)
        case nodes.Span():
            start, end = span_tags(node)
            yield _Piece(f"{start}{_written(node.children, depth, marks=False)}{end}")
        case nodes.Link():
            yield _link(node, depth)
        case nodes.Image():
            sizes = {"width": node.width, "height": node.height}
            yield _Piece(f"<img{attributes(src=_attached(node.source), alt=node.alt, title=node.title, **sizes)} />")
        case nodes.LineBreak():
            yield _Piece("<br />")
        case nodes.Anchor(name):
            yield _Piece(f"<a{attributes(name=name)}></a>")


def _only(children: Sequence[Inline], kind: type[nodes.Strong | nodes.Emphasis]) -> tuple[Inline, ...] | None:
    """What the only child holds, where there is one child of this kind."""
    return children[0].children if len(children) == 1 and isinstance(children[0], kind) else None


def _marked(mark: str, children: Sequence[Inline], depth: int) -> Iterator[_Piece]:
    """Emphasis; the spaces at its ends go outside."""
    inner = _written(children, depth, marks=False)
    text = inner.strip(" \t\n")
    at = inner.index(text)
    yield _Piece(inner[:at])
    yield _Piece(text, mark if text else "")
    yield _Piece(inner[at + len(text) :])


def _words(text: str) -> str:
    """Words, with an entity (or a `<nop>`) where TWiki would see markup."""
    return _SPECIAL.sub(lambda found: _escaped(found, text), text)


def _escaped(found: re.Match[str], text: str) -> str:
    if found.lastgroup == "word":
        return "<nop>" if _WIKI_WORD.match(text, found.start()) else ""
    return f"{found['scheme'] or ''}&#{ord(found[0][-1])};"


def _link(node: nodes.Link, depth: int) -> _Piece:
    """`[[target][label]]`; an address or topic that is its own label without one; HTML where brackets cannot hold."""
    alone = shown_alone(node.children)
    if alone == node.target and not node.title:
        if (node.kind == "url" and _BARE_URL.fullmatch(alone)) or (node.kind == "mail" and _BARE_MAIL.fullmatch(alone)):
            return _Piece(alone, "url")
        if node.kind in ("topic", "interwiki") and _REFERENCE.fullmatch(alone):
            return _Piece(f"[[{alone}]]")
    label = _written(node.children, depth, marks=False).replace("]", "&#93;")
    target = _target(node)
    bracketed = node.kind != "url" or (_SCHEME.match(target) and not node.title and "\n" not in label)
    if bracketed and label.strip() and _REFERENCE.fullmatch(target.replace("%ATTACHURL%", "")):
        return _Piece(f"[[{target}][{' '.join(label.split(chr(10)))}]]")
    return _Piece(f"<a{attributes(href=target, title=node.title)}>{label}</a>")


def _target(node: nodes.Link) -> str:
    """What a link names, as TWiki names it."""
    match node.kind:
        case "mail":
            return f"mailto:{node.target}"
        case "anchor":
            return f"#{node.target}"
        case "attachment":
            return _attached(f"attachment:{node.target}")
    return node.target


def _attached(source: str) -> str:
    """The address of a picture or file; one that is attached lies in the topic's own folder."""
    name = source.removeprefix("attachment:")
    if name == source:
        return source
    return "%ATTACHURL%/" + _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), name)
