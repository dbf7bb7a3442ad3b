"""Links: `[[bracket]]` references, and what TWiki links by itself: addresses, WikiWords, interwiki names."""

from __future__ import annotations

import re

from meetings.twiki.html import attached_source, attachment_name, decode
from meetings.twiki.nodes import Image, Inline, Link, Text
from meetings.twiki.source import ATTACHED

SITES = (
    "Acronym", "Advogato", "Bugs", "Bugzilla", "C2find", "CPAN", "Dict", "Dictionary", "DokuWiki",
    "DolphinWiki", "FOLDOC", "Foswiki", "FoswikiTask", "FoxWiki", "Google", "GoogleGroups", "GoogleImages",
    "Group", "HammondWiki", "IETF", "IMDB", "ISBN", "JargonFile", "LegoWiki", "MathWorld", "MbTest",
    "MeatBall", "MeatballWiki", "Medline", "MoinMoin", "MuWeb", "News", "OrgPatterns", "PhpWiki",
    "PolitizenWiki", "PPR", "PubMed", "PyWiki", "RFC", "Squeak", "TechTarget", "Thesaurus", "TWiki",
    "TWikibug", "TWikiBug", "UseMod", "VisualWorks", "Webopedia", "Webster", "Wiki", "Wikipedia",
    "WikiPedia", "WikiQuote", "Wiktionary", "YouTube", "ZWiki",
)  # fmt: skip
"""Sites that TWiki's own InterWikis list names; `Time: 10` and `GGUS:1234` are no links."""

_SCHEMES = ("https", "http", "ftp", "file", "gopher", "irc", "mailto", "news", "nntp", "telnet")


def _tails(names: tuple[str, ...]) -> str:
    """A pattern for the rest of some names, behind their first letter."""
    letters = sorted({name[0] for name in names})
    tails = {letter: "|".join(name[1:] for name in names if name[0] == letter) for letter in letters}
    return "|".join(f"(?<={letter})(?:{tails[letter]})" for letter in letters)


_REST = r"[^\s<>\"]+[^\s*.,!?;:)<|]"
_PAGE = r"[A-Za-z0-9_/](?:[A-Za-z0-9+_.,;:!?/%#~&=-]*[A-Za-z0-9+_/%#~&=-])?"
_WIKI = (
    r"(?<![^\s(].)(?:[A-Za-z0-9_]*(?:[./][A-Z][A-Za-z0-9_]*)*\.[A-Z])?"
    r"[A-Z]*[a-z0-9]+[A-Z]+[A-Za-z0-9]*(?:\#[A-Za-z0-9_]+)?"
)
_ONLY_WIKI = re.compile(f"[A-Z](?P<wiki>{_WIKI})")
_ALL = re.compile(
    rf"[A-Za-z0-9_.+{ATTACHED}-](?<![^\s(|*-].)(?:"
    rf"(?P<url>(?:(?:{_tails(_SCHEMES)}):|(?<={ATTACHED})/){_REST})"
    rf"|(?P<site>(?<=[A-Z])(?<![^\s(*-].)(?:{_tails(SITES)}):{_PAGE})"
    r"|(?P<mail>(?<![^\s(].)[A-Za-z0-9_.+-]*@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+(?![^\s,.;:!?)]))"
    rf"|(?P<wiki>(?<=[A-Z]){_WIKI}))"
)
"""What is linked by itself. Both patterns begin with one character class, which makes their search quick; the
groups hold what follows the first character."""
_HINT = re.compile(rf"[A-Z:@{ATTACHED}](?:(?P<hump>(?<=[a-z0-9][A-Z]))|(?<![A-Z])(?<!:)|(?<=[A-Za-z]:)(?=[^\s:]))")
_OTHER_HINT = re.compile(rf"[:@{ATTACHED}]")
"""What a stretch with links must hold."""

