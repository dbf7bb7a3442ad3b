"""Import, export, import again: the same minutes, but for where they stood in the source."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from meetings import documents
from meetings import minutes as conventions
from meetings.importer import Importer
from meetings.importer.sources import Source
from meetings.minutes import as_json
from meetings.models import Area, Meeting, Series
from reports.twiki_page import twiki
from reports.weekly import collect
from tests.reports.conftest import DAY

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
AT = datetime(2026, 11, 20, tzinfo=UTC)


def essence(minutes: conventions.Minutes) -> dict[str, Any]:
    """The minutes without what belongs to one source: its lines, its problems, and how its date was found."""
    told = as_json(minutes)
    for section in told["sections"]:
        del section["line"]
    del told["problems"], told["date_source"]
    return told


def read(text: bytes, name: str, series: Series, **options: Any) -> conventions.Minutes:
    page = documents.read_page(text, name)
    areas = Area.objects.by_alias()
    return conventions.read(page, series=series.slug, zone=series.zone, areas=areas, **options)


def exported(meeting: Meeting) -> str:
    return twiki(collect(meeting, member=True, on=DAY))


def there_and_back(path: Path, series: Series, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a page said, and what its export says."""
    run = Importer(series, at=AT, **options)
    result = run.store(Source(str(path), path.stem, path.read_bytes()))
    assert result.outcome == "imported", result.problems
    meeting = Meeting.objects.get(series=series)
    first = read(path.read_bytes(), path.stem, series, **options)
    again = read(exported(meeting).encode(), f"{series.slug}-{meeting.date}", series)
    return essence(first), essence(again)


@pytest.mark.parametrize("path", sorted((FIXTURES / "twiki").glob("*.txt")), ids=lambda path: path.stem)
def test_a_sample_page_comes_back_as_it_was(series, path):
    first, again = there_and_back(path, series)
    assert again == first


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("production-2011", {}),
        ("production-2012", {}),
        ("production-2015", {}),
        ("production-2017-fragment", {"on": datetime(2017, 2, 7, tzinfo=UTC).date()}),
    ],
)
def test_a_real_page_comes_back_as_it_was(series, seeds, name, options):
    first, again = there_and_back(seeds / f"{name}.txt", series, **options)
    assert again == first


def test_what_was_typed_here_is_read_by_the_importer(week):
    again = read(exported(week).encode(), "production-2026-11-17", week.series)
    assert [section.heading for section in again.sections] == [
        "Announcements",
        "Action/Significant Items",
        "CMS",
        "ATLAS",
        "LIGO and friends",
        "Grid Operations Center",
        "Interoperability",
        "Any other business",
        "Security",
        "Storage",
    ]
    assert again.sections[2].leads == ("Petra", "Farid")
    assert [section.state for section in again.sections[3:5]] == ["missing", "nothing"]
    assert again.coordinates == "Phone +1 555 0100, PIN 424242#"
    assert [(one.name, one.affiliation, one.initials, one.status) for one in again.attendees] == [
        ("Petra", None, None, "present"),
        ("Dana W.", "KIT", "DW", "present"),
        ("Yun", None, None, "apologies"),
        ("Marek", None, None, "absent"),
    ]


def test_actions_that_no_text_tells_are_listed(week):
    page = exported(week)
    again = read(page.encode(), "production-2026-11-17", week.series)
    assert [(one.number, one.text, one.note, one.owners, one.status) for one in again.actions] == [
        # A number without an owner is read as news of an action that is known.
        ("41", None, "Publish the calendar (done)\nclosed, see the [calendar](https://cal.example.org/)", (), "done"),
        ("42", "Find a name, due 10 November 2026", "no news\nthe list is still long", ("Sunil",), "open"),
        (None, "42.1 - Ask the users", "", (), "open"),
        ("43", "Write to *all* sites", "", ("Dana W.", "Sunil"), "open"),
    ]
    assert again.actions[1].due == datetime(2026, 11, 10, tzinfo=UTC).date()


def test_an_action_that_was_dropped_is_read_as_dropped(week):
    week.action_updates.filter(action__number=42, action__sub_number=0).update(state="dropped")
    again = read(exported(week).encode(), "production-2026-11-17", week.series)
    assert [one.status for one in again.actions if one.number == "42"] == ["dropped"]


def test_actions_that_the_text_tells_are_not_told_twice(week):
    week.sections.filter(kind="items").update(
        body="* 41 - Publish the calendar - closed, see the [calendar](https://cal.example.org/)"
    )
    assert exported(week).count("Publish the calendar") == 1


def test_a_page_of_the_top_level_keeps_its_headings_apart(week):
    week.sections.filter(heading="Storage").update(body="## Disks\n\nNone left.")
    again = read(exported(week).encode(), "production-2026-11-17", week.series)
    assert again.sections[-1].heading == "Storage"
    assert again.sections[-1].body == "### Disks\n\nNone left."


def test_names_that_are_no_wiki_names_survive(week):
    Meeting.objects.filter(pk=week.pk).update(author='Dan "the man" O\'Brien', created_by="Dan Fraser")
    week.refresh_from_db()
    again = read(exported(week).encode(), "production-2026-11-17", week.series)
    assert (again.author, again.created_by) == ('Dan "the man" O\'Brien', "Dan Fraser")
