"""Texts without dial-in details, as outsiders may read them: the least around a secret gives way to a marker. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from meetings.minutes.dialin import is_secret
from meetings.minutes.names import names_in

MARKER = "(dial-in details: members only)"
"""What outsiders read in their place."""

_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_PARENTHESES = re.compile(r"(?<!\])\((?:[^()]|\([^()]*\))*\)")
_MARK_UP = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\*+|`+|~~|(?<!\w)_+|_+(?!\w)|</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_BEFORE_TEXT = re.compile(r"^\s*(?:(?:>|#{1,6}|[-+*]|\d{1,9}[.)]|\[[ xX]\])(?:\s+|$))*")
_BAR = re.compile(r"(?<!\\)\|")
_NUMBERED = re.compile(r"\d|://|@")
_ANNOUNCING = re.compile(
    r"\W*(?:(?:tele)?phone|tel|cell|mobile|fax|office|extn?|dial|pin|(?:pass)?code|password|room|zoom|id|number)\W*",
    re.IGNORECASE,
)


def hide(markdown: str) -> str:
    """A text as outsiders may read it: each sentence, or cell of a table, that holds a secret gives way to a marker."""
    lines = markdown.split("\n")
    heads: list[str] = []
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if index and "|" in line and "-" in line and not line.strip(" \t|:-"):
            heads = _BAR.split(lines[index - 1])
        elif _BAR.search(line):
            lines[index] = _hide_row(line, heads)
        else:
            heads = []
            start = _BEFORE_TEXT.match(line)
            before = start[0] if start else ""
            lines[index] = before + hide_words(line[len(before) :])
    return _hide_parted(lines)


def withholds(markdown: str) -> bool:
    """Whether outsiders read less of a text than it says."""
    return hide(markdown) != markdown


def hide_words(line: str) -> str:
    """The same for a line without a margin, such as a name or a heading."""
    if not _tells(line):
        return line
    shorter = _PARENTHESES.sub(lambda found: MARKER if _tells(found[0][1:-1]) else found[0], line)
    if not _tells(shorter):
        return shorter
    sentences = _SENTENCE.split(shorter)
    found = secret_ones(sentences)
    first = min(found, default=None)
    said = " ".join(
        MARKER if index == first else text
        for index, text in enumerate(sentences)
        if index not in found or index == first
    )
    return MARKER if _tells(said) or _is_torn(said) else said


def secret_ones(texts: Sequence[str]) -> set[int]:
    """Which of some neighbours hold a secret, be it only with the words of the one before (`PIN:`, `4711`)."""
    found = {index for index, text in enumerate(texts) if _tells(text)}
    for index in range(1, len(texts)):
        label, value = texts[index - 1].strip(), texts[index].strip()
        between = "" if label.endswith("-") else " "
        may = label and value and (label[-1] in ":-" or any(map(str.isdigit, value.split(maxsplit=1)[0])))
        if may and not {index - 1, index} & found and _tells(f"{label[-200:]}{between}{value[:200]}"):
            found |= {index - 1, index} if label[-1].isdigit() or not between else {index}
    return found


def secrets_below(heads: Sequence[str], cells: Sequence[str]) -> set[int]:
    """Which cells of a row hold a secret below their head."""
    pairs = enumerate(zip(heads, cells, strict=False))
    return {index for index, (head, cell) in pairs if cell.strip() and _tells(f"{head.strip()}: {cell.strip()}")}


def _tells(markdown: str) -> bool:
    """Whether a line holds a secret, as it is written or as it is shown."""
    shown = _MARK_UP.sub("", html.unescape(markdown))
    return is_secret(markdown) or (shown != markdown and is_secret(shown))


def _hide_row(row: str, heads: Sequence[str]) -> str:
    """A row of a table without the cells that hold a secret, be it only below their head or beside their label."""
    cells = _BAR.split(row)
    found = secret_ones(cells) | secrets_below(heads, cells)
    return "|".join(f" {MARKER} " if index in found else cell for index, cell in enumerate(cells))


def _hide_parted(lines: list[str]) -> str:
    """The text, without what is a secret only as the lines stand one below the other."""
    filled = [index for index, line in enumerate(lines) if line.strip() and not _BAR.search(line)]
    for place in secret_ones([_BEFORE_TEXT.sub("", lines[index]) for index in filled]):
        start = _BEFORE_TEXT.match(lines[filled[place]])
        lines[filled[place]] = (start[0] if start else "") + MARKER
    return "\n".join(lines)


def _is_torn(markdown: str) -> bool:
    """Whether only one end of something bold, a link or code is left."""
    return any(markdown.count(mark) % 2 for mark in ("**", "`")) or markdown.count("[") != markdown.count("]")


def shorn(text: str) -> str:
    """A heading or a roll without telephone numbers and the like, but with the names beside them.

    What else stands in the same parentheses goes as well: it only said whose number that was.
    """
    shorter = shorn_inside(text)
    return _without_numbers(shorter) if is_secret(shorter) else shorter


def shorn_inside(text: str) -> str:
    """The same for what stands in parentheses only."""
    return _PARENTHESES.sub(_shorn_parentheses, text)


def _shorn_parentheses(found: re.Match[str]) -> str:
    """`(Tony)` for `(Tony 630-840-2222)`; nothing where neither names nor abbreviations are left."""
    if not is_secret(found[0][1:-1]):
        return found[0]
    left = _without_numbers(found[0][1:-1]).strip(" ,;:-")
    named = left and not any(word[0].islower() for word in left.split())
    return f"({left})" if named or names_in(left) else ""


def _without_numbers(text: str) -> str:
    """The words of a text that hold no digit and no address, and only announce none."""
    kept: list[str] = []
    for word in text.split():
        if not (_NUMBERED.search(word) or _ANNOUNCING.fullmatch(word)):
            kept.append(word)
        elif word[-1] in ",;" and kept and kept[-1][-1] not in ",;":
            kept[-1] += word[-1]
    return " ".join(kept)
