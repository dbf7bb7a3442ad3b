"""Comparing texts. Pure: standard library only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Comparing can take the product of both lengths; texts with more pairs of lines count as replaced whole.
MOST_PAIRS = 4_000_000
#: Equal lines are dearer still: each pair of them is looked at again for every change found.
MOST_EQUAL_PAIRS = 50_000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison: in both texts, only in the old, only in the new, or a gap of lines left out."""

    kind: Literal["same", "removed", "added", "gap"]
    text: str = ""


def line_diff(old: str, new: str, *, context: int = 2) -> list[DiffLine]:
    """What changed from one text to another, with some unchanged lines around it; empty where nothing did.

    >>> [(line.kind, line.text) for line in line_diff("a\\nb", "a\\nc")]
    [('same', 'a'), ('removed', 'b'), ('added', 'c')]
    """
    lines = list(_compared(old.split("\n") if old else [], new.split("\n") if new else []))
    changed = [number for number, line in enumerate(lines) if line.kind != "same"]
    near = {number + step for number in changed for step in range(-context, context + 1)}
    shown: list[DiffLine] = []
    for number, line in enumerate(lines if changed else []):
        if number in near:
            shown.append(line)
        elif not shown or shown[-1].kind != "gap":
            shown.append(DiffLine("gap"))
    return shown


def _compared(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    """Every line of both texts in order. What they begin and end with alike is not searched."""
    shortest = min(len(old), len(new))
    head = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    tail = next((n for n in range(shortest - head) if old[-1 - n] != new[-1 - n]), shortest - head)
    yield from (DiffLine("same", text) for text in old[:head])
    yield from _searched(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from (DiffLine("same", text) for text in old[len(old) - tail :])


def _searched(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    """Every line of two texts that begin and end differently."""
    counts = Counter(new)
    if len(old) * len(new) > MOST_PAIRS or sum(counts[text] for text in old) > MOST_EQUAL_PAIRS:
        codes: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    else:
        codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for tag, low, high, new_low, new_high in codes:
        if tag == "equal":
            yield from (DiffLine("same", text) for text in old[low:high])
        else:
            yield from (DiffLine("removed", text) for text in old[low:high])
            yield from (DiffLine("added", text) for text in new[new_low:new_high])
