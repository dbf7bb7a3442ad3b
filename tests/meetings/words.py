"""The word count that every import must pass: each visible word of a source is somewhere in its minutes."""

import html
import re
from collections import Counter
from collections.abc import Iterable

from meetings.minutes.lines import lines
from meetings.twiki.nodes import Block

_META = re.compile(r"^%META:(\w+)\{(.*)\}%\s*$", re.MULTILINE)
_SHOWN_META = re.compile(r'(?:title|value)="([^"]*)"')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ADDRESS = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']?([^"' >]+)[^>]*>""", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_MACRO = re.compile(r"%[A-Z]+(?:\{[^{}\n]*\})?%")
_LINK = re.compile(r"\[\[([^\]\n]+)\]\[([^\]\n]+)\]\]")
_COUNT = re.compile(r"^ *(?:#?\d{1,2}(?:\.\d+)*|[A-Za-z])[.)] (?=\S)|^[#]\w+ ", re.MULTILINE)
_BOOKMARK = re.compile(r"\[bookmark: [^\]]*\]")
_WORD = re.compile(r"[^\W_]+")

CONNECTING = {"and"}
"""What stands between two names of a list; the list itself says it."""


def of_source(text: str) -> Counter[str]:
    """The words that a reader of a page sees, addresses included: markup, META and macros are none."""
    text = _META.sub(lambda m: "\n".join(_SHOWN_META.findall(m[2])) if m[1] == "FIELD" else "", text)
    text = _BOOKMARK.sub(" ", _COMMENT.sub("", text))
    text = _ADDRESS.sub(r" \1 ", text).replace("<nop>", "")
    text = _LINK.sub(lambda m: f"{m[1]} {m[2]}" if "/" in m[1] or "@" in m[1] else m[2], text)
    text = _MACRO.sub("", _TAG.sub(" ", text))
    text = re.sub(r"\bMain\.(?=[A-Z])", "", _COUNT.sub("", text))
    return Counter(_WORD.findall(html.unescape(text)))


def of_blocks(blocks: Iterable[Block]) -> Counter[str]:
    """The words of parsed blocks, addresses included."""
    return Counter(word for line in lines(blocks) for word in _WORD.findall(line.text))


def of_json(value: object) -> Counter[str]:
    """The words of every text in an object; a person's name also as the one word that a wiki makes of it."""
    if isinstance(value, dict):
        names = [value.get("name"), value.get("created_by"), *value.get("leads", ())]
        glued = Counter(_WORD.findall(" ".join(name.replace(" ", "") for name in names if name and " " in name)))
        return sum(map(of_json, value.values()), glued)
    if isinstance(value, list | tuple):
        return sum(map(of_json, value), Counter())
    if not isinstance(value, str):
        return Counter()
    shown = re.sub(r"\[\[|\]\]", "", html.unescape(value))  # a link may end inside a word: [[NightShift]]é
    return Counter(_WORD.findall(value)) | Counter(_WORD.findall(html.unescape(value))) | Counter(_WORD.findall(shown))


def lost(text: str, minutes: dict[str, object]) -> dict[str, int]:
    """The words of a source that its minutes do not have as often; empty where none is lost."""
    missing = of_source(text) - of_json(minutes)
    return {word: count for word, count in missing.items() if word not in CONNECTING}
