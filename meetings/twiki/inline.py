"""Emphasis, links, entities, escapes and inline HTML inside one piece of running text.

TWiki rewrites the whole text once for each kind of emphasis; here the same pairs are found first, each kind in
one pass (`_pairs`), and then one walk over the text builds the nodes. Nothing scans a stretch twice, so the time
is linear whatever the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager

from meetings.twiki import html
from meetings.twiki.autolinks import add, bracket, words
from meetings.twiki.nodes import (
    Anchor,
    Attachment,
    Code,
    Emphasis,
    Image,
    Inline,
    LineBreak,
    Link,
    Preformatted,
    Problem,
    Strong,
    Text,
)
from meetings.twiki.regions import Raw
from meetings.twiki.source import ATTACHED, STASH_CLOSE, STASH_OPEN

DEPTH = 20
"""How deep inlines may nest; what lies deeper keeps its words and loses its markup."""

_BUSY = re.compile(
    r"[<&@*_=\[!:A-Z\ue000-\ue002](?:(?<=[a-z0-9][A-Z])|(?<=[<&@\ue000-\ue002])|(?<=[*_=])(?<![^\s(].)(?=\S)"
    r"|(?<=\[)(?=\[)|(?<=!)(?<![^\s(].)|(?<=[A-Za-z]:)(?=[^\s:]))"
)
"""Whether a text holds anything but words. One character class in front makes the search skip the rest."""

_HTML_TAG = rf"<(?P<tag>(?P<close>/?)(?P<name>(?:{html.OFFICE})?[A-Za-z][\w-]*)(?P<rest>(?:[\s/][^<>]*)?)>)"
_STASH = rf"{STASH_OPEN}(?P<stash>[0-9]+){STASH_CLOSE}"
_TOKEN = re.compile(
    rf"{_HTML_TAG}|{_STASH}"
    r"|\[(?P<link>\[(?P<ref>[^\[\]\n]+)\](?:\[(?P<label>[^\]\n]+)\])?\])"
    r"|!(?P<escape>(?<![^\s(].)(?=[\w*=]|\[\[))"
    r"|\*(?<![^\s(].)|_(?<![^\s(].)|=(?<![^\s(].)"
)
_STASHED = re.compile(_STASH)
_RAW_TOKEN = re.compile(f"{_HTML_TAG}|{_STASH}")
_TAG = re.compile(r"<[A-Za-z/][^<>]*>")
_END_TAG = re.compile(r"</([A-Za-z][\w-]*)")
_MARKS = ("==", "__", "*", "_", "=")
_OPENERS = {mark: re.compile(rf"{re.escape(mark)}(?<![^\s(]{'.' * len(mark)})(?=\S)") for mark in _MARKS}
_CLOSERS = {mark: re.compile(rf"(?<=\S){re.escape(mark)}(?![^\s,.;:!?)])") for mark in _MARKS}

_Pair = tuple[str, int, int]
"""What marks it, where its content ends, where it ends."""


class Inlines:
    """Reads pieces of one page's text; keeps what the pieces share: the stash, problems, links to attachments."""

    def __init__(self, stash: list[object], problems: list[Problem], *, autolink: bool = True) -> None:
        self.stash = stash
        self.problems = problems
        self.line = 1
        self.raw = False
        self.attachments: dict[str, Attachment] = {}
        self._unlinked = 0 if autolink else 1
        self._in_link = 0
        self._paired: Container[str] = ()
        self._depth = 0

    @contextmanager
    def as_html(self) -> Iterator[None]:
        """Inside `with`, only HTML counts: no emphasis, no bracket links, no WikiWords."""
        before, self.raw = self.raw, True
        yield
        self.raw = before

    def parse(self, text: str, line: int, *, trim: bool = True) -> tuple[Inline, ...]:
        """The nodes of `text`, which begins on `line` of the page; without the white space at its ends if `trim`."""
        if not _BUSY.search(text):
            return (Text(text),) if text else ()
        self.line = line
        found: list[Inline] = []
        if self.raw or _TOKEN.search(text):
            self._paired = {name.lower() for name in _END_TAG.findall(text)} if "</" in text else ()
            found = self._scan(text, 0, len(text), {} if self.raw else _pairs(text))
        else:
            words(text, 0, len(text), found, link=True, wiki=not self._unlinked)
        nodes = tuple(_trimmed(found) if trim else found)
        if ATTACHED in text:
            self._collect(nodes)
        return nodes

    def note(self, message: str) -> None:
        """Remember something harmless about the current line."""
        self.problems.append(Problem(self.line, "note", message))

    def _scan(self, text: str, start: int, end: int, pairs: dict[int, _Pair]) -> list[Inline]:
        """Walk over `text[start:end]`; HTML elements still open at its end are closed there."""
        elements = html.Elements(DEPTH - self._depth)
        search = (_RAW_TOKEN if self.raw else _TOKEN).search
        position = run = start
        while match := search(text, position, end):
            kind, at, position = match.lastgroup, match.start(), match.end()
            if kind is None:
                pair = pairs.get(at)
                if pair is None or pair[2] > end or self._depth >= DEPTH:
                    position = at + 1
                    continue
                self._words(text, run, at, elements)
                elements.out.append(self._emphasis(text, at, pair, pairs))
                position = pair[2]
            else:
                self._words(text, run, at, elements)
                if kind == "link":
                    self._link(text, match, elements.out, pairs)
                elif kind == "escape":
                    if text.startswith("[[", position):
                        add("[[", elements.out)
                        position += 2
                elif kind == "stash":
                    self._stashed(int(match["stash"]), elements.out)
                elif not self._tag(match, elements):
                    add(match[0], elements.out)
            run = position
        self._words(text, run, end, elements)
        if elements.open:
            self.note(f"<{elements.open[-1].tag}> is not closed; it ends with its paragraph.")
        return elements.finish()

    def _words(self, text: str, start: int, end: int, elements: html.Elements) -> None:
        """The plain stretch `text[start:end]`: bare addresses and WikiWords become links, entities characters."""
        if start < end:
            link = not (self.raw or self._in_link or (elements.open and elements.holds("a")))
            words(text, start, end, elements.out, link=link, wiki=not self._unlinked)

    def _emphasis(self, text: str, start: int, pair: _Pair, pairs: dict[int, _Pair]) -> Inline:
        """`*bold*`, `_italic_`, `__bold italic__`, `=fixed=`, `==bold fixed==`."""
        mark, content_end, _ = pair
        self._depth += 1
        children = tuple(self._scan(text, start + len(mark), content_end, pairs))
        self._depth -= 1
        match mark:
            case "*":
                return Strong(children)
            case "_":
                return Emphasis(children)
            case "__":
                return Strong((Emphasis(children),))
            case "=":
                return Code(children)
        return Code((Strong(children),))

    def _link(self, text: str, match: re.Match[str], out: list[Inline], pairs: dict[int, _Pair]) -> None:
        """`[[reference][label]]`, `[[reference]]` and `[[address label]]`."""
        link = bracket(self._restored(match["ref"]), labelled=match["label"] is not None)
        if link is None:
            add(match[0], out)
            return
        if isinstance(link, Link) and match["label"] is not None:
            children = self._label(text, *match.span("label"), pairs)
            link = Link(link.target, children or link.children, link.kind)
        out.append(link)

    def _label(self, text: str, start: int, end: int, pairs: dict[int, _Pair]) -> tuple[Inline, ...]:
        """What a link shows; no link stands inside another."""
        if not _BUSY.search(text, start, end):
            words = text[start:end].strip()
            return (Text(words),) if words else ()
        self._in_link += 1
        self._depth += 1
        children = self._scan(text, start, end, pairs)
        self._in_link -= 1
        self._depth -= 1
        return tuple(_trimmed(children))

    def _stashed(self, index: int, out: list[Inline]) -> None:
        """A piece that was taken out before: a macro kept as text, or preformatted text inside a line."""
        piece = self.stash[index]
        if isinstance(piece, Preformatted):
            out.append(Code(piece.children))
        elif isinstance(piece, Text):
            add(piece.text, out)
        elif isinstance(piece, Raw):
            with self.as_html():
                out += self._scan(piece.text, 0, len(piece.text), {})

    def _restored(self, text: str) -> str:
        """An address or attribute in which a macro stays as it was written."""
        if STASH_OPEN not in text:
            return text
        return _STASHED.sub(lambda match: plain_text(self.stash[int(match[1])]), text)

    def _attributes(self, written: str) -> html.Attributes:
        """A tag's attributes."""
        return html.attributes(self._restored(written))

    def _tag(self, match: re.Match[str], elements: html.Elements) -> bool:
        """An HTML tag inside text; False where it is none and must be shown as written."""
        name = match["name"].lower()
        if not html.is_tag(match["rest"]):
            return False
        if name == "noautolink":
            self._unlinked = max(0, self._unlinked + (-1 if match["close"] else 1))
        elif ":" in name:
            pass
        elif name not in html.KNOWN:
            return self._unknown(match["name"])
        elif match["close"]:
            elements.close(name)
            if name in html.BLOCKS:
                elements.line_break()
        elif name in html.INLINE:
            elements.start(name, self._attributes(match["rest"]))
            if match["rest"].endswith(('"/', "'/", " /")):
                elements.close(name)
        elif name == "br":
            elements.out.append(LineBreak())
        elif name == "img":
            elements.out.append(html.image(self._attributes(match["rest"])))
        elif name in html.BLOCKS:
            elements.line_break()
        return True

    def _unknown(self, name: str) -> bool:
        """A tag of no HTML element: `<host>` alone is meant to be read, `<x>...</x>` is markup of another kind."""
        if name.lower() in self._paired:
            self.note(f"The unknown tag <{name}> was left out, its text kept.")
            return True
        self.note(f"<{name}> is no HTML element; it is shown as written.")
        return False

    def _collect(self, nodes: Iterable[Inline]) -> None:
        """Remember the attachments that some nodes name."""
        for node in nodes:
            if isinstance(node, Image):
                if node.source.startswith("attachment:"):
                    self._attach(node.source.removeprefix("attachment:"))
            elif not isinstance(node, Text | LineBreak | Anchor):
                if isinstance(node, Link) and node.kind == "attachment":
                    self._attach(node.target)
                self._collect(node.children)

    def _attach(self, name: str) -> None:
        """Remember one attachment by the line that names it first."""
        self.attachments.setdefault(name, Attachment(name, self.line))


