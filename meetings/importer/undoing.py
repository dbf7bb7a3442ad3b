"""An import taken back: what it made goes, what it changed is as before, and what somebody built on since stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.db import models, transaction
from django.utils import timezone

from meetings.importer import learning
from meetings.importer.actions import retell
from meetings.importer.journal import Journal, Owners, columns, label, of, plain, rows_of
from meetings.importer.people import Directory
from meetings.models import (
    ActionItem,
    ActionUpdate,
    AgendaItem,
    Area,
    AreaAlias,
    Attachment,
    Attendance,
    BatchPage,
    ImportBatch,
    ImportedPage,
    Leadership,
    Meeting,
    Person,
    PersonAlias,
    Section,
    SectionRevision,
    Series,
)

#: What is deleted and comes back in this order; sections and what is known everywhere have rules of their own.
_PLAIN: tuple[type[models.Model], ...] = (ActionItem, Owners, Attendance, ActionUpdate, AgendaItem, ImportedPage)
_HERE = (SectionRevision.Origin.WEB, SectionRevision.Origin.MERGE)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 page, 2 pages."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def take_back(page: BatchPage, *, at: datetime) -> None:
    """Undo what storing one page did, in the page's transaction; `note` says what stayed and why."""
    if series := page.batch.series_id:
        Series.objects.select_for_update().get(pk=series)
    journal = cast(Journal, page.journal)
    if reason := _built_on(journal):
        page.state, page.note = BatchPage.State.KEPT, reason
        page.save(update_fields=["state", "note"])
        return
    done: Counter[str] = Counter()
    stayed: list[str] = []
    _remove_rows(journal)
    _take_back_sections(journal, at, done, stayed)
    _revert(journal)
    _bring_back(journal)
    _remove_actions(journal, done, stayed)
    done["meeting"] += _remove_meetings(journal)
    page.state, page.note = BatchPage.State.UNDONE, "; ".join(stayed)
    page.summary = page.summary | {"undone": done}
    page.meeting = Meeting.objects.filter(pk=page.meeting_id or 0).first()
    page.save(update_fields=["state", "note", "summary", "meeting"])


@transaction.atomic
def take_back_conclusions(batch: ImportBatch) -> None:
    """Undo what was concluded from the pages together; once, as its journal goes with it."""
    journal = cast(Journal, batch.journal)
    _remove_rows(journal)
    _revert(journal)
    batch.journal = {}
    batch.save(update_fields=["journal"])


@transaction.atomic
def finish(batch: ImportBatch, *, at: datetime) -> None:
    """When all pages are taken back: people, areas and the series that nothing refers to go; then say what was done."""
    made: Journal = {"made": {}}
    totals: Counter[str] = Counter()
    areas: set[int] = set()
    pages = batch.pages.filter(state__in=[BatchPage.State.UNDONE, BatchPage.State.KEPT])
    for journal, summary in pages.values_list("journal", "summary"):
        for model in (Area, AreaAlias, Person, PersonAlias):
            rows = journal.get("made", {}).get(label(model), {})
            made["made"].setdefault(label(model), {}).update(rows)
        areas |= {row["area_id"] for row in rows_of(journal, "made", Section).values() if row["area_id"]}
        totals.update(summary.get("undone", {}))
    _learn_again(areas)
    totals["person"] = _remove_unreferred(Person, made, (PersonAlias,))
    totals["area"] = _remove_unreferred(Area, made, (AreaAlias,))
    totals["series"] = remove_empty_series(batch)
    batch.said = list(_sentences(batch, totals))
    batch.save(update_fields=["said"])
    batch.turn(ImportBatch.State.UNDONE, at=at)


def remove_empty_series(batch: ImportBatch) -> int:
    """Remove the series that an import made, if there is nothing in it; says how many that were."""
    if not (batch.made_series and batch.series_id):
        return 0
    if _referred(Series, {batch.series_id}, ignoring={label(ImportBatch): None}):
        return 0
    Series.objects.filter(pk=batch.series_id).delete()
    batch.series = None
    return 1


def _built_on(journal: Journal) -> str:
    """Why a meeting stays as the import left it, or nothing."""
    for pk in rows_of(journal, "changed", Meeting):
        meeting = Meeting.objects.filter(pk=pk).select_related("series").first()
        if meeting and meeting.state == Meeting.State.PUBLISHED:
            return f"{meeting} was published since"
    for pk, left in rows_of(journal, "made", Meeting).items():
        if meeting := Meeting.objects.filter(pk=pk).select_related("series").first():
            return _written_in(meeting, left, journal)
    return ""


