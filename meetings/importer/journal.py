"""What an import does to the record, row by row: kept with each page, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.db import models
from django.db.models import Max, Q, QuerySet

from meetings.minutes import Action
from meetings.minutes.actiontables import TableAction
from meetings.minutes.vocabulary import key
from meetings.models import (
    ActionItem,
    ActionUpdate,
    AgendaItem,
    Attendance,
    ImportedPage,
    Meeting,
    Section,
    Series,
)

#: Of each model the rows by primary key, each with its columns, as JSON holds them.
Rows = dict[str, dict[str, dict[str, Any]]]
Owners = ActionItem.owners.through
#: Columns that are not told: a section's text is in its revisions.
_UNTOLD: dict[type[models.Model], frozenset[str]] = {Section: frozenset({"body"})}


class Journal(TypedDict, total=False):
    """The rows that were made, changed (each column with its value before and after) and deleted."""

    made: Rows
    changed: dict[str, dict[str, dict[str, list[Any]]]]
    gone: Rows


def label(model: type[models.Model]) -> str:
    """The name of a model's rows in a journal."""
    return model._meta.label_lower


def columns(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """The columns of a model that a journal tells of."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return {field.attname: field for field in fields if field.attname not in _UNTOLD.get(model, frozenset())}


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def read(rows: Iterable[QuerySet[Any]]) -> Rows:
    """These rows as they are now, in one query for each set."""
    found: Rows = {}
    for some in rows:
        names = list(columns(some.model))
        for pk, *values in some.order_by().values_list("pk", *names):
            told = dict(zip(names, map(plain, values), strict=True))
            found.setdefault(label(some.model), {})[str(pk)] = told
    return found


def of(rows: Iterable[models.Model]) -> Rows:
    """Rows that are in memory."""
    found: Rows = {}
    for row in rows:
        told = {name: plain(getattr(row, name)) for name in columns(type(row))}
        found.setdefault(label(type(row)), {})[str(row.pk)] = told
    return found


def difference(before: Rows, after: Rows) -> Journal:
    """What happened between two readings of the same rows."""
    changed: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for name, rows in before.items():
        for pk, old in rows.items():
            new = after.get(name, {}).get(pk, old)
            if new != old:
                columns = {column: [old[column], new[column]] for column in old if new[column] != old[column]}
                changed.setdefault(name, {})[pk] = columns
    return Journal(made=_without(after, before), changed=changed, gone=_without(before, after))


def _without(some: Rows, others: Rows) -> Rows:
    """The rows of some that are not among others."""
    left = {
        name: {pk: row for pk, row in rows.items() if pk not in others.get(name, {})} for name, rows in some.items()
    }
    return {name: rows for name, rows in left.items() if rows}


class Watch:
    """Reads what a page may touch before it is stored, and again after; in the page's transaction, under its lock."""

    def __init__(self, series: Series) -> None:
        self._series = series
        self._before: Rows | None = None

    def start(self, topic: str, meeting: Meeting | None, actions: Sequence[Action | TableAction]) -> None:
        """Called by the importer in front of its first write."""
        self._topic, self._meeting = topic, meeting
        numbers = {int(one.number) for one in actions if one.number}
        numbers |= {int(one.parent) for one in actions if isinstance(one, Action) and one.parent}
        keys = {key(one.text or "")[:250] for one in actions}
        told = Q(number__in=numbers) | Q(key__in=keys)
        if meeting is not None and meeting.pk:
            told |= Q(updates__meeting=meeting)
        own = self._series.actions.filter(told)
        self._actions = set(own.values_list("pk", flat=True))
        self._last = self._series.actions.aggregate(last=Max("pk"))["last"] or 0
        self._before = read(self._rows())

    def journal(self, made: Iterable[models.Model]) -> Journal:
        """What storing the page did; `made` are rows that it made outside of the series."""
        if self._before is None:
            return Journal()
        self._actions |= set(self._series.actions.filter(pk__gt=self._last).values_list("pk", flat=True))
        journal = difference(self._before, read(self._rows()))
        journal["made"] |= of(made)
        return journal

    def _rows(self) -> list[QuerySet[Any]]:
        meeting = self._meeting.pk if self._meeting and self._meeting.pk else 0
        loose = Q(meeting=None, author=None, action__in=self._actions)
        return [
            Meeting.objects.filter(pk=meeting),
            Section.objects.filter(meeting=meeting),
            Attendance.objects.filter(meeting=meeting),
            ActionUpdate.objects.filter(Q(meeting=meeting) | loose),
            ImportedPage.objects.filter(series=self._series, topic=self._topic),
            ActionItem.objects.filter(pk__in=self._actions),
            Owners._default_manager.filter(actionitem__in=self._actions),
        ]


class SeriesWatch:
    """The same for what is concluded from all pages of an import together."""

    def __init__(self, series: Series) -> None:
        loose = ActionUpdate.objects.filter(action__series=series, author=None, meeting=None)
        told = dict(loose.values_list("pk", "action"))
        self._rows: list[QuerySet[Any]] = [
            ActionUpdate.objects.filter(pk__in=told),
            ActionItem.objects.filter(pk__in=set(told.values())),
            AgendaItem.objects.filter(series=series),
            Series.objects.filter(pk=series.pk),
        ]
        self._before = read(self._rows)

    def journal(self) -> Journal:
        """What was concluded."""
        return difference(self._before, read(self._rows))


def rows_of(journal: Mapping[str, Any], part: str, model: type[models.Model]) -> dict[int, dict[str, Any]]:
    """The rows of one model in one part of a journal."""
    return {int(pk): row for pk, row in journal.get(part, {}).get(label(model), {}).items()}
