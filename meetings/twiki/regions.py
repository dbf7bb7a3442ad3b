"""Regions that the line rules must not see: comments, `<verbatim>`, `<pre>`, `<literal>`, scripts.

Each is taken out of the text and replaced by one mark; its newlines become ghosts, so that what follows keeps its
line number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from meetings.twiki import html
from meetings.twiki.macros import Macros
from meetings.twiki.nodes import Preformatted, Problem, Text
from meetings.twiki.source import GHOST, STASH_CLOSE, STASH_OPEN

NEEDED = re.compile(r"<(?:!--|!doctype|(?:verbatim|literal|pre|script|style)\b)", re.IGNORECASE)
"""Whether a text holds a region at all."""
_OPEN = re.compile(r"<(?:!--|(!doctype|verbatim|literal|pre|script|style)\b[^<>]*>)", re.IGNORECASE)
_TAG = {
    name: re.compile(rf"<(/?){name}\b[^<>]*>", re.IGNORECASE)
    for name in ("verbatim", "literal", "pre", "script", "style")
}
_BROKEN_TAG = re.compile(r"<([A-Za-z][\w-]*)\s[^<>]*>")


@dataclass(frozen=True, slots=True)
class Raw:
    """HTML to be read without TWiki's own rules: what `<pre>` and `<literal>` hold."""

    text: str
    line: int
    end_line: int
    preformatted: bool


class Regions:
    """Takes the regions out of one page's text."""

    def __init__(self, stash: list[object], problems: list[Problem], macros: Macros) -> None:
        self.stash = stash
        self.problems = problems
        self.macros = macros

    def take_out(self, text: str) -> str:
        """The text with a mark in place of each region."""
        parts: list[str] = []
        position, line = 0, 1
        endless: set[str] = set()
        while match := _OPEN.search(text, position):
            name = (match[1] or "!--").lower()
            line += text.count("\n", position, match.start())
            parts.append(text[position : match.start()])
            end, after = self._end(text, name, match.end(), endless)
            if end < 0:
                self.problems.append(
                    Problem(line, "warning", f"<{name} is never closed; what follows was read as usual text.")
                )
                position = match.end()
                continue
            inner = text[match.end() : end]
            newlines = text.count("\n", match.start(), after)
            parts += (self._replaced(name, inner, line, line + newlines), GHOST * newlines)
            position, line = after, line + newlines
        parts.append(text[position:])
        return "".join(parts)

    def _end(self, text: str, name: str, start: int, endless: set[str]) -> tuple[int, int]:
        """Where the region's content and the region end; (-1, -1) for none. TWiki lets `<pre>` and such run on."""
        if name == "!doctype":
            return start, start
        if name == "!--":
            end = -1 if name in endless else text.find("-->", start)
            if end < 0:
                endless.add(name)
            return end, end + 3
        if name in endless:
            return -1, -1
        depth = 1
        for tag in _TAG[name].finditer(text, start):
            depth += -1 if tag[1] else 1
            if not depth:
                return tag.start(), tag.end()
        if name in ("script", "style"):
            endless.add(name)
            return -1, -1
        return len(text), len(text)

    def _replaced(self, name: str, inner: str, line: int, end_line: int) -> str:
        """What stands in the text for a region."""
        if name in ("!--", "!doctype"):
            return "<nop>"
        if name in ("script", "style"):
            self.problems.append(Problem(line, "note", f"<{name}> was left out."))
            return "<nop>"
        if name == "verbatim":
            return self._stashed(Preformatted((Text(_framed(inner.replace("\t", "   "))),), line, end_line))
        if name == "pre":
            inner = self.macros.expand(inner, line)
        return self._stashed(Raw(_framed(inner) if name == "pre" else inner, line, end_line, name == "pre"))

    def _stashed(self, piece: object) -> str:
        """Put a block aside."""
        self.stash.append(piece)
        return f"{STASH_OPEN}{len(self.stash) - 1}{STASH_CLOSE}"


def _framed(text: str) -> str:
    """Without the newline after the start tag and the one before the end tag, as browsers show it."""
    text = text.removeprefix("\n")
    head, newline, tail = text.rpartition("\n")
    return head if newline and not tail.strip() else text


def join_tags(text: str) -> str:
    """An HTML tag written over several lines, on one."""
    return _BROKEN_TAG.sub(_joined, text)


def _joined(match: re.Match[str]) -> str:
    tag = match[0]
    if "\n" not in tag or "=" not in tag or "\n\n" in tag or match[1].lower() not in html.KNOWN:
        return tag
    return tag.replace("\n", " ")[:-1] + ">" + GHOST * tag.count("\n")
