"""What readers may narrow a list down by: plain GET forms, checked by django-filter."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from meetings.minutes.hiding import hide
from meetings.models import ActionItem, Area, Attendance, Person, Section, Series
from reports.models import WeeklyReport


class WordsFilter(filters.CharFilter):
    """Rows in which each of the words is found, in any of some fields."""

    def __init__(self, *fields: str) -> None:
        super().__init__(label="Words", max_length=200)
        self.fields = fields

    def filter(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        """Narrow down by one word after the other."""
        for word in words.split():
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self.fields)))
        return rows


class ReportFilter(filters.FilterSet):
    """Reports of one series by year, area, person and words; `sections` are those the reader may see."""

    q = WordsFilter("markdown")
    year = filters.ChoiceFilter(label="Year", field_name="meeting__date__year", empty_label="any")
    area = filters.ModelChoiceFilter(
        label="Area",
        to_field_name="slug",
        queryset=Area.objects.none(),
        empty_label="any",
        method="having_area",
    )
    person = filters.ModelChoiceFilter(
        label="Present", queryset=Person.objects.none(), empty_label="anybody", method="having_person"
    )

    def __init__(self, data: Any, queryset: QuerySet[WeeklyReport], *, sections: QuerySet[Section]) -> None:
        super().__init__(data, queryset)
        self.sections = sections
        years = queryset.order_by().values_list("meeting__date__year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(year, year) for year in sorted(years, reverse=True)]
        self.filters["area"].queryset = Area.objects.filter(pk__in=sections.values("area"))
        present = Attendance.objects.filter(status=Attendance.Status.PRESENT).filter(
            meeting__in=queryset.order_by().values("meeting")
        )
        self.filters["person"].queryset = Person.objects.filter(pk__in=present.values("person"))

    def having_area(self, rows: QuerySet[WeeklyReport], name: str, area: Area) -> QuerySet[WeeklyReport]:
        """Those in which the area said something."""
        said = self.sections.filter(meeting=OuterRef("meeting"), area=area)
        return rows.filter(Exists(said))

    def having_person(self, rows: QuerySet[WeeklyReport], name: str, person: Person) -> QuerySet[WeeklyReport]:
        """Those of meetings at which somebody was present."""
        return rows.filter(
            Exists(
                Attendance.objects.filter(status=Attendance.Status.PRESENT).filter(
                    meeting=OuterRef("meeting"), person=person
                )
            )
        )


class ActionFilter(filters.FilterSet):
    """Actions by words, series, area and state; wants the rows of `readable_actions`."""

    q = WordsFilter("text", "told_note")
    state = filters.ChoiceFilter(
        label="State",
        choices=[*ActionItem.State.choices, ("overdue", "overdue")],
        empty_label="any",
        method="in_state",
    )
    series = filters.ModelChoiceFilter(
        label="Series", to_field_name="slug", queryset=Series.objects.none(), empty_label="any"
    )
    area = filters.ModelChoiceFilter(
        label="Area", to_field_name="slug", queryset=Area.objects.none(), empty_label="any"
    )

    def __init__(self, data: Any, queryset: QuerySet[Any], *, member: bool) -> None:
        super().__init__(data, queryset)
        self.member = member
        self.filters["series"].queryset = Series.objects.filter(pk__in=queryset.order_by().values("series"))
        self.filters["area"].queryset = Area.objects.filter(pk__in=queryset.order_by().values("area"))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that fit; what is hidden from a reader cannot be found by guessing at it either."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        words = self.form.cleaned_data.get("q", "").casefold().split()
        if self.member or not words:
            return rows
        texts = (
            (pk, hide(f"{text}\n\n{note or ''}")) for pk, text, note in rows.values_list("pk", "text", "told_note")
        )
        hidden = [pk for pk, text in texts if not all(word in text.casefold() for word in words)]
        return rows.exclude(pk__in=hidden)

    def in_state(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        """Those in a state, as far as it was told."""
        return rows.filter(overdue=True) if state == "overdue" else rows.filter(told_state=state)
