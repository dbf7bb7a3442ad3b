"""Minutes -> rows: one transaction a page, idempotent by topic and content. The only module that knows both sides."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from django.conf import settings
from django.db import models, transaction

from meetings import documents, minutes
from meetings.importer import learning
from meetings.importer.actions import link_to_meetings, store_actions, store_table
from meetings.importer.attachments import store_attachments
from meetings.importer.people import Directory
from meetings.importer.sections import History, store_sections
from meetings.importer.sources import Source
from meetings.minutes import Action, Minutes, vocabulary
from meetings.minutes.actiontables import TableAction, read_table
from meetings.minutes.revisions import past_texts
from meetings.minutes.vocabulary import key as name_key
from meetings.models import Area, AreaAlias, Attendance, ImportedPage, Meeting, Series
from meetings.twiki.memory import uncollected
from meetings.twiki.nodes import Page, Problem

Outcome = Literal["imported", "unchanged", "failed"]


_GIVE_DATE = "give the right date with --date YYYY-MM-DD"


class RefusedPageError(Exception):
    """A page that cannot become a meeting; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one page; `minutes` is None where it was not read.

    `meeting` is where it went, or would go: not saved where it would be a new one, None for a list of actions.
    """

    source: Source
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    minutes: Minutes | None = None
    meeting: Meeting | None = None
    actions: Sequence[Action | TableAction] = ()


class _Known(NamedTuple):
    """A page that is stored already."""

    sha256: str
    meeting: int | None
    on: date | None
    state: str | None


@dataclass(slots=True)
class Importer:
    """One run into one series. What is known before is read once, so that a page costs the same few queries.

    `on` is the date that overrules all others; `pub` the wiki's folder of attached files; `publish` puts the
    meetings out in order of their dates when all are stored; `read_all` also reads pages that are stored already,
    for those who want to see their minutes. `watch` is called in a page's transaction before its first write, with
    the page's topic, its meeting as it was and its actions; `made` gathers the areas and people that were new;
    `seen` holds the days of pages that were looked at and not stored.
    """

    series: Series
    at: datetime
    on: date | None = None
    pub: Path | None = None
    publish: bool = False
    read_all: bool = False
    watch: Callable[[str, Meeting | None, Sequence[Action | TableAction]], None] | None = None
    seen: dict[date, str] = field(default_factory=dict)
    made: list[models.Model] = field(init=False, default_factory=list)
    unknown_headings: Counter[str] = field(init=False, default_factory=Counter)
    _known: dict[str, _Known] = field(init=False, default_factory=dict)
    _areas: dict[str, Area] = field(init=False, default_factory=dict)
    _aliases: dict[str, str] = field(init=False, default_factory=dict)
    _people: Directory = field(init=False)
    _paths: dict[str, str] = field(init=False, default_factory=dict)
    _touched: bool = field(init=False, default=False)
    _to_publish: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        pages = ImportedPage.objects.filter(series=self.series.pk)
        stored = pages.values_list("topic", "sha256", "meeting", "meeting__date", "meeting__state")
        self._known = {topic: _Known(sha256, pk, on, state) for topic, sha256, pk, on, state in stored}
        self._recall()

    def _recall(self) -> None:
        """Read what is known of areas and people from the database."""
        self._areas = {area.slug: area for area in Area.objects.all()}
        self._aliases = dict(Area.objects.by_alias())
        self._people = Directory.from_database()

    @uncollected()
    def store(self, source: Source) -> Result:
        """Store one page, or say why not."""
        read = self._read(source)
        if isinstance(read, Result):
            return read
        page, told, actions = read
        sha256 = _sha256(source)
        if told.date is None:
            return self._store_table(source, told, actions, sha256)
        try:
            with transaction.atomic():
                meeting, extra = self._write(source, page, told, told.date, sha256)
        except RefusedPageError as error:
            # The page's people and areas went with its transaction, so what was remembered of them must go too.
            self._recall()
            self.made.clear()
            return Result(source, "failed", (*told.problems, Problem(1, "error", str(error))), told)
        self._known[source.name] = _Known(sha256, meeting.pk, told.date, meeting.state)
        if self.publish:
            self._to_publish.append(meeting.pk)
        self._touched = True
        self.unknown_headings.update(part.heading for part in told.sections if part.kind == "other" and part.line)
        return Result(source, "imported", (*told.problems, *extra), told, meeting, told.actions)

    def look(self, source: Source) -> Result:
        """What `store` would make of a page, after those looked at before it; nothing is written."""
        read = self._read(source)
        if isinstance(read, Result):
            return read
        _, told, actions = read
        if told.date is None:
            return Result(source, "imported", _without_errors(told), told, None, actions)
        try:
            meeting = self._place(self._page(source), told.date)
            if (other := self.seen.setdefault(told.date, source.name)) != source.name:
                raise RefusedPageError(f"{other}, another page of this import, is of {told.date} as well; {_GIVE_DATE}")
        except RefusedPageError as error:
            return Result(source, "failed", (*told.problems, Problem(1, "error", str(error))), told)
        return Result(source, "imported", told.problems, told, meeting, told.actions)

    def _read(self, source: Source) -> Result | tuple[Page, Minutes, tuple[TableAction, ...]]:
        """A page that can be stored, with the rows of its table if it is a list of actions; or what is against it."""
        if source.refused:
            return Result(source, "failed", (Problem(1, "error", source.refused),))
        if (other := self._paths.setdefault(source.name, source.path)) != source.path:
            message = f"{other} is a page of that name too, and names tell pages apart: rename one of them"
            return Result(source, "failed", (Problem(1, "error", message),))
        known = self._known.get(source.name)
        if known is not None and known.sha256 == _sha256(source) and self.on in (None, known.on):
            return self._unchanged(source, known)
        page = documents.read_page(source.data, source.name)
        told = self._told(page)
        if told.date is None and (actions := read_table(page, told, self._aliases)):
            return page, told, actions
        if told.date is None or any(problem.level == "error" for problem in told.problems):
            return Result(source, "failed", told.problems, told)
        return page, told, ()

    def finish(self) -> None:
        """After the last page: what the pages tell together, and the publishing."""
        if self._touched:
            self.settle()
        for meeting in Meeting.objects.filter(pk__in=self._to_publish).select_related("series").order_by("date"):
            with transaction.atomic():
                meeting.publish(at=self.at)

    @transaction.atomic
    def settle(self) -> None:
        """What the pages tell together, such as who led an area from when to when."""
        learning.learn_leaderships(self.series, self._people)
        learning.learn_agenda(self.series)
        learning.learn_coordinates(self.series)
        link_to_meetings(self.series)

    def _told(self, page: Page, *, on: date | None = None) -> Minutes:
        zone, on = self.series.zone, on or self.on
        return minutes.read(page, series=self.series.slug, zone=zone, on=on, areas=self._aliases)

    def _unchanged(self, source: Source, known: _Known) -> Result:
        if self.publish and known.meeting and known.state != Meeting.State.PUBLISHED:
            self._to_publish.append(known.meeting)
        if not self.read_all:
            return Result(source, "unchanged")
        page = documents.read_page(source.data, source.name)
        told = self._told(page)
        # What was imported with a date given by hand has that date also when nobody gives it again.
        return Result(source, "unchanged", (), told if told.date == known.on else self._told(page, on=known.on))

    def _store_table(self, source: Source, told: Minutes, actions: tuple[TableAction, ...], sha256: str) -> Result:
        """Store a page that is no meeting's but a list of action items."""
        problems = _without_errors(told)
        with transaction.atomic():
            page, _ = self._begin(source, None, actions)
            self._learn((owner, "", "") for action in actions for owner in action.owners)
            areas = {slug: area.pk for action in actions for slug in action.areas if (area := self._area(slug))}
            store_table(self.series, actions, self._people, areas)
            self._remember(page, source, told, sha256, None, problems)
        self._known[source.name] = _Known(sha256, None, None, "")
        self._touched = True
        return Result(source, "imported", problems, told, None, actions)

    def _remember(
        self,
        page: ImportedPage,
        source: Source,
        told: Minutes,
        sha256: str,
        meeting: Meeting | None,
        problems: Iterable[Problem],
    ) -> None:
        """Keep what makes a second import of the page a matter of comparing."""
        page.source, page.sha256 = source.path[-500:], sha256
        page.revision, page.date_source = told.revision, told.date_source or ""
        page.problems = [{"line": p.line, "level": p.level, "message": p.message} for p in problems]
        page.meeting, page.imported_at = meeting, self.at
        page.save()

    def _write(self, source: Source, page: Page, told: Minutes, on: date, sha256: str) -> tuple[Meeting, list[Problem]]:
        """The rows of one page, inside its transaction."""
        stored, meeting = self._begin(source, on, told.actions)
        new, was = meeting.pk is None, meeting.state
        self._fill(meeting, told, on)
        self._learn(_names(told))
        past, problems = self._past(source, told)
        problems += store_sections(meeting, told, past, self._area, new=new, at=self.at)
        if was == Meeting.State.PUBLISHED and not self.publish:
            message = f"the meeting of {on} was published, and is open again; publish it with this text (--publish)"
            problems.append(Problem(1, "warning", message))
        self._store_attendance(meeting, told, new=new)
        store_actions(meeting, told.actions, self._people, new=new)
        problems += store_attachments(meeting, page, source, self.pub)
        self._remember(stored, source, told, sha256, meeting, (*told.problems, *problems))
        return meeting, problems

    def _begin(
        self, source: Source, on: date | None, actions: Sequence[Action | TableAction]
    ) -> tuple[ImportedPage, Meeting]:
        """Take the lock that all writers of a series take; the page and its meeting, maybe new ones.

        `on` is None for a page that is no meeting's.
        """
        locked = Series.objects.select_for_update().values_list("last_action_number", flat=True)
        self.series.last_action_number = locked.get(pk=self.series.pk)
        page = self._page(source)
        meeting = self._place(page, on) if on else Meeting(series=self.series)
        if self.watch is not None:
            self.watch(page.topic, meeting if on else None, actions)
        return page, meeting

    def _page(self, source: Source) -> ImportedPage:
        """What is known of a page, or a new one that is not saved."""
        topic = source.name[:250]
        known = ImportedPage.objects.filter(series=self.series.pk, topic=topic).order_by("pk").first()
        return known or ImportedPage(series=self.series, topic=topic)

    def _place(self, page: ImportedPage, on: date) -> Meeting:
        """The meeting to fill: this topic's own, one opened here for that day, or a new one. Nothing is saved."""
        there = Meeting.objects.filter(series=self.series.pk, date=on).order_by("pk").first()
        other = ImportedPage.objects.filter(meeting=there).order_by("pk").first() if there else None
        if other is not None and other.pk != page.pk:
            raise RefusedPageError(
                f"{self.series.slug} has a meeting on {on} already, imported from {other.topic}; {_GIVE_DATE}"
            )
        if page.pk and there is not None and there.pk != page.meeting_id:
            raise RefusedPageError(f"{self.series.slug} has another meeting on {on} already; choose a different --date")
        return page.meeting or there or Meeting(series=self.series, date=on)

    def _fill(self, meeting: Meeting, told: Minutes, on: date) -> None:
        """What a page says of the meeting as a whole."""
        meeting.series = self.series
        meeting.date, meeting.state = on, Meeting.State.OPEN
        meeting.coordinates = told.coordinates or meeting.coordinates
        meeting.author, meeting.created_by = (told.author or "")[:120], (told.created_by or "")[:120]
        meeting.saved_at = told.saved_at
        meeting.save()

    def _learn(self, names: Iterable[tuple[str, str, str]]) -> None:
        """Make people of names that nobody has."""
        self.made += self._people.learn(names)

    def _area(self, slug: str | None) -> Area | None:
        """The area of a slug, made from the well-known ones where it is not there yet."""
        if slug is None:
            return None
        if slug not in self._areas:
            name, aliases = vocabulary.KNOWN_AREAS[slug]
            area = Area.objects.create(slug=slug, name=name)
            rows = {name_key(alias): AreaAlias(area=area, text=alias, key=name_key(alias)) for alias in aliases}
            made = AreaAlias.objects.bulk_create(
                row for key, row in rows.items() if key not in self._aliases and key != name_key(name)
            )
            self.made += [area, *made]
            self._areas[slug] = area
            self._aliases.update(dict.fromkeys([*rows, name_key(name), name_key(slug)], slug))
        return self._areas[slug]

    def _past(self, source: Source, told: Minutes) -> tuple[History, list[Problem]]:
        """What the sections said in earlier revisions of the page."""
        if not source.history:
            return {}, []
        texts, damage = past_texts(
            source.history, source.data, told, lambda data: self._told(documents.read_page(data, source.name))
        )
        message = f"the history of this page, {source.name}.txt,v, is damaged: {damage}; what is newer was read"
        return texts, [Problem(1, "warning", message)] if damage else []

    def _store_attendance(self, meeting: Meeting, told: Minutes, *, new: bool) -> None:
        """The page's roll; what people said here themselves stays. A `new` meeting has none yet."""
        taken: set[int | None] = set()
        if not new:
            meeting.attendance.filter(said_by=None).delete()
            taken.update(meeting.attendance.values_list("person_id", flat=True))
        rows = []
        for position, who in enumerate(told.attendees):
            person = self._people.find(who.name)
            if person is not None and person in taken:
                person = None
            if person is not None:
                taken.add(person)
            rows.append(
                Attendance(
                    meeting=meeting,
                    person_id=person,
                    name=who.name[:120],
                    affiliation=(who.affiliation or "")[:120],
                    initials=(who.initials or "")[:12],
                    status=who.status,
                    position=position,
                )
            )
        Attendance.objects.bulk_create(rows)


