"""What imported pages tell together: who led an area from when to when, and what a series' agenda is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from meetings.importer.people import Directory
from meetings.models import AgendaItem, Leadership, Meeting, Section, Series


def runs(named: Iterable[tuple[date, frozenset[int]]]) -> list[tuple[int, date, date | None]]:
    """(person, first day, last day or None) from who was named on which day, days in order.

    Somebody leads from the first day they are named until the day before somebody else is named without them.

    >>> from datetime import date
    >>> runs([(date(2012, 1, 3), frozenset({7})), (date(2012, 1, 10), frozenset({8}))])
    [(7, datetime.date(2012, 1, 3), datetime.date(2012, 1, 9)), (8, datetime.date(2012, 1, 10), None)]
    """
    found: list[tuple[int, date, date | None]] = []
    leading: dict[int, date] = {}
    for day, people in named:
        for person in sorted(leading.keys() - people):
            found.append((person, leading.pop(person), day - timedelta(days=1)))
        for person in sorted(people):
            leading.setdefault(person, day)
    return found + [(person, since, None) for person, since in sorted(leading.items())]


def learn_leaderships(series: Series, people: Directory) -> None:
    """Keep the learned leaderships of the areas of a series in step with the leads that headings name.

    Periods that somebody entered by hand are left alone, and nothing is learned beside them.
    """
    areas = set(Section.objects.filter(meeting__series=series, area__isnull=False).values_list("area", flat=True))
    named: dict[int, dict[date, set[int]]] = defaultdict(dict)
    sections = Section.objects.filter(area__in=areas).order_by("meeting__date")
    for area, day, leads in sections.values_list("area", "meeting__date", "leads"):
        known = {person for lead in leads if (person := people.find(lead)) is not None}
        if known:
            named[area].setdefault(day, set()).update(known)
    by_hand = set(Leadership.objects.filter(area__in=areas, learned=False).values_list("area", "person"))
    Leadership.objects.filter(area__in=areas, learned=True).delete()
    Leadership.objects.bulk_create(
        Leadership(area_id=area, person_id=person, since=since, until=until, learned=True)
        for area, days in named.items()
        for person, since, until in runs((day, frozenset(who)) for day, who in sorted(days.items()))
        if (area, person) not in by_hand
    )


def learn_agenda(series: Series) -> None:
    """Give a series without an agenda the areas of its newest meeting, in that order."""
    newest = series.meetings.filter(sections__area__isnull=False).order_by("-date").first()
    if newest is None or series.agenda.exists():
        return
    areas = newest.sections.filter(area__isnull=False).order_by("position").values_list("area", flat=True)
    AgendaItem.objects.bulk_create(
        AgendaItem(series=series, area_id=area, position=position) for position, area in enumerate(dict.fromkeys(areas))
    )


def learn_coordinates(series: Series) -> None:
    """Give a series without coordinates those of its newest meeting that has some."""
    if series.coordinates:
        return
    newest = Meeting.objects.filter(series=series).exclude(coordinates="").order_by("-date").first()
    if newest is not None:
        Series.objects.filter(pk=series.pk).update(coordinates=newest.coordinates)
