"""The HTML that may stand in our Markdown: which tags, which attributes, and raw blocks -> a balanced tree.

People paste HTML, and some things (spanned cells, sized images, colours) have no Markdown form. A tag that is
not named here is shown as the text it is: `<hostname>` in minutes is a word, not markup. Everything that is
built here is well nested and of bounded depth, so that the sanitiser behind it never meets hostile nesting.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

MAX_DEPTH = 24

INLINE = frozenset(
    """
    a abbr b big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var
    """.split()
)
VOID = frozenset({"br", "hr", "img"})
CONTAINERS = frozenset(
    """
    table ul ol dl pre blockquote div center p h1 h2 h3 h4 h5 h6
    """.split()
)
"""Tags that begin a block of raw HTML when a line starts with them."""
PARTS = frozenset(["caption", "thead", "tbody", "tfoot", "tr", "td", "th", "li", "dt", "dd"])
KNOWN = INLINE | VOID | CONTAINERS | PARTS

ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title", "id", "class"}),
    "abbr": frozenset({"title"}),
    "img": frozenset({"src", "alt", "title", "width", "height"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"type", "start"}),
    "span": frozenset({"class"}),
    "td": frozenset({"align", "colspan", "rowspan"}),
    "th": frozenset({"align", "colspan", "rowspan"}),
}
RENAMED = {"b": "strong", "i": "em", "tt": "code", "strike": "s", "font": "span", "center": "div"}

TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*+)
    (?P<attributes>(?:\s++[^\s"'=<>/`]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+)\s*+/?>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/`]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?""")
