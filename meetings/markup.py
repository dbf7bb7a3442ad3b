"""Markdown -> safe HTML: the only place in this project that marks text as safe.

What people may write is said in `meetings/dialect/`. What may come out is said here, and holds whatever the
dialect lets through: no script, no style, no event, only web and mail addresses, ids under a prefix of their
own and classes of a short list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions import Extension

from meetings.alignment import Effort, changes, words
from meetings.twiki.nodes import Block

from .dialect import Described, Dialect, tree
from .dialect.html import ATTRIBUTES, COLOURS, CONTAINERS, INLINE, PARTS, RENAMED, VOID

ID_PREFIX = "at-"
"""Before every id from a text, so that none meets an id of the page."""

MAX_LENGTH = 1_000_000
"""Longer texts are shown as they are typed."""


def _relative(address: str) -> str:
    return f"#{ID_PREFIX}{address[1:]}" if len(address) > 1 and address.startswith("#") else address


_cleaner = nh3.Cleaner(
    tags=set((INLINE | VOID | CONTAINERS | PARTS) - set(RENAMED)),
    clean_content_tags={"script", "style"},
    attributes={tag: set(names) - ({"class"} if tag in ("a", "span") else set()) for tag, names in ATTRIBUTES.items()},
    allowed_classes={"a": {"wiki", "attachment"}, "span": {f"ink-{colour}" for colour in COLOURS}},
    set_tag_attribute_values={"img": {"loading": "lazy"}},
    url_schemes={"http", "https", "ftp", "mailto"},
    url_relative=_relative,
    link_rel="noopener noreferrer",
    id_prefix=ID_PREFIX,
)


def render(text: str) -> SafeString:
    """The HTML of a text; `### Sub` is an `<h3>`, so a section's own headings stand under its title."""
    return mark_safe(_cleaner.clean(_convert(text, Dialect(), Described())))  # noqa: S308 - sanitised


#: A tag, whose attributes may hold what looks like its end, or the text between two.
_PIECE = re.compile(r'<(?:[^">]|"[^"]*")*>|[^<]+')


def compared(old: str, new: str) -> SafeString:
    """The HTML of a text, with the words marked that came to it, and those that went where they were.

    Marks stand around words only, between the tags that `render` let through; words that went lose their emphasis.
    """
    pieces = [word for piece in _PIECE.findall(render(new)) for word in _spoken(piece)]
    places = [place for place, piece in enumerate(pieces) if _is_word(piece)]
    went = [word.strip() for piece in _PIECE.findall(render(old)) for word in _spoken(piece) if _is_word(word)]
    for change in reversed(changes(went, [pieces[place].strip() for place in places], Effort())):
        gone = " ".join(went[change.low : change.high])
        lost = f"<del>{gone}</del>" if gone else ""
        if change.new_low == change.new_high and not (change.new_low or places):
            pieces.append(f"<p>{lost}</p>")
        elif change.new_low == change.new_high and change.new_low:
            pieces[places[change.new_low - 1]] += f" {lost}"
        elif change.new_low == change.new_high:
            pieces[places[0]] = f"{lost} {pieces[places[0]]}"
        for number in reversed(range(change.new_low, change.new_high)):
            word = pieces[places[number]].lstrip()
            before = f"{lost} " if lost and number == change.new_low else ""
            blank = pieces[places[number]][: -len(word)]
            pieces[places[number]] = f"{blank}{before}<ins>{word}</ins>"
    return mark_safe("".join(pieces).replace("</ins> <ins>", " "))  # noqa: S308 - sanitised text, and our marks


def _spoken(piece: str) -> list[str]:
    """The words of a text between tags; a tag as it is."""
    return [piece] if piece.startswith("<") else words(piece)


def _is_word(piece: str) -> bool:
    """Whether a piece of HTML is a word, not a tag or a blank."""
    return not piece.startswith("<") and not piece.isspace()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that stands on another server: its address, its description, and the server's name."""

    address: str
    name: str
    host: str


_IMAGE = re.compile(r'<img(?=[^>]*? src="(https?://([^"/?#]+)[^"]*)")(?:[^>]*? alt="([^"]*)")?[^>]*>')


def pictures(rendered: SafeString) -> tuple[Picture, ...]:
    """The images from elsewhere in what `render` made, each once, in order."""
    found = (Picture(unescape(src), unescape(alt or src), host) for src, host, alt in _IMAGE.findall(rendered))
    return tuple(dict.fromkeys(found))


def with_files(text: str, addresses: Mapping[str, str]) -> str:
    """The Markdown with the address of each attached file where it links to one as `attachment:NAME`."""
    if not addresses or "attachment:" not in text:
        return text
    names = "|".join(re.escape(name) for name in sorted(addresses, key=len, reverse=True))
    return re.sub(rf'attachment:({names})(?=[)>"\s])', lambda match: addresses[match[1]], text)


def blocks(text: str) -> tuple[Block, ...]:
    """The structure of a text as nodes (without lines), for forms other than HTML. Addresses are as typed."""
    return tree.read(_convert(text, Dialect()))


def _convert(text: str, *extensions: Extension) -> str:
    """HTML that is well formed, but not yet safe."""
    if len(text) > MAX_LENGTH:
        return f"<pre>\n{escape(text)}</pre>"
    return Markdown(extensions=extensions, output_format="html").convert(text)
