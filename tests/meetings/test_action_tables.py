"""Action items kept in tables of their own: read, numbered, and tied to the meetings of their days."""

from __future__ import annotations

import datetime as dt

import pytest

from meetings.importer import Importer, Result, series_for_import
from meetings.importer.sources import Source
from meetings.models import ActionItem, ImportedPage, Meeting, Series

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
TABLE = """---+ Action items
%TABLE{sort="off"}%
| *#* | *Owner* | *Action/Significant Item* | *Open Date* | *Close Date* |
| 1 | Ottoline, Basil R., GOC | Renew the certificate of the relay | 3/4/2014 | 11 Mar 2014 |
| 2 | All | Read the new policy | 2014-03-04 | |
| 3 | | Move the mirror | 03/04/14 | |
"""


def run(**pages: str) -> list[Result]:
    importer = Importer(series_for_import("relay"), at=AT)
    results = [importer.store(Source(f"{name}.txt", name, text.encode())) for name, text in pages.items()]
    importer.finish()
    return results


def minutes(day: int, items: str = "") -> str:
    return f"---++ CMS (Ottoline)\n   * {day} khour/day\n---++ Action/Significant Items\n   * {items}\n"


def test_each_row_is_an_action_with_its_number():
    [result] = run(Actions=TABLE)
    assert result.outcome == "imported", result.problems
    assert [(item.label, item.text, item.state) for item in ActionItem.objects.all()] == [
        ("1", "Renew the certificate of the relay", "done"),
        ("2", "Read the new policy", "open"),
        ("3", "Move the mirror", "open"),
    ]
    first, second, third = ActionItem.objects.all()
    assert sorted(first.owners.values_list("name", flat=True)) == ["Basil R.", "Ottoline"]
    assert first.area.slug == "goc"
    assert not second.owners.exists()
    assert list(second.updates.values_list("note", flat=True)) == ["opened; owner: All"]
    assert third.updates.get().said_at.date() == dt.date(2014, 3, 4)
    assert Series.objects.get().last_action_number == 3
    assert ImportedPage.objects.get().meeting is None


@pytest.mark.parametrize("order", [("a", "b", "t"), ("t", "b", "a")])
def test_actions_open_and_close_in_the_meetings_of_their_days(order):
    pages = {"a": ("Mar4,2014", minutes(4)), "b": ("Mar11,2014", minutes(11)), "t": ("Actions", TABLE)}
    run(**dict(pages[which] for which in order))
    item = ActionItem.objects.get(number=1)
    assert (item.opened_in.date, item.closed_in.date) == (dt.date(2014, 3, 4), dt.date(2014, 3, 11))
    assert ActionItem.objects.get(number=2).closed_in is None


def test_the_next_quarters_table_counts_from_one_again():
    later = TABLE.replace("Renew the certificate of the relay", "Buy a second relay").replace("| 2 |", "| 4 |")
    run(ActionsQ1=TABLE, ActionsQ2=later)
    assert {item.text: item.number for item in ActionItem.objects.all()} == {
        "Renew the certificate of the relay": 1,
        "Read the new policy": 2,
        "Move the mirror": 3,
        "Buy a second relay": 4,
    }


def test_a_second_time_changes_nothing():
    run(Actions=TABLE)
    before = list(ActionItem.objects.values())
    assert [result.outcome for result in run(Actions=TABLE)] == ["unchanged"]
    assert [result.outcome for result in run(Actions=TABLE + "\n")] == ["imported"]
    assert list(ActionItem.objects.values()) == before


def test_minutes_that_hold_such_a_table_stay_minutes():
    [result] = run(**{"Mar4,2014": minutes(4) + TABLE.replace("---+ ", "---++ ")})
    assert result.outcome == "imported"
    assert Meeting.objects.count() == 1