_ENTITY = re.compile(r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_COMMENT = re.compile(r"<!--(?:(?!-->|<!--).)*+-->", re.DOTALL)
_STYLE_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([#\w]+)", re.IGNORECASE)

COLOURS = {
    "black": 0x000000,
    "gray": 0x808080,
    "silver": 0xC0C0C0,
    "white": 0xFFFFFF,
    "maroon": 0x800000,
    "red": 0xFF0000,
    "brown": 0x996633,
    "orange": 0xFF6600,
    "yellow": 0xFFFF00,
    "olive": 0x808000,
    "green": 0x008000,
    "lime": 0x00FF00,
    "teal": 0x008080,
    "aqua": 0x00FFFF,
    "navy": 0x000080,
    "blue": 0x0000FF,
    "purple": 0x800080,
    "pink": 0xFF00FF,
}
"""The colours a stylesheet gives in both schemes, as the class `ink-<name>`."""

_CLOSED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "p": (frozenset({"p"}), frozenset({"td", "th", "li", "dd", "div", "blockquote"})),
}
"""What a start tag closes although its end tag was left out, and how far up it looks."""


def decode(text: str) -> str:
    """Entities -> characters; an `&` that begins none stays (`a&copy=1` in an address is no copyright sign)."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def colour_class(value: str) -> str:
    """The class of the named colour that is nearest to `value` (a name or #rgb or #rrggbb), or nothing."""
    value = value.strip().lower()
    if value in COLOURS:
        return f"ink-{value}"
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        return ""
    wanted = int(digits, 16)

    def distance(named: int) -> int:
        return sum(((named >> shift & 255) - (wanted >> shift & 255)) ** 2 for shift in (16, 8, 0))

    return "ink-" + min(COLOURS, key=lambda name: distance(COLOURS[name]))


def attributes(source: str) -> dict[str, str]:
    """The attributes inside a tag, names in lower case, values decoded; the first of a name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        found.setdefault(match[1].lower(), decode(match[2] or match[3] or match[4] or ""))
    return found


def element(name: str, source: str) -> Element:
    """An element for a start tag: only attributes on the list, colours as one of our classes."""
    given = attributes(source)
    tag = RENAMED.get(name, name)
    if tag == "span":
        style = _STYLE_COLOUR.search(given.get("style", ""))
        colour = given.get("color") or (style[1] if style else "")
        if ink := colour_class(colour):
            given["class"] = ink
    node = Element(tag)
    for key, value in given.items():
        if key in ATTRIBUTES.get(tag, ()):
            node.set(key, value.replace("&", "&amp;"))
    if tag == "a":
        point(node, given.get("href", ""))
        if name_here := given.get("id") or given.get("name"):
            node.set("id", name_here.replace("&", "&amp;"))
    return node


def point(link: Element, target: str) -> None:
    """Give a link its address. `wiki:` and `attachment:` name things that have none here: those get a class.

    Such a link is still an `<a>`, with the name as its title, but leads nowhere and takes no focus.
    """
    scheme, _, rest = target.partition(":")
    if scheme in ("wiki", "attachment") and rest:
        link.attrib.pop("href", None)
        link.set("class", scheme)
        link.set("title", rest.replace("&", "&amp;"))
    elif target:
        link.set("href", target.replace("&", "&amp;"))


def fill(parent: Element, items: Iterable[str | Element]) -> None:
    """Append texts and elements to `parent`, as ElementTree wants them: text, and tails.

    An `&` is escaped here, because the serialiser leaves alone whatever looks like an entity.
    """
    last: Element | None = parent[-1] if len(parent) else None
    words: list[str] = []

    def flush() -> None:
        text = "".join(words).replace("&", "&amp;")
        words.clear()
        if text and last is None:
            parent.text = (parent.text or "") + text
        elif text and last is not None:
            last.tail = (last.tail or "") + text

    for item in items:
        if isinstance(item, str):
            words.append(item)
        else:
            flush()
            parent.append(item)
            last = item
    flush()


def raw_block(source: str, parent: Element, deepest: int = MAX_DEPTH) -> None:
    """Put a block of raw HTML under `parent`: known tags as elements, everything else as the text it is."""
    tree = _Tree(parent, deepest)
    position = 0
    source = _COMMENT.sub("", source)
    for match in TAG.finditer(source):
        name = match["name"].lower()
        if name in KNOWN and tree.accepts(name, bool(match["end"])):
            tree.text(decode(source[position : match.start()]))
            position = match.end()
            if match["end"]:
                tree.end(name)
            else:
                tree.start(name, match["attributes"])
    tree.text(decode(source[position:]))
    tree.close(0)


class _Tree:
    """The elements that are open while raw HTML is read, each with what it holds so far."""

    def __init__(self, root: Element, deepest: int) -> None:
        self.deepest = deepest
        self.open: list[tuple[Element, list[str | Element]]] = [(root, [])]

    def accepts(self, name: str, is_end: bool) -> bool:
        """Whether this tag means something here: an end tag needs its start, a start tag must not nest too deep."""
        if is_end:
            return any(node.tag == RENAMED.get(name, name) for node, _ in self.open[1:])
        return name in VOID or len(self.open) <= self.deepest

    def text(self, text: str) -> None:
        """Words for the innermost open element."""
        self.open[-1][1].append(text)

    def start(self, name: str, source: str) -> None:
        """Open an element; first close those that it ends by itself (`<li>one<li>two`)."""
        closes, limits = _CLOSED_BY.get(name, (frozenset(), frozenset()))
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at][0].tag in closes:
                self.close(at)
                break
            if not closes or self.open[at][0].tag in limits:
                break
        node = element(name, source)
        self.open[-1][1].append(node)
        if name not in VOID:
            self.open.append((node, []))

    def end(self, name: str) -> None:
        """Close the innermost element of this name, and those inside it."""
        tag = RENAMED.get(name, name)
        self.close(max(at for at, (node, _) in enumerate(self.open) if at and node.tag == tag))

    def close(self, at: int) -> None:
        """Close the open elements from the innermost up to the one at this depth."""
        while len(self.open) > at:
            node, items = self.open.pop()
            fill(node, items)