_ADDRESS = re.compile(rf"(?:{'|'.join(_SCHEMES)}):", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_INTERWIKI = re.compile(r"[A-Z][A-Za-z0-9]+:\S")
_PICTURE = re.compile(r"[^?]*\.(?:gif|jpe?g|png)", re.IGNORECASE)
_GAP = re.compile(r"\s+(\S)")


def words(text: str, start: int, end: int, out: list[Inline], *, link: bool, wiki: bool) -> None:
    """Add the plain stretch `text[start:end]` to `out`; addresses become links, WikiWords too where `wiki`."""
    if link and (hint := _HINT.search(text, start, end)):
        pattern = _ONLY_WIKI if hint.lastgroup and not _OTHER_HINT.search(text, start, end) else _ALL
        position = start
        for match in pattern.finditer(text, start, end):
            if node := _automatic(match, wiki=wiki):
                _plain(text[position : match.start()], out)
                out.append(node)
                position = match.end()
        start = position
    _plain(text[start:end], out)


def _plain(text: str, out: list[Inline]) -> None:
    """Add words with their entities decoded."""
    if ATTACHED in text:
        text = text.replace(ATTACHED, "%ATTACHURL%")
    add(decode(text) if "&" in text else text, out)


def add(text: str, out: list[Inline]) -> None:
    """Add words as they are; neighbours grow together."""
    if text:
        if out and isinstance(last := out[-1], Text):
            out[-1] = Text(last.text + text)
        else:
            out.append(Text(text))


def _automatic(match: re.Match[str], *, wiki: bool) -> Inline | None:
    """The link that a bare address or name is; None for a WikiWord where those are not linked."""
    written = match[0]
    match match.lastgroup:
        case "url":
            return _bare(written)
        case "mail":
            return Link(written, (Text(written),), "mail")
        case "site":
            return Link(written, (Text(written),), "interwiki")
    if not wiki:
        return None
    path, hash_mark, anchor = written.partition("#")
    web, _, topic = path.rpartition(".")
    return Link(written, (Text(web if web and topic == "WebHome" else topic + hash_mark + anchor),), "topic")


def _bare(written: str) -> Inline:
    """An address in the text; TWiki shows the address of a picture as the picture."""
    address = decode(written)
    if _PICTURE.fullmatch(address):
        return _picture(address)
    if address.startswith(ATTACHED):
        name = attachment_name(address)
        return Link(name, (Text(name),), "attachment")
    if address.startswith("mailto:"):
        return Link(address.removeprefix("mailto:"), (Text(address),), "mail")
    return Link(address, (Text(address),), "url")


def _picture(address: str) -> Image:
    return Image(attached_source(address), address.rpartition("/")[2])


def bracket(written: str, *, labelled: bool) -> Link | Image | None:
    """The link `[[written]]` or `[[written][...]]`, showing the reference itself; None where it names nothing.

    Without a label the address of a picture is the picture.
    """
    reference = decode(written).strip()
    if not reference:
        return None
    if reference.startswith((ATTACHED, "/")) or _ADDRESS.match(reference):
        address, _, label = (reference.replace(" ", "%20"), "", "") if labelled else reference.partition(" ")
        if not (labelled or label) and _PICTURE.fullmatch(address):
            return _picture(address)
        return _to_address(address, label.strip())
    shown = (Text(reference),)
    if reference.startswith("#"):
        return Link(reference[1:], shown, "anchor") if len(reference) > 1 else None
    if _MAIL_ADDRESS.fullmatch(reference):
        return Link(reference, shown, "mail")
    if _INTERWIKI.match(reference):
        return Link(reference, shown, "interwiki")
    if reference.startswith("www."):
        return Link(f"http://{reference}", shown, "url")
    return Link(_topic(reference), shown, "topic")


def _to_address(address: str, label: str) -> Link:
    """A link to a full address, one on this host, or a file in the page's attachment folder."""
    if address.startswith(ATTACHED):
        name = attachment_name(address)
        return Link(name, (Text(label or name),), "attachment")
    shown = (Text(label or address),)
    if address.lower().startswith("mailto:"):
        return Link(address[7:], shown, "mail")
    return Link(address, shown, "url")


def _topic(reference: str) -> str:
    """`some topic name` means the topic `SomeTopicName`."""
    return _GAP.sub(lambda match: match[1].upper(), reference[0].upper() + reference[1:])
