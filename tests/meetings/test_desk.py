"""The desk: what is mine to write, and the page from which a meeting is run."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import AgendaItem, Area, Attendance, Leadership, Meeting, Section
from tests.conftest import NOW

DESK = "/desk/"
PAGE = "/desk/production/2026-11-17/"


@pytest.fixture(autouse=True)
def _at_noon(time_machine):
    """Three hours before sections are due."""
    time_machine.move_to(datetime(2026, 11, 17, 18, 0, tzinfo=UTC), tick=False)


def test_a_lead_sees_only_his_sections(lead, section):
    page = lead.get(DESK).content.decode()
    assert f'href="/desk/sections/{section.pk}/"' in page
    assert "ATLAS" not in page
    assert "not written yet" in page
    assert "Meetings being written" not in page


def test_the_deadline_is_said_in_words_and_in_the_zone_of_the_series(lead, section):
    page = " ".join(lead.get(DESK).content.decode().replace("\xa0", " ").split())
    # 16:00 in Chicago, less an hour.
    deadline = '<time datetime="2026-11-17T21:00:00+00:00">Tuesday 17 November 2026, 15:00 CST</time>'
    assert f"deadline {deadline} (in 3 hours)" in page


def test_a_passed_deadline_says_so(lead, section, time_machine):
    time_machine.move_to(datetime(2026, 11, 17, 21, 30, tzinfo=UTC), tick=False)
    assert "(passed 30 minutes ago)" in lead.get(DESK).content.decode().replace("\xa0", " ")


def test_who_saved_last_is_on_the_list(lead, section, coordinator):
    section.write("* fine", at=NOW, author=coordinator.user)
    page = " ".join(lead.get(DESK).content.decode().split())
    assert "12:00 CST</time> by Cora Coordinator" in page


def test_who_said_so_is_beside_the_state(lead, coordinator, section):
    section.write("* fine", at=NOW, author=lead.user, state="ready")
    section.write("* finer", at=NOW.replace(minute=7), author=coordinator.user, state="ready")
    for client, address in ((lead, DESK), (coordinator, PAGE), (lead, f"/desk/sections/{section.pk}/")):
        page = " ".join(client.get(address).content.decode().split())
        assert re.search(
            'data-state="ready">ready</span> <span class="meta">since <time[^>]*>12:00 CST</time> by Lea Lead', page
        )


def test_an_imported_state_is_nobodys(lead, section):
    section.write("* fine", at=NOW, author_name="Tony T.", origin="import", state="ready")
    assert "since <time" not in lead.get(DESK).content.decode()


def test_nothing_to_report_takes_one_click(lead, section):
    page = lead.get(DESK).content.decode()
    assert page.count('value="nothing"') == 1
    form = {"body": "", "base": "0", "do": "nothing"}
    assert all(f'name="{name}" value="{value}"' in page for name, value in form.items())
    lead.post(f"/desk/sections/{section.pk}/", form)
    section.refresh_from_db()
    assert (section.state, section.state_by, section.state_at) == ("nothing", lead.user, NOW)
    assert 'value="nothing"' not in lead.get(DESK).content.decode()


def test_published_meetings_leave_the_desk(lead, coordinator, section):
    Meeting.objects.update(state=Meeting.State.PUBLISHED)
    assert "None of your areas has a section" in lead.get(DESK).content.decode()
    assert "No meeting is being written" in coordinator.get(DESK).content.decode()


def test_a_planned_meeting_is_marked(lead, section):
    Meeting.objects.update(state=Meeting.State.PLANNED)
    assert 'data-state="planned"' in lead.get(DESK).content.decode()


def test_somebody_without_a_role_learns_whom_to_ask(member, coordinator, section):
    page = member.get(DESK).content.decode()
    assert "ask a coordinator" in page
    assert "Cora Coordinator" in page


def test_a_coordinator_sees_how_far_each_meeting_is(coordinator, section):
    section.write("* fine", at=NOW, author=coordinator.user)
    page = coordinator.get(DESK).content.decode()
    assert f'href="{PAGE}"' in page
    assert "1 of 2 areas written" in page


def test_the_desk_asks_no_more_for_more_sections(lead, area, series):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(DESK).status_code == 200
        return len(asked)

    for day in (1, 2):
        meeting = Meeting.objects.create(series=series, date=date(2026, 12, day), state="open")
        Section.objects.create(meeting=meeting, area=area).write("* fine", at=NOW, author=lead.user)
    few = queries()
    for day in range(3, 12):
        meeting = Meeting.objects.create(series=series, date=date(2026, 12, day), state="open")
        Section.objects.create(meeting=meeting, area=area).write("* fine", at=NOW, author=lead.user)
    assert queries() == few


def test_a_meeting_shows_its_sections_roll_and_what_is_missing(coordinator, section, meeting, series):
    section.write("* fine", at=NOW, author=coordinator.user, state="ready")
    Attendance.objects.create(meeting=meeting, name="Rita R.", affiliation="Lakeshore", status="apologies")
    page = " ".join(coordinator.get(PAGE).content.decode().split())
    assert "Still missing: ATLAS." in page
    assert 'data-state="ready">ready' in page
    assert "Rita R." in page
    assert 'data-state="apologies"' in page
    assert "The meeting before" not in page


def test_the_published_meeting_before_is_linked(coordinator, section, series):
    for day, state in ((3, "published"), (10, "published"), (16, "open")):
        Meeting.objects.create(series=series, date=date(2026, 11, day), state=state)
    page = coordinator.get(PAGE).content.decode()
    assert 'href="/production/2026-11-10/"' in page
    assert 'href="/production/2026-11-03/"' not in page


def test_the_meeting_asks_no_more_for_more_sections(coordinator, section, meeting):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert coordinator.get(PAGE).status_code == 200
        return len(asked)

    section.write("* fine", at=NOW, author=coordinator.user)
    few = queries()
    for number in range(8):
        other = Area.objects.create(slug=f"a{number}", name=f"A {number}")
        Section.objects.create(meeting=meeting, area=other).write("* fine", at=NOW, author=coordinator.user)
        Attendance.objects.create(meeting=meeting, name=f"N {number}")
    assert queries() == few


def test_publishing_and_reopening(coordinator, meeting, section):
    page = coordinator.post(PAGE, {"do": "publish"}, follow=True).content.decode()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.revision, meeting.published_at) == ("published", 1, NOW)
    assert "Published as revision 1." in page
    assert 'href="/production/2026-11-17/"' in page

    page = coordinator.post(PAGE, {"do": "publish"}, follow=True).content.decode()
    assert "published already, as revision 1" in page

    page = coordinator.post(PAGE, {"do": "reopen"}, follow=True).content.decode()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.revision) == ("open", 1)
    assert "Readers see revision 1 until then." in page


def test_an_unknown_button_does_nothing(coordinator, meeting, section):
    assert "Nothing was done" in coordinator.post(PAGE, {"do": "burn"}, follow=True).content.decode()
    meeting.refresh_from_db()
    assert meeting.state == "open"


def test_a_meeting_without_sections_says_what_to_do(coordinator, meeting):
    assert "This meeting has no sections" in coordinator.get(PAGE).content.decode()


def test_what_is_typed_cannot_be_markup(coordinator, section, meeting, series):
    series.title = "<b>Ops</b>"
    series.save()
    section.heading, section.leads = "<i>CMS</i>", ["<u>Tony</u>"]
    section.save()
    Attendance.objects.create(meeting=meeting, name="<s>Rita</s>")
    for address in (DESK, PAGE, f"/desk/sections/{section.pk}/", f"/desk/sections/{section.pk}/history/"):
        page = coordinator.get(address).content.decode()
        assert not [tag for tag in ("<b>Ops", "<i>CMS", "<u>Tony", "<s>Rita") if tag in page]


def test_a_handed_over_area_changes_desks(lead, other_lead, section, area):
    Leadership.objects.filter(area=area).update(until=date(2026, 11, 16))
    Leadership.objects.create(area=area, person=other_lead.user.person, since=date(2026, 11, 17))
    address = f'href="/desk/sections/{section.pk}/"'
    assert address not in lead.get(DESK).content.decode()
    assert address in other_lead.get(DESK).content.decode()


def test_an_area_off_the_agenda_keeps_its_section(lead, section, area):
    AgendaItem.objects.filter(area=area).update(until=date(2026, 11, 1))
    assert f'href="/desk/sections/{section.pk}/"' in lead.get(DESK).content.decode()
