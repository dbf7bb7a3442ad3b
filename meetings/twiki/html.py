"""The HTML that people write into TWiki pages: which elements there are, their attributes, and inline nesting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from meetings.twiki.nodes import Anchor, Code, Emphasis, Image, Inline, LineBreak, Link, Span, Strong, Text
from meetings.twiki.source import ATTACHED

Attributes = dict[str, str]

STRONG = frozenset(("b", "strong"))
EMPHASIS = frozenset(("i", "em", "var", "dfn"))
CODE = frozenset(("code", "tt", "kbd", "samp"))
SPANS = frozenset("u s strike del ins sub sup small big font span q cite abbr acronym mark label time".split())
INLINE = STRONG | EMPHASIS | CODE | SPANS | {"a"}
BLOCKS = frozenset(
    "table thead tbody tfoot tr td th caption ul ol li dl dt dd blockquote div p center h1 h2 h3 h4 h5 h6 hr "
    "form fieldset legend section article header footer nav main aside address figure figcaption details summary "
    "dir menu".split()
)
SILENT = frozenset(
    "nop sticky dirtyarea literal verbatim pre html body head meta link base col colgroup wbr nobr noscript iframe "
    "input button select option textarea object embed param map area applet frame frameset noframes title bdo "
    "video audio source canvas svg script style".split()
)
"""Elements that show nothing of their own; their text stays."""
OFFICE = "(?:o|w|v|x|m|st1):"
"""Before the elements of Word's own, which show nothing: `<o:p>`."""
KNOWN = INLINE | BLOCKS | SILENT | {"br", "img", "noautolink"}

_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_KEPT = frozenset(("color", "size", "face", "title", "class", "style", "datetime"))
_BARE = frozenset(("nowrap", "noshade", "compact", "border", "checked", "disabled", "selected", "open", "reversed"))
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE = frozenset(("http", "https", "ftp", "mailto", "file", "gopher", "irc", "news", "nntp", "telnet", "tel"))


def decode(text: str) -> str:
    """Entities as characters; an ampersand that begins none stays."""
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def attributes(written: str) -> Attributes:
    """`href="a" border=1 nowrap` as a mapping, names in lower case, values decoded; the first of a name counts."""
    found: Attributes = {}
    if written:
        for name, double, single, bare in _ATTRIBUTE.findall(written):
            value = double or single or bare
            found.setdefault(name.lower(), decode(value) if value else "")
    return found


def is_tag(rest: str) -> bool:
    """Whether what follows a name in angle brackets can be attributes; `x<b and c>d` holds no tag."""
    words = rest.strip(" \t\n/").lower()
    return not words or "=" in words or _BARE.issuperset(words.split())


def image(given: Attributes) -> Image:
    """`<img src="..." width="..." height="..." alt="...">`."""
    return Image(
        attached_source(given.get("src", "")),
        given.get("alt", ""),
        given.get("width", "").removesuffix("px"),
        given.get("height", "").removesuffix("px"),
        given.get("title", ""),
    )


def attached_source(address: str) -> str:
    """An image's address; one in this page's attachment folder as `attachment:name`."""
    if address.startswith(ATTACHED):
        return "attachment:" + attachment_name(address)
    return address


def attachment_name(address: str) -> str:
    """The file that an address in the attachment folder names."""
    return unquote(address.removeprefix(ATTACHED).lstrip("/"))


def link(given: Attributes, children: tuple[Inline, ...]) -> list[Inline]:
    """`<a href="...">label</a>` or `<a name="...">`: the link, or its words where it leads nowhere."""
    href, title = given.get("href", "").strip(), given.get("title", "")
    if name := (given.get("name") or (given.get("id") if not href else "")):
        return [Anchor(name), *(link({"href": href, "title": title}, children) if href else children)]
    if href.startswith(ATTACHED):
        return [Link(attachment_name(href), children, "attachment", title)]
    if href.startswith("#") and len(href) > 1:
        return [Link(href[1:], children, "anchor", title)]
    scheme = _SCHEME.match(href)
    if scheme and scheme[1].lower() == "mailto":
        return [Link(href[scheme.end() :], children, "mail", title)]
    if not href or (scheme and scheme[1].lower() not in _SAFE):
        return list(children)
    return [Link(href, children, "url", title)]


@dataclass(slots=True)
class Open:
    """An inline element that waits for its end tag."""

    tag: str
    given: Attributes
    before: list[Inline]


class Elements:
    """The inline elements open in a stretch of text, the innermost last; nodes are added to `out`."""

    def __init__(self, room: int) -> None:
        self.out: list[Inline] = []
        self.open: list[Open] = []
        self.room = room
        self._break: LineBreak | None = None

    def start(self, tag: str, given: Attributes) -> None:
        """An element begins; beyond the depth that is sound its tag is dropped."""
        if len(self.open) < self.room:
            self.open.append(Open(tag, given, self.out))
            self.out = []

    def holds(self, tag: str) -> bool:
        """Whether such an element is open."""
        return any(element.tag == tag for element in self.open)

    def close(self, tag: str) -> bool:
        """An element ends, and whatever was opened inside it; False where it was not open."""
        if not self.holds(tag):
            return False
        while self._pop() != tag:
            pass
        return True

    def line_break(self) -> None:
        """A block element inside running text begins on a line of its own."""
        if self.out and not isinstance(self.out[-1], LineBreak):
            self._break = LineBreak()
            self.out.append(self._break)

    def finish(self) -> list[Inline]:
        """Close what is still open; a block's end needs no line of its own at the end."""
        while self.open:
            self._pop()
        if self.out and self.out[-1] is self._break:
            self.out.pop()
        return self.out

    def _pop(self) -> str:
        """Close the innermost element."""
        element = self.open.pop()
        children, self.out = self.out, element.before
        before, after = _take_edges(children)
        if before and self.out and isinstance(last := self.out[-1], Text) and last.text[-1:].isspace():
            before = []
        self.out += (*before, *_nodes(element.tag, element.given, tuple(children)), *after)
        return element.tag


def _take_edges(children: list[Inline]) -> tuple[list[Inline], list[Inline]]:
    """Take the white space at both ends out, where it shows the same and no mark needs to touch it."""
    before: list[Inline] = []
    after: list[Inline] = []
    if children and isinstance(first := children[0], Text) and first.text[:1].isspace():
        kept = first.text.lstrip(" \t\n")
        before = [Text(first.text[: len(first.text) - len(kept)])]
        children[:1] = [Text(kept)] if kept else []
    if children and isinstance(last := children[-1], Text) and last.text[-1:].isspace():
        kept = last.text.rstrip(" \t\n")
        after = [Text(last.text[len(kept) :])]
        children[-1:] = [Text(kept)] if kept else []
    return before, after


def _nodes(tag: str, given: Attributes, children: tuple[Inline, ...]) -> list[Inline]:
    """What an inline element with these children is."""
    if tag == "a":
        return link(given, children)
    if all(isinstance(node, Text) and not node.text.strip() for node in children):
        return list(children)
    if tag in STRONG:
        return [Strong(children)]
    if tag in EMPHASIS:
        return [Emphasis(children)]
    if tag in CODE:
        return [Code(children)]
    kept = tuple((name, value) for name, value in given.items() if name in _KEPT and value)
    return list(children) if tag == "span" and not kept else [Span(tag, kept, children)]
