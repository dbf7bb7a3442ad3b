"""Merging two texts that were written on the same third one: by line, then by word where lines clash. Pure.

Lines merge as with `git merge-file`: changes of the two sides that neither overlap nor touch are both taken. Where
they do, the same is tried with words, which git does not; what clashes then as well is left to the reader, in whole
lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from meetings.alignment import Change, Effort, changes, words

Choice = Literal["ours", "theirs", "both"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of a merge: what nobody changed, what came out of changes, or a clash with both its sides."""

    kind: Literal["same", "merged", "clash"]
    lines: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()

    def chosen(self, choice: Choice) -> tuple[str, ...]:
        """A clash with one of its sides, or theirs with ours below."""
        return {"ours": self.ours, "theirs": self.theirs, "both": self.theirs + self.ours}[choice]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two texts put together, with what is left to choose."""

    chunks: tuple[Chunk, ...]

    @property
    def clashes(self) -> tuple[Chunk, ...]:
        """Where both sides changed the same words."""
        return tuple(chunk for chunk in self.chunks if chunk.kind == "clash")

    def text(self, choices: Sequence[Choice] = ()) -> str:
        """The whole, with a choice for each clash in order. Raises `ValueError` where there are more or fewer."""
        if len(choices) != len(self.clashes):
            raise ValueError(f"{len(choices)} choices for {len(self.clashes)} clashes")
        left = iter(choices)
        return "\n".join(
            line
            for chunk in self.chunks
            for line in (chunk.chosen(next(left)) if chunk.kind == "clash" else chunk.lines)
        )


def merge(base: str, ours: str, theirs: str) -> Merge:
    """Put together what two sides made of a text.

    >>> merge("one\\ntwo\\nthree", "one!\\ntwo\\nthree", "one\\ntwo\\nthree!").text()
    'one!\\ntwo\\nthree!'
    """
    sides = (_Side(ours.split("\n")), _Side(theirs.split("\n")))
    chunks: list[Chunk] = []
    for piece in _pieces(base.split("\n"), *sides):
        if piece.kind == "clash":
            chunks += _by_words(piece, *(side.effort for side in sides))
        else:
            chunks.append(Chunk(piece.kind, piece.items))
    return Merge(tuple(_joined(chunks)))


@dataclass(frozen=True, slots=True)
class _Side:
    """A text that was made of the base, as lines or words, and how much searching it may still cost."""

    items: Sequence[str]
    effort: Effort = field(default_factory=Effort)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the base and what became of it; `items` is the outcome where there is one."""

    kind: Literal["same", "merged", "clash"]
    items: tuple[str, ...]
    base: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


def _pieces(base: Sequence[str], ours: _Side, theirs: _Side) -> Iterator[_Piece]:
    """The base in stretches that neither side changed, one did, or both; those that touch are one."""
    at = 0
    for low, high, of_ours, of_theirs in _meetings(
        changes(base, ours.items, ours.effort), changes(base, theirs.items, theirs.effort)
    ):
        if at < low:
            yield _Piece("same", tuple(base[at:low]))
        stretch = tuple(base[low:high])
        mine = _outcome(base, ours.items, low, high, of_ours)
        other = _outcome(base, theirs.items, low, high, of_theirs)
        if not of_ours or not of_theirs or mine == other:
            yield _Piece("merged", mine if of_ours else other, stretch, mine, other)
        else:
            yield _Piece("clash", (), stretch, mine, other)
        at = high
    if at < len(base):
        yield _Piece("same", tuple(base[at:]))


def _meetings(ours: list[Change], theirs: list[Change]) -> Iterator[tuple[int, int, list[Change], list[Change]]]:
    """The stretches of the base that changes cover, each with those of both sides that meet there."""
    both = sorted(
        [(change.low, change.high, 0, change) for change in ours]
        + [(change.low, change.high, 1, change) for change in theirs],
        key=lambda entry: entry[:3],
    )
    low = high = -1
    sides: tuple[list[Change], list[Change]] = ([], [])
    for start, end, side, change in both:
        if start > high:
            if high >= 0:
                yield low, high, *sides
            low, high, sides = start, end, ([], [])
        high = max(high, end)
        sides[side].append(change)
    if high >= 0:
        yield low, high, *sides


def _outcome(base: Sequence[str], new: Sequence[str], low: int, high: int, made: list[Change]) -> tuple[str, ...]:
    """What one side has in place of a stretch of the base."""
    if not made:
        return tuple(base[low:high])
    first, last = made[0], made[-1]
    return (*base[low : first.low], *new[first.new_low : last.new_high], *base[last.high : high])


def _by_words(piece: _Piece, ours: Effort, theirs: Effort) -> Iterator[Chunk]:
    """A clash of lines merged by words, a line at a time; lines that clash in a word as well stay whole."""
    base, mine, other = (
        words("".join(f"{line}\n" for line in lines)) for lines in (piece.base, piece.ours, piece.theirs)
    )
    row: list[_Piece] = []
    for found in _pieces(base, _Side(mine, ours), _Side(other, theirs)):
        for part in _rows(found):
            row.append(part)
            if part.kind == "same" and part.items[-1] == "\n":
                yield from _row(row)
                row = []
    yield from _row(row)


def _rows(piece: _Piece) -> Iterator[_Piece]:
    """A piece that nobody changed, cut after each line end; any other as it is."""
    if piece.kind != "same":
        yield piece
        return
    start = 0
    for place, word in enumerate(piece.items, 1):
        if word == "\n" or place == len(piece.items):
            yield _Piece("same", piece.items[start:place])
            start = place


def _row(row: list[_Piece]) -> Iterator[Chunk]:
    """Whole lines of merged words; what both sides of a clash begin and end with is no part of it."""
    if not any(piece.kind == "clash" for piece in row):
        kind: Literal["same", "merged"] = "same" if all(piece.kind == "same" for piece in row) else "merged"
        yield Chunk(kind, _lines(word for piece in row for word in piece.items))
        return
    ours = _lines(word for piece in row for word in (piece.items if piece.kind == "same" else piece.ours))
    theirs = _lines(word for piece in row for word in (piece.items if piece.kind == "same" else piece.theirs))
    shortest = min(len(ours), len(theirs))
    head = next((n for n in range(shortest) if ours[n] != theirs[n]), shortest)
    tail = next((n for n in range(shortest - head) if ours[-1 - n] != theirs[-1 - n]), shortest - head)
    yield Chunk("merged", ours[:head])
    yield Chunk("clash", ours=ours[head : len(ours) - tail], theirs=theirs[head : len(theirs) - tail])
    yield Chunk("merged", ours[len(ours) - tail :])


def _lines(found: Iterable[str]) -> tuple[str, ...]:
    """The lines that words with their line ends make."""
    text = "".join(found)
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


def _joined(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """Chunks of one kind that follow each other as one, without empty ones."""
    last: Chunk | None = None
    for chunk in chunks:
        if not (chunk.lines or chunk.ours or chunk.theirs):
            continue
        if last and last.kind == chunk.kind:
            last = Chunk(last.kind, last.lines + chunk.lines, last.ours + chunk.ours, last.theirs + chunk.theirs)
            continue
        if last:
            yield last
        last = chunk
    if last:
        yield last