def plain_text(piece: object) -> str:
    """The words of something stashed."""
    return piece.text if isinstance(piece, Text) else ""


def _pairs(text: str) -> dict[int, _Pair]:
    """Where emphasis begins and ends, in TWiki's order: a mark used up by an earlier kind is not free for a later.

    A pair opens after white space or `(`, closes before white space, punctuation or an end, has no space inside
    its ends and stays on its line.
    """
    masked = _TAG.sub(lambda match: "<" + "\0" * (len(match[0]) - 2) + ">", text) if "<" in text else text
    found: dict[int, _Pair] = {}
    used: set[int] = set()
    for mark in _MARKS:
        if mark in masked:
            _pair_up(masked, mark, found, used)
    return found


def _pair_up(text: str, mark: str, found: dict[int, _Pair], used: set[int]) -> None:
    """Find the pairs of one kind: each opener takes the first closer after it, if that is on its line."""
    width = len(mark)
    closers = [match.start() for match in _CLOSERS[mark].finditer(text) if match.start() not in used]
    if not closers:
        return
    line_end = after = -1
    for match in _OPENERS[mark].finditer(text):
        start = match.start()
        if start < after or start in used:
            continue
        index = bisect_left(closers, start + width + 1)
        if index == len(closers):
            return
        if start > line_end:
            line_end = text.find("\n", start)
            line_end = len(text) if line_end < 0 else line_end
        close = closers[index]
        if close < line_end:
            after = close + width
            found[start] = (mark, close, after)
            if width == 2:
                used.update((start, start + 1, close, close + 1))


def _trimmed(nodes: list[Inline]) -> list[Inline]:
    """Without the white space at both ends, which shows nothing."""
    if nodes and isinstance(first := nodes[0], Text):
        nodes[:1] = [Text(kept)] if (kept := first.text.lstrip(" \t\n")) else []
    if nodes and isinstance(last := nodes[-1], Text):
        nodes[-1:] = [Text(kept)] if (kept := last.text.rstrip(" \t\n")) else []
    return nodes
