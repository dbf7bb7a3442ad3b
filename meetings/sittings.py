"""Revisions in sittings: what one person saved without a long pause, also while others were saving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meetings.models import SectionRevision

#: Whoever comes back later than this begins a new sitting.
GAP = timedelta(minutes=30)


@dataclass(slots=True)
class Sitting:
    """Revisions of one author, the oldest first."""

    revisions: list[SectionRevision] = field(default_factory=list)

    @property
    def last(self) -> SectionRevision:
        """What it ended with: the section's text at that time, if it made one."""
        shown = [revision for revision in self.revisions if not revision.aside]
        return (shown or self.revisions)[-1]

    @property
    def began_at(self) -> datetime:
        """When its first text was saved."""
        return self.revisions[0].saved_at

    @property
    def ended_at(self) -> datetime:
        """When its last text was saved."""
        return self.revisions[-1].saved_at


def sittings(revisions: Iterable[SectionRevision]) -> list[Sitting]:
    """The sittings of a section, the one that ended last first; revisions come by number."""
    found: list[Sitting] = []
    running: dict[tuple[int | None, str], Sitting] = {}
    for revision in revisions:
        who = (revision.author_id, revision.author_name)
        sitting = running.get(who)
        if sitting is None or revision.saved_at - sitting.ended_at >= GAP:
            sitting = running[who] = Sitting()
            found.append(sitting)
        sitting.revisions.append(revision)
    return sorted(found, key=lambda sitting: sitting.revisions[-1].number, reverse=True)
