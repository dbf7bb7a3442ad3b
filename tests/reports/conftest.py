"""A week with one of everything: each kind, state and visibility of a section, a roll, and actions with a story."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from meetings.models import ActionItem, ActionUpdate, Area, Attendance, Meeting, Person, Section, Series

TEXTS = Path(__file__).parent / "texts"
DAY = date(2026, 11, 17)
LATER = date(2026, 12, 1)
"""The day on which the embargo in `week` ends."""
PUBLISHED = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)

SECTIONS = [
    ("announcements", None, "Announcements", [], "ready", "No meeting on **24 November**."),
    ("items", None, "Action/Significant Items", [], "missing", ""),
    (
        "area",
        "CMS",
        "",
        ["Petra", "Farid"],
        "ready",
        (TEXTS / "cms.md").read_text(),
    ),
    ("area", "ATLAS", "", ["Yun"], "missing", ""),
    ("area", "LIGO", "LIGO and friends", [], "nothing", ""),
    (
        "area",
        "Operations",
        "Grid Operations Center",
        ["Dana W."],
        "draft",
        (TEXTS / "operations.md").read_text(),
    ),
    ("other", None, "Interoperability", [], "missing", ""),
    ("other", None, "Any other business", [], "ready", "Ask [Dana](mailto:dana@example.org) about _keys_ and `renew`."),
]


@pytest.fixture
def week(series: Series) -> Meeting:
    """An open meeting in which everything of the above was said, and two sections that outsiders may not see."""
    meeting = Meeting.objects.create(
        series=series, date=DAY, state=Meeting.State.OPEN, coordinates="Phone +1 555 0100, PIN 424242#"
    )
    for position, (kind, name, heading, leads, state, body) in enumerate(SECTIONS):
        area = Area.objects.create(slug=name.lower(), name=name) if name else None
        Section.objects.create(
            meeting=meeting,
            kind=kind,
            area=area,
            heading=heading,
            leads=leads,
            state=state,
            body=body,
            position=position,
        )
    hidden(meeting, "Security", "The key was found under the mat.", visibility="members")
    hidden(meeting, "Storage", "Order 4711 is cheaper.", visibility="embargoed", embargo_until=LATER)
    roll(meeting)
    actions(meeting)
    return meeting


def hidden(meeting: Meeting, heading: str, body: str, **limit: object) -> Section:
    """A section that not everybody may see."""
    return Section.objects.create(
        meeting=meeting, kind="other", heading=heading, body=body, state="ready", position=90, **limit
    )


def roll(meeting: Meeting) -> None:
    """Who came, and who did not."""
    people = [
        ("Petra", "", "", "present"),
        ("Dana W.", "KIT", "DW", "present"),
        ("Yun", "", "", "apologies"),
        ("Marek", "", "", "absent"),
    ]
    for position, (name, affiliation, initials, status) in enumerate(people):
        Attendance.objects.create(
            meeting=meeting, name=name, affiliation=affiliation, initials=initials, status=status, position=position
        )


def actions(meeting: Meeting) -> None:
    """41 closed here, 42 overdue, with a child, 43 opened here and never talked of."""
    series = meeting.series
    sunil, dana = (Person.objects.create(name=name) for name in ("Sunil", "Dana W."))
    third = ActionItem.objects.create(series=series, number=43, text="Write to *all* sites", opened_in=meeting)
    first = ActionItem.objects.create(series=series, number=41, text="Publish the calendar", state="done")
    second = ActionItem.objects.create(series=series, number=42, text="Find a name", due=date(2026, 11, 10))
    child = ActionItem.objects.create(series=series, number=42, sub_number=1, parent=second, text="Ask the users")
    third.owners.set([sunil, dana])
    second.owners.set([sunil])
    told(first, meeting, "closed, see the [calendar](https://cal.example.org/)", "done")
    told(child, meeting, "", "open")
    told(second, meeting, "no news\nthe list is still long", "open")


def told(action: ActionItem, meeting: Meeting, note: str, state: str) -> ActionUpdate:
    """What was said of an action in a meeting."""
    return ActionUpdate.objects.create(
        action=action, meeting=meeting, note=note, state=state, said_at=meeting.starts_at
    )


def put_out(meeting: Meeting, at: datetime = PUBLISHED) -> Meeting:
    """Publish a meeting the way a page does."""
    with transaction.atomic():
        meeting.publish(at=at)
    return meeting


@pytest.fixture
def published(week: Meeting, django_capture_on_commit_callbacks) -> Meeting:
    """The week, published and rendered."""
    with django_capture_on_commit_callbacks(execute=True):
        return put_out(week)
