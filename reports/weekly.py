"""One meeting for its readers: every query is here, and ends in frozen dataclasses that are rendered without any."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from django.conf import settings
from django.db.models import Prefetch, Q

from meetings import markup
from meetings.minutes import (
    Action,
    ActionStatus,
    Attendee,
    DateSource,
    Kind,
    Minutes,
    MinutesSection,
    SectionState,
    Status,
)
from meetings.minutes.hiding import hide, hide_words
from meetings.models import ActionItem, ActionUpdate, Area, Attachment, ImportedPage, Meeting, Section
from meetings.twiki.nodes import Problem


@dataclass(frozen=True, slots=True)
class WeeklySection:
    """A section that the reader may see; `title` is what to show above it, `heading` what was typed."""

    pk: int
    kind: Kind
    area: str | None
    area_name: str | None
    heading: str
    title: str
    leads: tuple[str, ...]
    state: SectionState
    body: str
    line: int
    visibility: str
    embargo_until: date | None

    @property
    def anchor(self) -> str:
        """Its place in the page; the same for every reader and in every revision."""
        return f"section-{self.pk}"

    @property
    def limit(self) -> str:
        """Who may read it, where that is not everybody."""
        if self.visibility == "embargoed" and self.embargo_until:
            return f"members only until {self.embargo_until:%-d %B %Y}"
        return "members only" if self.visibility == "members" else ""

    @property
    def is_missing(self) -> bool:
        """Whether nobody has written it."""
        return self.state == "missing"

    @property
    def has_nothing(self) -> bool:
        """Whether its lead said that there is nothing to report."""
        return self.state == "nothing"


@dataclass(frozen=True, slots=True)
class WeeklyAction:
    """An action as it was told in this meeting; `text` and `note` are Markdown of which each line end counts.

    `parent` is a label.
    """

    label: str
    text: str
    note: str
    status: ActionStatus
    owners: tuple[str, ...]
    due: date | None
    overdue: bool
    parent: str | None
    url: str

    @property
    def is_open(self) -> bool:
        """Whether it was still owed at the end of the meeting."""
        return self.status == "open"

    @property
    def status_name(self) -> str:
        """Its status as a word for readers."""
        return str(ActionItem.State(self.status).label)


@dataclass(frozen=True, slots=True)
class Highlights:
    """What a glance should tell: how many areas were asked and said something, and the titles of empty sections."""

    asked: int
    filled: int
    missing: tuple[str, ...]
    nothing: tuple[str, ...]
    present: int
    open_actions: int
    overdue_actions: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """One meeting's minutes as one kind of reader may see them.

    `timed` says whether the hour of `starts_at` is known. `coordinates` and `problems` are empty for outsiders.
    `path` is the report's address on this site, `address` the permanent one. `revision` counts publishings here,
    `page_revision` is that of the imported wiki page.
    """

    series: str
    series_title: str
    date: date
    starts_at: datetime
    timed: bool
    state: str
    revision: int
    published_at: datetime | None
    coordinator: str
    author: str
    created_by: str
    saved_at: datetime | None
    date_source: DateSource
    page_revision: int | None
    coordinates: str
    roll: tuple[Attendee, ...]
    sections: tuple[WeeklySection, ...]
    actions: tuple[WeeklyAction, ...]
    problems: tuple[Problem, ...]
    path: str
    address: str
    files: tuple[tuple[str, str], ...] = ()
    """Attached files: the name that texts link to, and its address on this site."""

    @property
    def present(self) -> tuple[Attendee, ...]:
        """Who was there."""
        return tuple(one for one in self.roll if one.status == "present")

    @property
    def apologies(self) -> tuple[Attendee, ...]:
        """Who could not come and said so."""
        return tuple(one for one in self.roll if one.status == "apologies")

    @property
    def absent(self) -> tuple[Attendee, ...]:
        """Who did not come."""
        return tuple(one for one in self.roll if one.status == "absent")

    @property
    def highlights(self) -> Highlights:
        """What a glance should tell."""
        areas = [section for section in self.sections if section.kind == "area"]
        # A free heading without text may just hold the next ones; somebody's name beside it makes it theirs.
        reports = areas + [section for section in self.sections if section.kind == "other" and section.leads]
        return Highlights(
            asked=len(areas),
            filled=sum(not section.is_missing for section in areas),
            missing=tuple(section.title for section in reports if section.is_missing),
            nothing=tuple(section.title for section in reports if section.has_nothing),
            present=len(self.present),
            open_actions=sum(action.is_open for action in self.actions),
            overdue_actions=sum(action.overdue for action in self.actions),
        )

    @property
    def actions_place(self) -> int | None:
        """The section that the list of actions is shown in; None if there is neither, then the list stands last."""
        items = (section.pk for section in self.sections if section.kind == "items" and self.actions)
        return next(items, None)

    def shown_body(self, section: WeeklySection, *, elsewhere: bool = True) -> str:
        """A section's text; empty where the list of actions that is shown below it says every word of it.

        Links to attached files get their address, with this site's name for those who read it `elsewhere`.
        """
        if section.pk == self.actions_place and words(section.body) <= words(*map(_told, self.actions)):
            return ""
        site = self.address.removesuffix(self.path) if elsewhere else ""
        return markup.with_files(section.body, {name: site + address for name, address in self.files})


def collect(meeting: Meeting, *, member: bool = False, on: date) -> Weekly:
    """Everything of a meeting that a reader may see on a day; actions are overdue as of the meeting itself.

    Whatever the texts say, outsiders get no dial-in details.
    """
    weekly = _collected(meeting, member=member, on=on)
    return weekly if member else _without_dial_in(weekly)


def _collected(meeting: Meeting, *, member: bool, on: date) -> Weekly:
    row = Meeting.objects.select_related("series", "coordinator", "imported_page").get(pk=meeting.pk)
    page: ImportedPage | None = getattr(row, "imported_page", None)
    path = row.get_absolute_url()
    return Weekly(
        series=row.series.slug,
        series_title=row.series.title,
        date=row.date,
        starts_at=row.starts_at,
        timed=row.series.start_time is not None,
        state=row.state,
        revision=row.revision,
        published_at=row.published_at,
        coordinator=row.coordinator.name if row.coordinator else "",
        author=row.author,
        created_by=row.created_by,
        saved_at=row.saved_at,
        date_source=cast(DateSource, page.date_source if page else "option"),
        page_revision=page.revision if page else None,
        coordinates=row.coordinates if member else "",
        roll=_roll(row),
        sections=_sections(row, member=member, on=on),
        actions=_actions(row, member=member, on=on),
        # They quote the page, and so maybe a section that outsiders may not see.
        problems=tuple(Problem(**problem) for problem in page.problems) if page and member else (),
        path=path,
        address=settings.SITE_URL + path,
        files=_files(row, member=member, on=on),
    )


def _without_dial_in(weekly: Weekly) -> Weekly:
    """The same with all that people typed as outsiders may read it."""
    return replace(
        weekly,
        series_title=hide_words(weekly.series_title),
        coordinator=hide_words(weekly.coordinator),
        author=hide_words(weekly.author),
        created_by=hide_words(weekly.created_by),
        roll=tuple(
            replace(
                one,
                name=hide_words(one.name),
                affiliation=one.affiliation and hide_words(one.affiliation),
                initials=one.initials and hide_words(one.initials),
            )
            for one in weekly.roll
        ),
        sections=tuple(
            replace(
                section,
                area_name=section.area_name and hide_words(section.area_name),
                heading=hide_words(section.heading),
                title=hide_words(section.title),
                leads=tuple(map(hide_words, section.leads)),
                body=hide(section.body),
            )
            for section in weekly.sections
        ),
        actions=tuple(
            replace(
                action, text=hide(action.text), note=hide(action.note), owners=tuple(map(hide_words, action.owners))
            )
            for action in weekly.actions
        ),
    )


def words(*texts: str) -> set[str]:
    """Every word of some texts, whatever its case."""
    return {word for text in texts for word in re.findall(r"\w+", text.casefold())}


def minutes(weekly: Weekly) -> Minutes:
    """The same as `Minutes`, for what is written and read by machines."""
    return Minutes(
        series=weekly.series,
        date=weekly.date,
        date_source=weekly.date_source,
        author=weekly.author or None,
        created_by=weekly.created_by or None,
        revision=weekly.page_revision if weekly.page_revision is not None else weekly.revision,
        saved_at=weekly.saved_at,
        coordinates=weekly.coordinates or None,
        attendees=weekly.roll,
        sections=tuple(
            MinutesSection(s.kind, s.area, s.heading or s.title, s.leads, s.state, s.body, s.line)
            for s in weekly.sections
        ),
        actions=tuple(
            Action(a.label, a.text or None, a.owners, a.due, a.status, a.note, a.parent) for a in weekly.actions
        ),
        problems=weekly.problems,
    )


def _told(action: WeeklyAction) -> str:
    """All that a row of the list says, and the ways people write a day."""
    due = f"due {action.due:%-d %d %b %B %Y %m}" if action.due else ""
    owners = " ".join(action.owners)
    return f"{action.label} {action.text} {action.note} {owners} {due} {action.status} {action.status_name} closed"


def _roll(meeting: Meeting) -> tuple[Attendee, ...]:
    rows = meeting.attendance.order_by("position", "pk")
    return tuple(
        Attendee(row.name, row.affiliation or None, row.initials or None, cast(Status, row.status)) for row in rows
    )


def _sections(meeting: Meeting, *, member: bool, on: date) -> tuple[WeeklySection, ...]:
    rows = meeting.sections.visible(member=member, on=on).select_related("area").order_by("position", "pk")
    return tuple(_section(row, row.area) for row in rows)


def _files(meeting: Meeting, *, member: bool, on: date) -> tuple[tuple[str, str], ...]:
    """The files of all sections that the reader may see: any of them may link to any file of the page."""
    rows = Attachment.objects.filter(section__in=meeting.sections.visible(member=member, on=on))
    return tuple((row.name, row.get_absolute_url()) for row in rows.order_by("section__position", "name"))


def _section(row: Section, area: Area | None) -> WeeklySection:
    return WeeklySection(
        pk=row.pk,
        kind=cast(Kind, row.kind),
        area=area.slug if area else None,
        area_name=area.name if area else None,
        heading=row.heading,
        title=row.title,
        leads=tuple(row.leads),
        state=cast(SectionState, row.state),
        body=row.body,
        line=row.line or 0,
        visibility=row.visibility,
        embargo_until=row.embargo_until,
    )


def _actions(meeting: Meeting, *, member: bool, on: date) -> tuple[WeeklyAction, ...]:
    """What was told of actions, in the order of their numbers, sub-items below their parent.

    Rows repeat what sections say, so a reader who may not see the list of items, or an area's section, sees
    none of its actions either.
    """
    told = ActionItem.objects.filter(Q(opened_in=meeting) | Q(updates__meeting=meeting)).distinct()
    hidden = meeting.sections.exclude(pk__in=meeting.sections.visible(member=member, on=on).values("pk"))
    kinds_and_areas = set(hidden.values_list("kind", "area"))
    if any(kind == Section.Kind.ITEMS for kind, _ in kinds_and_areas):
        told = told.none()
    hidden_areas = {area for _, area in kinds_and_areas} - {None}
    updates = Prefetch("updates", ActionUpdate.objects.filter(meeting=meeting), to_attr="told_here")
    rows = told.select_related("series", "parent").prefetch_related("owners", updates)
    rows = rows.order_by("number", "sub_number")
    return tuple(_action(row, meeting) for row in rows if row.area_id not in hidden_areas)


def _action(row: ActionItem, meeting: Meeting) -> WeeklyAction:
    update: ActionUpdate | None = next(iter(row.told_here), None)  # type: ignore[attr-defined]
    closed_here = row.closed_in_id == meeting.pk
    state = update.state if update else row.state if closed_here else ActionItem.State.OPEN
    return WeeklyAction(
        label=row.label,
        text=row.text,
        note=update.note if update else "",
        status=cast(ActionStatus, state),
        owners=tuple(owner.name for owner in row.owners.all()),
        due=row.due,
        overdue=state == ActionItem.State.OPEN and row.due is not None and row.due < meeting.date,
        parent=row.parent.label if row.parent else None,
        url=row.get_absolute_url(),
    )