def _written_in(meeting: Meeting, left: Mapping[str, Any], journal: Journal) -> str:
    """What somebody did to a meeting that an import made, or nothing."""
    if meeting.revision:
        return f"{meeting} was published since"
    made = rows_of(journal, "made", Section)
    later = _Later(meeting.sections.order_by("position", "pk"))
    for section in later.sections.values():
        if section.pk not in made:
            return f"{meeting}: “{section}” was added since"
        if said := later.said(section, made[section.pk]):
            return f"{meeting}: {said}"
    if meeting.attendance.exclude(said_by=None).exists():
        return f"{meeting}: somebody changed its roll since"
    if meeting.action_updates.exclude(author=None).exists():
        return f"{meeting}: somebody followed up its actions since"
    here = of([meeting])[label(Meeting)][str(meeting.pk)]
    if any(here[column] != left[column] for column in ("date", "coordinates", "coordinator_id", "saved_at")):
        return f"{meeting}: its date or its details were changed since"
    pages = rows_of(journal, "made", ImportedPage) | rows_of(journal, "changed", ImportedPage)
    if ImportedPage.objects.filter(meeting=meeting).exclude(pk__in=pages).exists():
        return f"{meeting} was imported again since"
    return ""


class _Later:
    """What came to some sections after an import, read in a few queries."""

    def __init__(self, sections: models.QuerySet[Section]) -> None:
        self.sections = {section.pk: section for section in sections.select_related("area", "meeting")}
        revisions = SectionRevision.objects.filter(section__in=self.sections).select_related("author")
        self._revisions: dict[int, dict[int, SectionRevision]] = {}
        for revision in revisions.order_by("number"):
            self._revisions.setdefault(revision.section_id, {})[revision.number] = revision
        attached = Attachment.objects.filter(section__in=self.sections).values_list("section", flat=True)
        self._attached = set(attached)

    def said(self, section: Section, left: Mapping[str, Any]) -> str:
        """What somebody did to a section after an import left it like this, or nothing."""
        revisions = self._revisions.get(section.pk, {})
        text = revisions[left["head"]].body if left["head"] in revisions else ""
        later = [revision for number, revision in revisions.items() if number > left["head"]]
        written = [revision for revision in later if revision.origin in _HERE]
        if written or section.body != text:
            last = (written or later)[-1:]
            who = [f" by {one.written_by} on {timezone.localtime(one.saved_at):%-d %B %Y}" for one in last]
            return f"“{section}” was written{''.join(who)}, after the import"
        here = of([section])[label(Section)][str(section.pk)]
        if any(here[column] != value for column, value in left.items() if column not in ("head", "meeting_id")):
            return f"“{section}” was changed since"
        return f"a file was attached to “{section}” since" if section.pk in self._attached else ""


def _take_back_sections(journal: Journal, at: datetime, done: Counter[str], stayed: list[str]) -> None:
    """Sections of meetings that were there before: those it made go, those it wrote get their earlier text back."""
    new_meetings = rows_of(journal, "made", Meeting)
    made = rows_of(journal, "made", Section)
    made = {pk: left for pk, left in made.items() if left["meeting_id"] not in new_meetings}
    changed = {pk: told for pk, told in rows_of(journal, "changed", Section).items() if "head" in told}
    later = _Later(Section.objects.filter(pk__in=[*made, *changed]))
    for pk, section in later.sections.items():
        if pk in made and (said := later.said(section, made[pk])):
            stayed.append(said)
        elif pk in made:
            _remove_sections(Section.objects.filter(pk=pk))
            done["section"] += 1
        elif said := later.said(section, {"head": changed[pk]["head"][1]}):
            stayed.append(said)
        else:
            state = changed[pk].get("state", [section.state])[0]
            done["text"] += _restore(section, changed[pk]["head"][0], state, at)


def _restore(section: Section, number: int, state: str, at: datetime) -> int:
    """Make a text that a section had its newest one again; 1 if that was a change."""
    earlier = section.revisions.filter(number=number).select_related("author").first()
    body, head = earlier.body if earlier else "", section.head
    section.write(
        body,
        at=at,
        state=state,
        author=earlier.author if earlier else None,
        author_name=earlier.author_name if earlier else "",
        origin=SectionRevision.Origin.RESTORE,
    )
    return int(section.head != head)


def _remove_sections(sections: models.QuerySet[Section]) -> None:
    """Delete sections with their revisions, which protect each other as long as one is based on another."""
    SectionRevision.objects.filter(section__in=sections).update(base=None)
    sections.delete()


def _remove_rows(journal: Journal) -> None:
    """Delete what the import added to rolls, stories and agendas, but not what somebody made theirs since."""
    Owners._default_manager.filter(pk__in=rows_of(journal, "made", Owners)).delete()
    ActionUpdate.objects.filter(pk__in=rows_of(journal, "made", ActionUpdate), author=None).delete()
    Attendance.objects.filter(pk__in=rows_of(journal, "made", Attendance), said_by=None).delete()
    AgendaItem.objects.filter(pk__in=rows_of(journal, "made", AgendaItem)).delete()
    ImportedPage.objects.filter(pk__in=rows_of(journal, "made", ImportedPage)).delete()