def _sha256(source: Source) -> str:
    return hashlib.sha256(source.data).hexdigest()


def _without_errors(told: Minutes) -> tuple[Problem, ...]:
    """The problems of a list of actions, which needs no date."""
    return tuple(problem for problem in told.problems if problem.level != "error")


def _names(told: Minutes) -> Iterable[tuple[str, str, str]]:
    """Everybody a page names, with affiliation and initials."""
    for who in told.attendees:
        yield who.name, who.affiliation or "", who.initials or ""
    for part in told.sections:
        yield from ((lead, "", "") for lead in part.leads)
    for action in told.actions:
        yield from ((owner, "", "") for owner in action.owners)


def series_of(slug: str) -> Series:
    """The series of a slug, or a new one, not saved; raises `ValidationError` for a slug that cannot be."""
    if series := Series.objects.filter(slug=slug).first():
        return series
    title = slug.replace("-", " ").capitalize()
    series = Series(slug=slug, title=title, timezone=settings.TIME_ZONE, start_time=None)
    series.full_clean()
    return series


def series_for_import(slug: str) -> Series:
    """The series of a slug, made where it is not there; raises `ValidationError` for a slug that cannot be."""
    series = series_of(slug)
    if series.pk is None:
        series.save()
    return series


def map_heading(heading: str, slug: str) -> None:
    """Make a heading an alias of an area, which is made where it is not there; raises `ValidationError`."""
    name = vocabulary.KNOWN_AREAS[slug].name if slug in vocabulary.KNOWN_AREAS else slug.replace("-", " ").capitalize()
    area = Area.objects.filter(slug=slug).first() or Area(slug=slug, name=name)
    if area.pk is None:
        area.full_clean()
        area.save()
    alias = AreaAlias.objects.filter(key=name_key(heading)).first() or AreaAlias(text=heading)
    alias.area = area
    alias.full_clean(exclude=["key"])
    alias.save()


__all__ = ["Importer", "Outcome", "Result", "map_heading", "series_for_import", "series_of"]
