"""Saving a section's text: on the newest one, or merged with what came in between. Whatever was typed is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from meetings.merging import Merge, merge
from meetings.models import Section, SectionRevision
from meetings.models.section import plain


@dataclass(frozen=True, slots=True)
class Saved:
    """The text is the section's: whether that changed it, and whose changes it was merged with."""

    changed: bool
    merged_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people changed the same words: what was typed is set aside until somebody chooses."""

    typed: SectionRevision
    theirs: SectionRevision

    @property
    def merge(self) -> Merge:
        """Both texts put together, with what is left to choose; the same each time it is asked for."""
        base = self.typed.base.body if self.typed.base else ""
        return merge(base, self.typed.body, self.theirs.body)


def save(
    section: Section, body: str, *, at: datetime, state: str, base: int, author: User, origin: str = "web"
) -> Saved | Clash:
    """Save a text that was written on the revision with the number `base` (0: on nothing). Needs a transaction.

    Where another text came in between, both are merged, and what was typed is in the history beside the merge.
    """
    section.lock()
    body, before = plain(body), section.head
    theirs = section.newest_revision()
    if theirs is None or base == before or body == section.body:
        section.write(body, at=at, state=state, author=author, origin=origin)
        return Saved(section.head != before)
    written_on = section.revisions.filter(number=base).first()
    old = written_on.body if written_on else ""
    merged = merge(old, body, section.body)
    if merged.clashes:
        return Clash(section.set_aside(body, at=at, base=written_on, author=author), theirs)
    text = merged.text()
    if body not in (old, text):
        section.set_aside(body, at=at, base=written_on, author=author)
    contradicts = state == Section.State.NOTHING and text.strip()
    merging = SectionRevision.Origin.MERGE
    section.write(text, at=at, state=None if contradicts else state, base=written_on, author=author, origin=merging)
    return Saved(section.head != before, _others(section, base, before, author))


def _others(section: Section, base: int, newest: int, author: User) -> tuple[str, ...]:
    """Who saved after one revision up to another; somebody's own saves in another window count if there are no more."""
    between = section.revisions.filter(number__gt=base, number__lte=newest, aside=False).order_by("number")
    names = dict.fromkeys(
        "your own other" if revision.author_id == author.pk else f"{revision.written_by}’s"
        for revision in between.select_related("author")
    )
    return tuple(names)


def restore(section: Section, revision: SectionRevision, *, at: datetime, author: User) -> bool:
    """Make an earlier text the section's again, as a new revision; says if it changed. Needs a transaction."""
    section.lock()
    before = section.head
    state = Section.State.DRAFT if section.state == Section.State.NOTHING else None
    origin = SectionRevision.Origin.RESTORE
    section.write(revision.body, at=at, state=state, base=revision, author=author, origin=origin)
    return section.head != before