def _revert(journal: Journal) -> None:
    """Set columns back to what they were, each where it still is what the import made it."""
    for model in (Meeting, Section, Attendance, ActionItem, ActionUpdate, ImportedPage, Series):
        changed = rows_of(journal, "changed", model)
        fields = columns(model)
        for row in model._default_manager.filter(pk__in=changed):
            told = changed[row.pk]
            skipped = {"head", "state"} if model is Section and "head" in told else set()
            back = [
                name for name, (_, after) in told.items() if name not in skipped and plain(getattr(row, name)) == after
            ]
            for name in back:
                setattr(row, name, _there(fields[name], told[name][0]))
            if back:
                row.save(update_fields=[fields[name].name for name in back])


def _there(field: models.Field[Any, Any], value: Any) -> Any:
    """A value from a journal; none where it refers to a row that went since."""
    if field.is_relation and value is not None:
        related = cast(type[models.Model], field.related_model)
        return value if related._default_manager.filter(pk=value).exists() else None
    return field.to_python(value) if value is not None else None


def _bring_back(journal: Journal) -> None:
    """Make the rows again that the import deleted, if what they refer to is there and nothing took their place."""
    for model in _PLAIN:
        fields = columns(model)
        rows = []
        for pk, told in rows_of(journal, "gone", model).items():
            values = {name: _there(fields[name], value) for name, value in told.items()}
            if all(value is not None or fields[name].null for name, value in values.items()):
                rows.append(model(pk=pk, **values))
        model._default_manager.bulk_create(rows, ignore_conflicts=True)


def _remove_actions(journal: Journal, done: Counter[str], stayed: list[str]) -> None:
    """Delete the actions that the import opened and nobody has followed up; sub-items before their parents."""
    made = rows_of(journal, "made", ActionItem)
    for action in ActionItem.objects.filter(pk__in=made).order_by("-sub_number"):
        here = of([action])[label(ActionItem)][str(action.pk)]
        same = all(here[column] == made[action.pk][column] for column in ("text", "due", "area_id", "series_id"))
        if same and not (action.updates.exists() or action.children.exists() or action.owners.exists()):
            action.delete()
            done["action item"] += 1
            continue
        if action.updates.exists():
            retell({action.pk})
        stayed.append(f"action #{action.label} was followed up or changed since")


def _remove_meetings(journal: Journal) -> int:
    """Delete the meetings that the import made."""
    meetings = Meeting.objects.filter(pk__in=rows_of(journal, "made", Meeting))
    number = meetings.count()
    _remove_sections(Section.objects.filter(meeting__in=list(meetings)))
    meetings.delete()
    return number


def _learn_again(areas: Collection[int]) -> None:
    """Keep the learned leaderships of some areas in step with the sections that are left."""
    for series in Series.objects.filter(meetings__sections__area__in=areas).distinct():
        learning.learn_leaderships(series, Directory.from_database())
    Leadership.objects.filter(learned=True, area__in=areas, area__sections=None).delete()


def _remove_unreferred(model: type[models.Model], made: Journal, names: Collection[type[models.Model]]) -> int:
    """Delete rows that the import made, if they are as it left them and only their own `names` refer to them."""
    left = rows_of(made, "made", model)
    own = {label(of_name): set(rows_of(made, "made", of_name)) for of_name in names}
    used = _referred(model, set(left), ignoring=own)
    rows = [row for row in model._default_manager.filter(pk__in=left) if row.pk not in used]
    unchanged = [row.pk for row in rows if of([row])[label(model)][str(row.pk)] == left[row.pk]]
    model._default_manager.filter(pk__in=unchanged).delete()
    return len(unchanged)


def _referred(model: type[models.Model], pks: set[int], *, ignoring: Mapping[str, set[int] | None]) -> set[int]:
    """Those of some rows that any other row refers to, but for some rows, or (None) all of a model."""
    found: set[int] = set()
    for relation in model._meta.related_objects:
        other = relation.related_model
        ignored = ignoring.get(label(other), set())
        if ignored is None:
            continue
        name = relation.field.name
        rows = other._default_manager.filter(**{f"{name}__in": pks}).exclude(pk__in=ignored)
        found |= set(rows.values_list(name, flat=True))
    return found


def _sentences(batch: ImportBatch, totals: Counter[str]) -> Iterable[str]:
    """What was taken back, and what stayed and why."""
    if number := totals["meeting"]:
        yield f"{counted(number, 'meeting')} that came with this import went."
    if number := totals["text"]:
        yield f"{counted(number, 'section')} got the earlier text back, as a new revision."
    gone = [("section", "section"), ("action item", "action item"), ("person", "name"), ("area", "area")]
    if told := [counted(totals[key], noun) for key, noun in gone if totals[key]]:
        yield f"What it had made besides, and nothing else referred to, went too: {', '.join(told)}."
    if totals["series"]:
        yield f"The series {batch.slug}, which it had made, went with them."
    if not totals.total():
        yield "Nothing was taken back."
    for state, note in batch.pages.exclude(note="").order_by("position").values_list("state", "note"):
        yield f"Kept: {note}." if state == BatchPage.State.KEPT else f"Kept, while the rest of its page went: {note}."
