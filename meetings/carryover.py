"""What next week's meeting inherits."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import transaction

from meetings.models import Leadership, Meeting, Section, Series


@transaction.atomic
def open_meeting(series: Series, *, on: date) -> Meeting:
    """The meeting of a day, open for its leads: a section for each area on the agenda that day, led as that day.

    Harmless where the meeting is there already: it comes back as it is, opened if it was only planned.
    """
    meeting, created = Meeting.objects.select_for_update().get_or_create(
        series=series, date=on, defaults={"state": Meeting.State.OPEN, "coordinates": series.coordinates}
    )
    if meeting.state == Meeting.State.PLANNED:
        meeting.state = Meeting.State.OPEN
        meeting.save(update_fields=["state"])
    if created or not meeting.sections.exists():
        Section.objects.bulk_create(_sections(meeting))
    return meeting


def _sections(meeting: Meeting) -> list[Section]:
    """The empty sections of a meeting: announcements, then the agenda in order."""
    agenda = list(meeting.series.agenda.active(on=meeting.date).select_related("area"))
    leading = Leadership.objects.active(on=meeting.date).filter(area__in=[item.area_id for item in agenda])
    leads: dict[int, list[str]] = defaultdict(list)
    for area, name in leading.order_by("since", "pk").values_list("area", "person__name"):
        if name not in leads[area]:
            leads[area].append(name)
    first = Section(meeting=meeting, kind=Section.Kind.ANNOUNCEMENTS, heading="Announcements", position=0)
    return [first] + [
        Section(
            meeting=meeting,
            kind=Section.Kind.AREA,
            area=item.area,
            heading=item.area.name,
            leads=leads[item.area_id],
            position=position,
        )
        for position, item in enumerate(agenda, start=1)
    ]


def open_next_meeting(series: Series, *, after: date) -> Meeting | None:
    """Open the next meeting by the series' recurrence; nothing where it has none."""
    upcoming = series.dates(after=after, count=1)
    return open_meeting(series, on=upcoming[0]) if upcoming else None
