"""How to reach a meeting: telephone numbers, PINs, passwords, conference links. They are for members only. Pure."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = re.compile(r"\d[ ().-]?\d[ ().-]?\d")
_DAY = r"(?!(?:19|20)\d\d[-/.]\d\d?[-/.]\d|\d\d?[/.]\d\d?[/.](?:19|20)\d\d)"
_NUMBER = rf"{_DAY}\+?\(?\d{{1,4}}\)?(?:[\s./-]{{0,2}}\(?\d{{2,4}}\)?){{2,4}}"
_INTERNATIONAL = re.compile(
    r"\+\d{1,3}[\s./(-]{1,2}\d(?:[\s./()-]{0,2}\d){6,12}|\+\d{10,14}\b"
    r"|00[1-9]\d{0,2}(?:[ ./-]{1,2}\(?\d{1,4}\)?){3,6}\b"
)
_LOCAL = re.compile(r"(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}\b|\(\d{3}\) ?\d{3} \d{4}\b")
_SPACED = re.compile(r"(?<!\d )(?<![\d][.,:] )(?:1 )?[2-9]\d\d [2-9]\d\d \d{4}(?!\w|[.,]\d| ?[\d%/|]| [kMGTP]i?[BH]\b)")
_KEYED = re.compile(r"\d[\d -]{2,30}\d#(?!\d)")
_ROOMS = (
    r"zoom|vidyo|webex|blue\ ?jeans|ready\ ?talk|go\ ?to\ ?meeting|skype|hangouts?|adobe\ connect"
    r"|seevogh|evo|h\.?323|lync|fuze"
)
_SIX_DIGITS = rf"{_DAY}(?<![\d.,])\d(?:[ -]?\d){{5,}}(?![.,:/]?\d|\ ?%)"
_ENDS = r"(?=\W*$|[.,;)](?!\d)|\ (?:or|and|if|code|pin)\b)"
_FOUR_DIGITS = r"\d(?:[ -]?\d){3,}"
_NAMED = re.compile(
    rf"""
      \b(?:(?:tele)?phone|dial|toll|tel\.?|mobile|cell|fax)\b [^\d\n]{{0,30}} (?<![\w/.=,-]){_NUMBER} \d
    | \b(?:call|ring|reach|text)\ (?:me|us|him|her|them|in)\b [^\d\n]{{0,20}} (?<![\w/.=,-])\d{{3}}[-.]\d{{4}}\b
    | (?:(?-i:\bPIN\b)|\bpin\s?(?:code|number)?\s?(?:[:=#]|is\b)) [^\w\n]{{0,6}} (?:is\ )? {_FOUR_DIGITS}
    | \bpin\ {_FOUR_DIGITS}(?=\W*$|[.,;)])
    | \b(?:pass[ -]?code|passwd|password
        |(?:access|join(?:ing)?|meeting|conference|conf\.|host|guest|participant|attendee|moderator|leader|chair\w*|bridge
           |dial[ -]?in|audio|call|entry|security)\ (?:code|pin))\b [^\w\n]{{0,6}} (?:is\ )? {_FOUR_DIGITS}
    | \b(?:(?:{_ROOMS})\ (?:meeting\ )?(?:id|number|no\.|room|bridge)|host\ key
        |(?:meeting|conference|conf\.?|webinar|bridge|moderator|guest|participant)\ (?:id|key|number|no\.))
        [^\w\n]{{0,6}} (?:is\ )? \d(?:[ -]?\d){{4,}}(?![\w:.,]*\d)
    | \b(?:{_ROOMS})\b [^\w\n]{{0,6}} (?:meeting|call|at|on|is|code)?[^\w\n]{{0,4}} {_SIX_DIGITS}
    | \b(?:conference|bridge)\ \#?\d{{5,}}\b {_ENDS}
    | \b(?:conference|conf|bridge|meeting|dial|audio|phone)\b [^\n]{{0,60}}
        (?:[,;(/]|\b(?:and|use|enter|with\ the))\s*(?:the\ )?code\b [^\w\n]{{0,6}} \d{{5,}}\b
    | \b(?:extn?\b\.?|extension\b)\ ?[:\#]?\ ? (?!(?:19|20)\d\d\b)\d{{3,6}}\b {_ENDS}
    | \d\#\#\d{{3,}}
    | \b(?:tel|phone|fax)[:=]{_DAY}\+?\d[\d-]{{6,}}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAMES = (
    *("phone", "dial", "toll", "tel", "mobile", "cell", "fax", "call", "ring ", "reach", "text", "pin", "pass", "code"),
    *(" id", " key", " number", " no.", " room", "bridge", "conference", "ext"),
    *("zoom", "vidyo", "webex", "jeans", "talk", "meeting", "skype", "hangout", "connect", "seevogh", "evo", "323"),
    *("lync", "fuze", "##"),
)
_WORD = re.compile(
    r"""
      \b(?:password|passwd|passphrase|pass[ -]?code|pwd)\b \s* (?:(?P<said>is)\b|[:=]|is\s?:) \s* ["'“‘]?
        (?=[^\s"'”’,;]*\d) (?=[^\s"'”’,;]*[^\W\d]) (?P<mixed>[^\W\d]\S*\d[^\W\d])?[^\s"'”’,;]{2,}
        (?(said)(?(mixed)|["'”’]?(?=\W*$|[,;.)]|\ (?:and|or|to)\b)))
    | \b(?:password|passwd|passphrase|pass[ -]?code|pwd)\b \s* (?:is)? \s* [:=] \s*
        (?!\w+ed\b|none\b|same\b|tba\b|tbd\b|unchanged\b|n/a\b|yes\b|no\b) [^\s]{4,} \W* $
    | \b(?:password|passwd|passphrase|pass[ -]?code)\b \s is \s ["“‘'][^"”’'\s]{4,}["”’']
    | \bskype:[\w.:-]{3,} | \blive:(?!https?:)[a-z.][\w.-]{2,}
    | \bskype\ (?:id|name|handle|account)\s*[:=]\s*[\w.:-]{3,} | \bsips?:\S+@
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORDS = ("pass", "pwd", "skype", "live:", "sip")
_ROOM = re.compile(
    r"zoom(?:gov)?\.(?:us|com)/(?:[jsw]|my|wc)/|webex\.com/\S{0,200}(?:meet|join|MTID)|meet\.google\.com/"
    r"|bluejeans\.com/\d|teams\.(?:microsoft|live)\.com/(?:l/meetup|meet)|vidyo\S{0,100}/(?:flex\.html|join)"
    r"|gotomeeting\.com/\S{0,100}\d|gotomeet\.me/|meet\.jit\.si/|join\.skype\.com/|meet\.lync\.com/"
    r"|readytalk\.com/\S{0,100}\d{5}",
    re.IGNORECASE,
)
_JOINED = frozenset("/.=,+-#_")
_WAY_IN = re.compile(
    r"""
      \b\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\b|eastern\b|central\b|pacific\b|[ECMP][SD]T\b|CES?T\b|UTC\b|GMT\b)
    | \b\d{1,2}[:h]\d\d\b.{0,40}\b(?:UTC|GMT|CES?T|[ECMP][SD]?T)\b
    | \b(?:zoom|vidyo|webex|bluejeans|readytalk|skype|hangouts?|adobe\ connect|evo|h\.?323)\b
    | \bjoin\ (?:from|by|via|the\ (?:call|meeting))\b | \bdial[ -]?(?:in|out)?\b | \bcall[ -]in\b
    | \b(?:phone|telephone|toll|pin|passcode|access\ code|meeting\ id|conference\ id|teleconference)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LOOKS = dict.fromkeys(map(ord, "‐‑‒–−"), "-") | dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def is_secret(text: str) -> bool:
    """Whether a line holds what lets a stranger into the meeting or ring somebody up.

    Every line of every page is asked, so what most lines lack is looked for first.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LOOKS)
    if "/" in text and _ROOM.search(text):
        return True
    lower = text.lower()
    if any(word in lower for word in _WORDS) and _WORD.search(text):
        return True
    if not _DIGITS.search(text):
        return False
    return (
        (("+" in text or "00" in text) and _stands_alone(_INTERNATIONAL, text))
        or (("-" in text or "." in text or ")" in text) and _stands_alone(_LOCAL, text))
        or _stands_alone(_SPACED, text)
        or ("#" in text and _stands_alone(_KEYED, text))
        or (any(name in lower for name in _NAMES) and _NAMED.search(text) is not None)
    )


def _stands_alone(number: re.Pattern[str], text: str) -> bool:
    """Whether a number is there that is no part of a longer one, an address or a version."""
    starts = (match.start() for match in number.finditer(text))
    return any(not start or not (text[start - 1].isalnum() or text[start - 1] in _JOINED) for start in starts)


def is_way_in(text: str) -> bool:
    """Whether a line before the first heading says when and how to connect, secret or not."""
    return is_secret(text) or _WAY_IN.search(text) is not None
