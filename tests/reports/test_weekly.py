from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.minutes import Attendee, as_json
from meetings.models import ActionItem, Area, Attendance, ImportedPage, Meeting, Person, Section
from reports import render
from reports.weekly import collect, minutes
from tests.reports.conftest import DAY, LATER, put_out, told


def titles(weekly) -> list[str]:
    return [section.title for section in weekly.sections]


def labels(weekly) -> list[str]:
    return [action.label for action in weekly.actions]


def test_a_section_has_its_place_its_title_and_a_lasting_anchor(week):
    sections = collect(week, on=DAY).sections
    assert [section.title for section in sections][2:5] == ["CMS", "ATLAS", "LIGO and friends"]
    cms = sections[2]
    assert (cms.kind, cms.area, cms.area_name, cms.heading, cms.leads) == ("area", "cms", "CMS", "", ("Petra", "Farid"))
    row = week.sections.get(area__slug="cms")
    assert row.get_absolute_url().endswith(f"#{cms.anchor}")


def test_outsiders_do_not_learn_what_is_for_members(week):
    weekly = collect(week, on=DAY)
    assert {"Security", "Storage"}.isdisjoint(titles(weekly))
    assert weekly.coordinates == ""


def test_members_see_everything_and_who_else_may(week):
    weekly = collect(week, member=True, on=DAY)
    assert weekly.coordinates == "Phone +1 555 0100, PIN 424242#"
    limits = {section.title: section.limit for section in weekly.sections if section.limit}
    assert limits == {"Security": "members only", "Storage": "members only until 1 December 2026"}


@pytest.mark.parametrize(("on", "seen"), [(LATER - timedelta(days=1), False), (LATER, True)])
def test_an_embargo_ends_on_its_day(week, on, seen):
    assert ("Storage" in titles(collect(week, on=on))) is seen


def test_the_meeting_begins_in_the_zone_of_its_series(week):
    weekly = collect(week, on=DAY)
    assert weekly.starts_at.isoformat() == "2026-11-17T16:00:00-06:00"
    assert weekly.address == "http://127.0.0.1:8000/production/2026-11-17/"


def test_the_roll_is_grouped_and_kept_in_order(week):
    weekly = collect(week, on=DAY)
    assert [one.name for one in weekly.roll] == ["Petra", "Dana W.", "Yun", "Marek"]
    assert weekly.present == (Attendee("Petra"), Attendee("Dana W.", "KIT", "DW"))
    assert [one.name for one in weekly.apologies + weekly.absent] == ["Yun", "Marek"]


def test_the_highlights_count_what_the_reader_sees(week):
    glance = collect(week, on=DAY).highlights
    assert (glance.asked, glance.filled, glance.missing, glance.nothing) == (
        4,
        3,
        ("ATLAS",),
        ("LIGO and friends",),
    )
    assert (glance.present, glance.open_actions, glance.overdue_actions) == (2, 3, 1)


# --- actions ---------------------------------------------------------------------------------------------


def test_actions_come_by_number_with_children_below_their_parent(week):
    weekly = collect(week, on=DAY)
    assert [(action.label, action.parent) for action in weekly.actions] == [
        ("41", None),
        ("42", None),
        ("42.1", "42"),
        ("43", None),
    ]
    assert weekly.actions[1].owners == ("Sunil",)
    assert weekly.actions[0].url == "/actions/production-41/"


def test_an_action_is_as_it_was_in_the_meeting_not_as_it_is_today(week):
    ActionItem.objects.filter(number=42).update(state="done")
    ActionItem.objects.filter(number=43).update(state="done")
    assert [action.status for action in collect(week, on=DAY).actions] == ["done", "open", "open", "open"]


def test_an_action_that_was_opened_and_closed_here_is_closed(week):
    ActionItem.objects.filter(number=43).update(state="dropped", closed_in=week)
    assert collect(week, on=DAY).actions[-1].status_name == "not needed"


@pytest.mark.parametrize(("due", "overdue"), [(DAY - timedelta(days=1), True), (DAY, False), (None, False)])
def test_an_action_is_overdue_as_of_the_meeting(week, due, overdue):
    ActionItem.objects.filter(number=42, sub_number=0).update(due=due)
    assert collect(week, on=DAY + timedelta(days=90)).actions[1].overdue is overdue


def test_what_is_done_is_not_overdue(week):
    ActionItem.objects.filter(number=41).update(due=date(2026, 1, 1))
    assert collect(week, on=DAY).actions[0].overdue is False


