"""How to reach a meeting: telephone numbers, PINs, conference links. They are for members only. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from meetings.lines import lines
from meetings.twiki.nodes import Block, List, ListItem

_DIGITS = re.compile(r"\d[ ().-]?\d[ ().-]?\d")
_NUMBER = r"\+?\(?\d{1,4}\)?(?:[\s./-]{0,2}\(?\d{2,4}\)?){2,4}"
_INTERNATIONAL = re.compile(r"\+\d{1,3}[\s./(-]{1,2}\d(?:[\s./()-]{0,2}\d){6,12}|\+\d{10,14}\b")
_LOCAL = re.compile(r"(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}\b")
_KEYED = re.compile(r"\d[\d -]{2,30}\d#(?!\d)")
_NAMED = re.compile(
    rf"""
      \b(?:(?:tele)?phone|dial|toll|tel\.?|mobile|fax)\b [^\d\n]{{0,30}} (?<![\w/.=,-]){_NUMBER} \d
    | \b(?:pin|pass[ -]?code|passwd|password|(?:access|conference|host|guest|participant|security)\ code
        |(?:meeting|conference|webinar)\ (?:id|number))\b [^\w\n]{{0,6}} (?:is\ )? \d[\d\s-]{{2,}}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAMES = ("phone", "dial", "toll", "tel", "mobile", "fax", "pin", "pass", " code", " id", " number")
_ROOM = re.compile(
    r"zoom\.us/(?:[jw]|my)/|webex\.com/\S{0,200}(?:meet|join|MTID)|meet\.google\.com/|bluejeans\.com/\d"
    r"|teams\.microsoft\.com/l/meetup|vidyo\S{0,100}/(?:flex\.html|join)|gotomeeting\.com/\S{0,100}\d",
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


def is_secret(text: str) -> bool:
    """Whether a line holds what lets a stranger into the meeting or ring somebody up.

    Every line of every page is asked, so what most lines lack is looked for first.
    """
    if "/" in text and _ROOM.search(text):
        return True
    if not _DIGITS.search(text):
        return False
    lower = text.lower()
    return (
        ("+" in text and _stands_alone(_INTERNATIONAL, text))
        or (("-" in text or "." in text) and _stands_alone(_LOCAL, text))
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


def take_secrets(blocks: Iterable[Block]) -> tuple[list[Block], list[Block]]:
    """The blocks without dial-in details, and the blocks, or items of a list, that hold them."""
    kept: list[Block] = []
    secret: list[Block] = []
    for block in blocks:
        if not _holds_secret(block):
            kept.append(block)
        elif isinstance(block, List):
            public = tuple(item for item in block.items if not _holds_secret(item))
            private = tuple(item for item in block.items if _holds_secret(item))
            if public:
                kept.append(replace(block, items=public))
            secret.append(replace(block, items=private))
        else:
            secret.append(block)
    return kept, secret


def _holds_secret(block: Block | ListItem) -> bool:
    """Whether any line of a block is secret."""
    return any(is_secret(line.text) for line in lines((block,)))
