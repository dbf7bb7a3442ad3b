"""Where two sequences of lines or words are alike. Pure: standard library only.

The search is Myers' (An O(ND) Difference Algorithm, 1986), in linear space, on what occurs in both sequences; then
each change slides as far down as it can, as in git. So merges come out as `git merge-file` has them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: A line end, or a word with the blanks before it: so a word added to a line changes no other word of it.
_WORD = re.compile(r"\n|[^\S\n]*\S+|[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Change:
    """`old[low:high]` became `new[new_low:new_high]`; either may be empty."""

    low: int
    high: int
    new_low: int
    new_high: int


@dataclass(slots=True)
class Effort:
    """How many steps may still be searched. Once there are none, what is left counts as replaced whole."""

    left: int = 400_000


def words(text: str) -> list[str]:
    """The words and line ends of a text, with nothing left out.

    >>> words("* one two\\n")
    ['*', ' one', ' two', '\\n']
    """
    return _WORD.findall(text)


def changes(old: Sequence[str], new: Sequence[str], effort: Effort) -> list[Change]:
    """What has to change to get from one sequence to the other; between two changes something is always kept.

    >>> changes("abcd", "aXcd", Effort())
    [Change(low=1, high=2, new_low=1, new_high=2)]
    """
    pairs = _kept(old, new, effort)
    gaps = _gaps([low for low, _ in pairs], len(old))
    new_gaps = _gaps([high for _, high in pairs], len(new))
    _slide(old, gaps, new_gaps)
    _slide(new, new_gaps, gaps)
    found = []
    at = new_at = 0
    for gap, new_gap in zip(gaps, new_gaps, strict=True):
        if gap or new_gap:
            found.append(Change(at, at + gap, new_at, new_at + new_gap))
        at, new_at = at + gap + 1, new_at + new_gap + 1
    return found


def _kept(old: Sequence[str], new: Sequence[str], effort: Effort) -> list[tuple[int, int]]:
    """The places, in both sequences, of what a shortest script of changes keeps."""
    in_old, in_new = set(old), set(new)
    places = [place for place, item in enumerate(old) if item in in_new]
    new_places = [place for place, item in enumerate(new) if item in in_old]
    ours, theirs = [old[place] for place in places], [new[place] for place in new_places]
    pairs: list[tuple[int, int]] = []
    boxes = [(0, len(ours), 0, len(theirs))]
    while boxes:
        low, high, new_low, new_high = boxes.pop()
        while low < high and new_low < new_high and ours[low] == theirs[new_low]:
            pairs.append((low, new_low))
            low, new_low = low + 1, new_low + 1
        while low < high and new_low < new_high and ours[high - 1] == theirs[new_high - 1]:
            high, new_high = high - 1, new_high - 1
            pairs.append((high, new_high))
        if (
            low < high
            and new_low < new_high
            and (middle := _middle(ours, theirs, low, high, new_low, new_high, effort))
        ):
            boxes += [(low, middle[0], new_low, middle[1]), (middle[0], high, middle[1], new_high)]
    return sorted((places[place], new_places[new_place]) for place, new_place in pairs)


def _middle(
    old: list[str], new: list[str], low: int, high: int, new_low: int, new_high: int, effort: Effort
) -> tuple[int, int] | None:
    """A point in the middle of a shortest way through a box, searched from both its corners at once.

    Ways are told apart by their diagonal, `place - new_place`; of each is kept how far it came. Nothing comes back
    when the effort is spent. The box begins and ends with items that differ.
    """
    first, last = low - new_low, high - new_high
    bounds = (low - new_high, high - new_low)
    ahead, behind = {first: low}, {last: high}
    meets_ahead = (last - first) % 2 == 1
    steps = 0
    while effort.left > 0:
        steps += 1
        for diagonal in _reached(first, steps, *bounds):
            before, after = ahead.get(diagonal - 1, -1), ahead.get(diagonal + 1, -1)
            start = place = before + 1 if before >= after else after
            while place < high and place - diagonal < new_high and old[place] == new[place - diagonal]:
                place += 1
            ahead[diagonal] = place
            effort.left -= 1 + place - start
            if meets_ahead and behind.get(diagonal, place + 1) <= place:
                return place, place - diagonal
        for diagonal in _reached(last, steps, *bounds):
            before, after = behind.get(diagonal - 1, high + 1), behind.get(diagonal + 1, high + 1)
            start = place = before if before < after else after - 1
            while place > low and place - diagonal > new_low and old[place - 1] == new[place - diagonal - 1]:
                place -= 1
            behind[diagonal] = place
            effort.left -= 1 + start - place
            if not meets_ahead and ahead.get(diagonal, place - 1) >= place:
                return place, place - diagonal
    return None


def _reached(center: int, steps: int, lowest: int, highest: int) -> range:
    """The diagonals that lie so many steps around one, from above; every second, inside the box."""
    top = center + steps - max(0, (center + steps - highest + 1) // 2 * 2)
    return range(top, max(center - steps, lowest) - 1, -2)


def _gaps(places: list[int], length: int) -> list[int]:
    """How many items are left out before each of these places, and after the last."""
    edges = [-1, *places, length]
    return [after - before - 1 for before, after in pairwise(edges)]


def _slide(items: Sequence[str], gaps: list[int], others: list[int]) -> None:
    """Move each gap of a sequence down as far as the items allow, or to the last place beside a gap of the other.

    "a [b a] b" is the same as "a b [a b]": where an item before a gap is its last one, the gap can move up.
    Gaps that meet become one.
    """
    at, start = 0, 0
    while at < len(gaps):
        size = -1
        beside = None
        while gaps[at] and size != gaps[at]:
            size = gaps[at]
            while at and items[start - 1] == items[start + gaps[at] - 1]:
                start -= 1 + gaps[at - 1]
                _join(gaps, at, at - 1)
                at -= 1
            top = at
            beside = at if others[at] else None
            while at + 1 < len(gaps) and items[start] == items[start + gaps[at]]:
                _join(gaps, at, at + 1)
                at, start = at + 1, start + 1
                beside = at if others[at] else beside
        if beside is not None and beside >= top and beside != at:
            _join(gaps, at, beside)
            start -= at - beside
            at = beside
        start += gaps[at] + 1
        at += 1


def _join(gaps: list[int], here: int, there: int) -> None:
    """Move a gap to the place of another."""
    gaps[there] += gaps[here]
    gaps[here] = 0
