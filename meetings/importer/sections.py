"""The sections of an imported page -> sections with their revisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from django.db.models import F

from meetings.minutes import Minutes, MinutesSection
from meetings.minutes.revisions import Identity, PastText, identified
from meetings.minutes.vocabulary import key
from meetings.models import Area, Meeting, Section, SectionRevision
from meetings.twiki.nodes import Problem

History = dict[Identity, list[PastText]]
#: What an import does to a section: "kept" is one whose text somebody wrote here, which stays the newest.
Change = Literal["new", "changed", "kept", "same"]


def store_sections(
    meeting: Meeting,
    told: Minutes,
    past: History,
    area_of: Callable[[str | None], Area | None],
    *,
    new: bool,
    at: datetime,
) -> list[Problem]:
    """New sections in bulk with their past, known ones as a new revision; what is odd about it comes back.

    A `new` meeting has no sections yet.
    """
    there = {} if new else dict(_known(meeting))
    fresh: list[tuple[Section, list[PastText]]] = []
    problems: list[Problem] = []
    for position, (identity, part) in enumerate(identified(told)):
        if same := there.pop(identity, None):
            problems += _rewrite(same, part, position, told, at)
            continue
        texts = list(past.get(identity, []))
        if part.body != (texts[-1].body if texts else ""):
            texts.append(PastText(part.body, meeting.author, meeting.saved_at or meeting.starts_at))
        section = Section(
            meeting=meeting,
            kind=part.kind,
            area=area_of(part.area),
            heading=part.heading[:250],
            leads=list(part.leads),
            position=position,
            body=part.body,
            head=len(texts),
            line=part.line,
            state=part.state,
        )
        fresh.append((section, texts))
    _create(fresh)
    gone = [section.title for section in there.values() if section.body and section.line]
    return problems + [
        Problem(1, "warning", f"“{title}” is no longer on the page; its text was kept here") for title in gone
    ]


def foresee(meeting: Meeting, told: Minutes) -> list[tuple[MinutesSection, Change]]:
    """What `store_sections` would do to each section of a page; asks the database, and writes nothing."""
    there = dict(_known(meeting)) if meeting.pk else {}
    revisions = SectionRevision.objects.filter(section__in=there.values(), number=F("section__head"))
    newest = {revision.section_id: revision for revision in revisions}
    return [(part, _change(there.get(identity), part, newest)) for identity, part in identified(told)]


def _change(section: Section | None, part: MinutesSection, newest: dict[int, SectionRevision]) -> Change:
    if section is None:
        return "new"
    if section.body == part.body:
        return "same"
    return "kept" if _written_here(section, newest.get(section.pk)) else "changed"


def _known(meeting: Meeting) -> Iterator[tuple[Identity, Section]]:
    """The sections that are there, by what they are known by on the next reading of their page."""
    seen: Counter[tuple[str, str]] = Counter()
    for section in meeting.sections.select_related("area").order_by("position", "pk"):
        name = (section.kind, section.area.slug if section.area else key(section.heading))
        yield (*name, seen[name]), section
        seen[name] += 1


def _create(fresh: list[tuple[Section, list[PastText]]]) -> None:
    """Store new sections and all their revisions; each round of revisions is based on the round before."""
    Section.objects.bulk_create(section for section, _ in fresh)
    newest: dict[int, SectionRevision] = {}
    for number in range(1, max((len(texts) for _, texts in fresh), default=0) + 1):
        rows = [
            SectionRevision(
                section=section,
                number=number,
                base=newest.get(section.pk),
                body=texts[number - 1].body,
                author_name=texts[number - 1].author[:120],
                saved_at=texts[number - 1].saved_at,
                origin=SectionRevision.Origin.IMPORT,
            )
            for section, texts in fresh
            if len(texts) >= number
        ]
        newest = {row.section_id: row for row in SectionRevision.objects.bulk_create(rows)}


def _rewrite(section: Section, part: MinutesSection, position: int, told: Minutes, at: datetime) -> list[Problem]:
    """A new text for a section that is there. What somebody wrote here stays; the page's text goes below it."""
    newest = section.revisions.filter(number=section.head).first()
    written_here = _written_here(section, newest)
    section.heading, section.leads, section.position = part.heading[:250], list(part.leads), position
    section.line = part.line
    section.save(update_fields=["heading", "leads", "position", "line"])
    section.write(
        part.body,
        at=told.saved_at or at,
        state=part.state,
        author_name=(told.author or "")[:120],
        origin=SectionRevision.Origin.IMPORT,
    )
    if newest is None or not written_here or newest.body == section.body:
        return []
    section.write(
        newest.body, at=at, state=Section.State.READY, author=newest.author, origin=SectionRevision.Origin.RESTORE
    )
    message = f"“{section.title}” was edited here since; that text stays, the page's is in its history"
    return [Problem(part.line, "warning", message)]


def _written_here(section: Section, newest: SectionRevision | None) -> bool:
    """Whether the newest text is somebody's here: not imported, nor an imported one that was brought back."""
    if newest is None or newest.origin == SectionRevision.Origin.IMPORT:
        return False
    if newest.origin != SectionRevision.Origin.RESTORE:
        return True
    same = section.revisions.filter(body=newest.body).exclude(origin=SectionRevision.Origin.RESTORE)
    last = same.order_by("-number").first()
    return last is None or last.origin != SectionRevision.Origin.IMPORT
