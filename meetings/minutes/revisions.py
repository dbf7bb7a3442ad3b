"""What each section of a page said in each revision of the page: only where its text changed. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from meetings.minutes.agenda import MinutesSection
from meetings.minutes.names import spaced
from meetings.minutes.reading import Minutes
from meetings.minutes.vocabulary import key
from meetings.twiki import history

#: What makes a section the same one in another text of its page: kind, area or heading, and which one of these.
Identity = tuple[str, str, int]

_HEADING = re.compile(rb"---+(\++)")
#: What may reach from one piece of a page into another: blocks of HTML, macros, settings, joined lines, odd bytes.
_ENTANGLED = re.compile(
    rb"<(?!/?(?:nop|br|a|b|big|code|del|em|font|i|img|s|small|span|strong|sub|sup|tt|u)\b|[^A-Za-z/!])"
    rb"|%(?!META:TOPIC|META:FILEATTACHMENT|TOC[%{]|BR%|ATTACHURL(?:PATH)?%|(?:RED|GREEN|BLUE|ORANGE|ENDCOLOR)%"
    rb"|(?:EDIT)?TABLE\{[^{}\n]*\}%\s*?\n\|)[A-Z]"
    rb"|^\s+\*\s+(?:Set|Local)\b|^---+#|\\\s*\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f]|\A(?:\xff\xfe|\xfe\xff)",
    re.IGNORECASE | re.MULTILINE,
)
_SAVED = re.compile(rb"^%META:TOPICINFO\{.*\}%\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PastText:
    """A text that a section had: who saved it, and when (UTC)."""

    body: str
    author: str
    saved_at: datetime


class _Part(NamedTuple):
    """A section as far as its history goes: its kind, its area or heading, and its text."""

    kind: str
    name: str
    body: str


def identified(minutes: Minutes) -> Iterator[tuple[Identity, MinutesSection]]:
    """The sections of a page with what they are known by."""
    yield from zip(_identities(map(_part, minutes.sections)), minutes.sections, strict=True)


def _part(section: MinutesSection) -> _Part:
    return _Part(section.kind, section.area or key(section.heading), section.body)


def _identities(parts: Iterable[_Part]) -> Iterator[Identity]:
    """What each section is known by."""
    seen: Counter[tuple[str, str]] = Counter()
    for kind, name, _ in parts:
        yield kind, name, seen[kind, name]
        seen[kind, name] += 1


def past_texts(
    data: bytes, newest: bytes, told: Minutes, read: Callable[[bytes], Minutes]
) -> tuple[dict[Identity, list[PastText]], str]:
    """Each section's texts before the newest page's, the oldest first; and what is wrong with the RCS file.

    `newest` is the page as it lies beside its history, which RCS holds too, and `told` is what it says.
    """
    past = history.read(data)
    reader = _Reader(read)
    reader.remember(newest, told)
    texts: dict[Identity, list[PastText]] = {}
    for revision in past.revisions:
        if revision.text == newest:
            continue
        parts = reader.parts(revision.text)
        for identity, part in zip(_identities(parts), parts, strict=True):
            known = texts.setdefault(identity, [])
            if part.body != (known[-1].body if known else ""):
                known.append(PastText(part.body, spaced(revision.author), revision.saved_at))
    return texts, past.damage


class _Reader:
    """Reads the revisions of one page, and of each only what no other revision said in the same place."""

    def __init__(self, read: Callable[[bytes], Minutes]) -> None:
        self._read = read
        self._layouts: list[_Layout] = []

    def remember(self, text: bytes, told: Minutes) -> None:
        """Keep what a whole text says, for others with its headings."""
        level = _agenda_level(text, told)
        if level and not _ENTANGLED.search(text):
            layout = _Layout(text, level)
            layout.learn(layout.pieces(text), told)
            self._layouts.append(layout)

    def parts(self, text: bytes) -> list[_Part]:
        """The sections of a text."""
        layout = next((layout for layout in self._layouts if layout.fits(text)), None)
        if layout is not None:
            pieces = layout.pieces(text)
            shown = layout.unknown(pieces)
            if shown and not _ENTANGLED.search(b"".join(shown)):
                layout.learn(pieces, self._read(b"".join(shown)), shown)
                shown = []
            if not shown:
                return layout.parts(pieces)
        told = self._read(text)
        self.remember(text, told)
        return list(map(_part, told.sections))


def _agenda_level(text: bytes, told: Minutes) -> int:
    """How deep the headings of the agenda are: two that name areas settle it, whatever stands below. 0 without."""
    lines = {section.line for section in told.sections if section.kind == "area"}
    found = enumerate(text.split(b"\n"), 1)
    headings = (_HEADING.match(written) for line, written in found if line in lines)
    levels = Counter(len(heading[1]) for heading in headings if heading)
    return min((level for level, count in levels.items() if count > 1), default=0)


class _Layout:
    """The agenda that some revisions of a page share, and what each piece of text between was found to say.

    A section's text depends on its own lines, and on the headings of the agenda, which tell what its own one means:
    so a piece that was read once says the same in the same place of every text with these headings.
    """

    def __init__(self, text: bytes, level: int) -> None:
        self._heading = re.compile(rb"^---+\+{1,%d}(?!\+).*\n?" % level, re.MULTILINE)
        self._headings = self._heading.findall(text)
        self._said: dict[tuple[int, bytes], list[_Part]] = {}

    def fits(self, text: bytes) -> bool:
        """Whether a text has this agenda."""
        return self._heading.findall(text) == self._headings

    def pieces(self, text: bytes) -> list[bytes]:
        """What stands before the agenda, and the text of each item with its heading."""
        starts = (match.start() for match in self._heading.finditer(text))
        return [text[start:end] for start, end in pairwise([0, *starts, len(text)])]

    def _places(self, pieces: list[bytes]) -> list[tuple[int, bytes]]:
        """What each piece is known by. A signature or footer may stand at either end, so these two go together."""
        ends = _SAVED.sub(b"", pieces[0]) + pieces[-1]
        return [(at, ends if at in (0, len(pieces) - 1) else piece) for at, piece in enumerate(pieces)]

    def unknown(self, pieces: list[bytes]) -> list[bytes]:
        """The pieces to read, those that are known as a heading only; nothing where all are known."""
        known = [place in self._said for place in self._places(pieces)]
        if all(known):
            return []
        headings = zip(pieces[1:-1], known[1:-1], self._headings[:-1], strict=True)
        return [pieces[0], *(heading if said else piece for piece, said, heading in headings), pieces[-1]]

    def learn(self, pieces: list[bytes], told: Minutes, shown: list[bytes] | None = None) -> None:
        """Keep what the pieces say, where `told` was read from them as they were shown."""
        starts = list(accumulate((piece.count(b"\n") for piece in shown or pieces), initial=1))
        said: list[list[_Part]] = [[] for _ in pieces]
        for section in told.sections:
            said[bisect_right(starts, section.line, hi=len(pieces)) - 1].append(_part(section))
        for place, parts in zip(self._places(pieces), said, strict=True):
            self._said.setdefault(place, parts)

    def parts(self, pieces: list[bytes]) -> list[_Part]:
        """What pieces that are all known say."""
        return [part for place in self._places(pieces) for part in self._said[place]]