def test_what_other_meetings_said_of_an_action_stays_there(week):
    other = Meeting.objects.create(series=week.series, date=DAY - timedelta(days=7))
    told(ActionItem.objects.get(number=42, sub_number=0), other, "an older note", "open")
    told(ActionItem.objects.create(series=week.series, number=7), other, "elsewhere", "open")
    weekly = collect(week, on=DAY)
    assert "7" not in labels(weekly)
    assert weekly.actions[1].note == "no news\nthe list is still long"


def test_actions_are_hidden_with_the_list_they_stand_in(week):
    week.sections.filter(kind="items").update(visibility="members")
    assert collect(week, on=DAY).actions == ()
    assert len(collect(week, member=True, on=DAY).actions) == 4


def test_actions_are_hidden_with_the_section_of_their_area(week):
    area = Area.objects.create(slug="security", name="Security")
    week.sections.filter(heading="Security").update(area=area, kind="area")
    ActionItem.objects.filter(number=41).update(area=area)
    assert labels(collect(week, on=DAY)) == ["42", "42.1", "43"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [("* 41 - Publish the calendar - CLOSED", ""), ("* The old farm is off", "* The old farm is off")],
)
def test_the_list_of_actions_replaces_a_text_that_says_no_more(week, body, shown):
    week.sections.filter(kind="items").update(body=body)
    weekly = collect(week, on=DAY)
    section = next(section for section in weekly.sections if section.pk == weekly.actions_place)
    assert weekly.shown_body(section) == shown


def test_without_actions_the_items_keep_their_text(week):
    week.actions_opened.all().delete()
    week.action_updates.all().delete()
    week.sections.filter(kind="items").update(body="* 41 - closed")
    weekly = collect(week, on=DAY)
    assert weekly.actions_place is None
    assert [weekly.shown_body(section) for section in weekly.sections if section.kind == "items"] == ["* 41 - closed"]


# --- what comes out --------------------------------------------------------------------------------------


def test_the_result_is_frozen(week):
    weekly = collect(week, on=DAY)
    with pytest.raises(FrozenInstanceError):
        weekly.revision = 7


def imported(week: Meeting) -> None:
    ImportedPage.objects.create(
        series=week.series,
        topic="ProductionMeetingWeek47",
        source="pages/ProductionMeetingWeek47.txt",
        sha256="0" * 64,
        revision=4,
        date_source="topicinfo",
        problems=[{"line": 12, "level": "warning", "message": "the key was found under a mat"}],
        meeting=week,
        imported_at=week.starts_at,
    )


def test_minutes_of_an_imported_page_are_those_of_the_page(week):
    imported(week)
    told = as_json(minutes(collect(week, member=True, on=DAY)))
    assert (told["revision"], told["date_source"], len(told["problems"])) == (4, "topicinfo", 1)


def test_problems_may_quote_hidden_sections_so_outsiders_get_none(week):
    imported(week)
    assert not as_json(minutes(collect(week, on=DAY)))["problems"]


def test_minutes_typed_here_have_the_revision_that_was_published(week):
    told = as_json(minutes(collect(put_out(week), on=DAY)))
    assert (told["revision"], told["date_source"], told["author"]) == (1, "option", None)


def enlarge(week: Meeting, count: int) -> None:
    for number in range(count):
        area = Area.objects.create(slug=f"area-{number}", name=f"Area {number}")
        Section.objects.create(meeting=week, area=area, body="* text", state="ready", leads=["Petra"])
        Attendance.objects.create(meeting=week, name=f"Guest {number}")
        action = ActionItem.objects.create(series=week.series, number=100 + number, area=area)
        child = ActionItem.objects.create(series=week.series, number=100 + number, sub_number=1, parent=action)
        action.owners.set([Person.objects.create(name=f"Owner {number}")])
        told(action, week, "no news", "open")
        told(child, week, "no news", "open")


@pytest.mark.parametrize("member", [False, True])
def test_a_longer_week_costs_no_more_queries(week, member):
    with CaptureQueriesContext(
        connection,
    ) as short:
        collect(week, member=member, on=DAY)
    enlarge(week, 18)
    with CaptureQueriesContext(connection) as long:
        weekly = collect(week, member=member, on=DAY)
    assert len(weekly.sections) > 20
    assert len(long) == len(short)


def test_rendering_asks_the_database_nothing(week, django_assert_num_queries):
    weekly = collect(week, member=True, on=DAY)
    with django_assert_num_queries(0):
        for form in (render.html, render.text, render.markdown, render.json):
            form(weekly)
