"""What differs between two texts, by line and inside the lines by word. Pure: standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from meetings.alignment import Effort, changes, words


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a line, and whether they are what changed in it; in a line that is new as a whole none is."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison: in both texts, only in the old, only in the new, or a gap of lines left out."""

    kind: Literal["same", "removed", "added", "gap"]
    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(part.text for part in self.parts)


def line_diff(old: str, new: str, *, context: int | None = 2) -> list[DiffLine]:
    """What changed from one text to another, with some unchanged lines around it (None: all); empty where nothing did.

    >>> [(line.kind, line.text) for line in line_diff("a\\nb", "a\\nc")]
    [('same', 'a'), ('removed', 'b'), ('added', 'c')]
    """
    lines = list(_compared(old.split("\n") if old else [], new.split("\n") if new else []))
    changed = [number for number, line in enumerate(lines) if line.kind != "same"]
    if not changed or context is None:
        return lines if changed else []
    near = {number + step for number in changed for step in range(-context, context + 1)}
    shown: list[DiffLine] = []
    for number, line in enumerate(lines):
        if number in near:
            shown.append(line)
        elif not shown or shown[-1].kind != "gap":
            shown.append(DiffLine("gap"))
    return shown


def _compared(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    """Every line of both texts in order."""
    at, lines, effort = 0, Effort(), Effort()
    for change in changes(old, new, lines):
        yield from (DiffLine("same", (Part(text),)) for text in old[at : change.low])
        yield from _marked(old[change.low : change.high], new[change.new_low : change.new_high], effort)
        at = change.high
    yield from (DiffLine("same", (Part(text),)) for text in old[at:])


def _marked(old: list[str], new: list[str], effort: Effort) -> Iterator[DiffLine]:
    """Lines that were replaced by others, with the words marked that are not in both."""
    removed, added = words("\n".join(old)), words("\n".join(new))
    gone: set[int] = set()
    came: set[int] = set()
    for change in changes(removed, added, effort):
        gone.update(range(change.low, change.high))
        came.update(range(change.new_low, change.new_high))
    yield from (DiffLine("removed", parts) for parts in (_lines(removed, gone) if old else ()))
    yield from (DiffLine("added", parts) for parts in (_lines(added, came) if new else ()))


def _lines(found: list[str], changed: set[int]) -> Iterator[tuple[Part, ...]]:
    """Words as lines, those side by side that changed or did not as one part."""
    line: list[Part] = []
    for place, word in enumerate([*found, "\n"]):
        if word == "\n":
            yield tuple(line) if len(line) > 1 else tuple(Part(part.text) for part in line)
            line = []
            continue
        bare = word.lstrip()
        # A blank before the first changed word did not change with it.
        if place in changed and not (line and line[-1].changed) and len(bare) < len(word):
            _add(line, word[: len(word) - len(bare)], changed=False)
            word = bare
        _add(line, word, changed=place in changed)


def _add(line: list[Part], text: str, *, changed: bool) -> None:
    """Put some text at the end of a line."""
    if line and line[-1].changed == changed:
        line[-1] = Part(line[-1].text + text, changed)
    elif text:
        line.append(Part(text, changed))
