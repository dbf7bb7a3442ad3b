"""What each section of a page said in each revision of the page: only where its text changed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from meetings.minutes import Minutes, MinutesSection
from meetings.names import spaced
from meetings.twiki import history
from meetings.vocabulary import key

#: What makes a section the same one in another text of its page: kind, area or heading, and which one of these.
Identity = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class PastText:
    """A text that a section had: who saved it, and when (UTC)."""

    body: str
    author: str
    saved_at: datetime


def identified(minutes: Minutes) -> Iterator[tuple[Identity, MinutesSection]]:
    """The sections of a page with what they are known by."""
    seen: Counter[tuple[str, str]] = Counter()
    for section in minutes.sections:
        name = (section.kind, section.area or key(section.heading))
        yield (*name, seen[name]), section
        seen[name] += 1


def past_texts(
    data: bytes, newest: bytes, read: Callable[[bytes], Minutes]
) -> tuple[dict[Identity, list[PastText]], str]:
    """Each section's texts before the newest page's, the oldest first; and what is wrong with the RCS file.

    `newest` is the page as it lies beside its history, which RCS holds too: that one is left to the caller.
    """
    past = history.read(data)
    texts: dict[Identity, list[PastText]] = {}
    for revision in past.revisions:
        if revision.text == newest:
            continue
        for identity, section in identified(read(revision.text)):
            told = texts.setdefault(identity, [])
            if section.body != (told[-1].body if told else ""):
                told.append(PastText(section.body, spaced(revision.author), revision.saved_at))
    return texts, past.damage
