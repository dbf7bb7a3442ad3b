"""Standing in for a lead for a while."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Deputy, Leadership, Meeting, Person, Section
from tests.conftest import account, sign_in

PAGE = "/desk/deputies/"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(datetime(2026, 11, 16, 12, 0, tzinfo=UTC), tick=False)


@pytest.fixture
def stand_in(db) -> Person:
    return account("Sam Standin").person


def named(person: Person, area, since: str = "2026-11-17", until: str = "2026-11-24") -> dict[str, str]:
    return {"area": str(area.pk), "person": str(person.pk), "since": since, "until": until}


def text(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_a_lead_names_a_deputy_who_then_writes_under_their_own_name(lead, stand_in, section, area):
    page = text(lead.post(PAGE, named(stand_in, area), follow=True))
    assert "Sam Standin stands in for CMS, 17 November 2026 to 24 November 2026." in page
    assert Deputy.objects.get().named_by == lead.user

    client = sign_in(stand_in.user)
    desk = text(client.get("/desk/"))
    assert "You stand in for the leads of CMS" in desk
    assert f'href="/desk/sections/{section.pk}/"' in desk
    client.post(f"/desk/sections/{section.pk}/", {"body": "* fine", "base": "0", "do": "ready"})
    assert '<h2 id="revision-1">Sam Standin,' in text(lead.get(f"/desk/sections/{section.pk}/history/"))


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        ("2026-11-17", "2026-11-17", 200),
        ("2026-11-01", "2026-11-30", 200),
        ("2026-11-18", "2026-11-30", 403),
        ("2026-11-01", "2026-11-16", 403),
    ],
)
def test_the_day_of_the_meeting_counts(since, until, status, stand_in, section, area):
    Deputy.objects.create(area=area, person=stand_in, since=since, until=until)
    client = sign_in(stand_in.user)
    assert client.get(f"/desk/sections/{section.pk}/").status_code == status
    assert (f"/desk/sections/{section.pk}/" in client.get("/desk/").content.decode()) == (status == 200)


def test_a_deputy_of_another_area_writes_nothing_here(stand_in, section, other_area):
    Deputy.objects.create(area=other_area, person=stand_in, since=date(2026, 11, 1), until=date(2026, 11, 30))
    assert sign_in(stand_in.user).get(f"/desk/sections/{section.pk}/").status_code == 403


def test_somebody_who_leads_and_stands_in_has_each_section_once(lead, section, area):
    Deputy.objects.create(area=area, person=lead.user.person, since=date(2026, 11, 1), until=date(2026, 11, 30))
    Leadership.objects.create(area=area, person=lead.user.person, since=date(2026, 1, 1))
    assert list(Section.objects.led_by(lead.user.pk)) == [section]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": "2026-11-16", "since": "2026-11-17"}, "The last day lies before the first one."),
        ({"until": "2026-11-15", "since": "2026-11-01"}, "This day has passed."),
        ({"until": ""}, "This field is required."),
        ({"since": "soon"}, "Enter a valid date."),
        ({"person": "0"}, "Select a valid choice."),
        ({"area": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said(change, said, lead, stand_in, section, area):
    response = lead.post(PAGE, named(stand_in, area) | change)
    assert (response.status_code, Deputy.objects.count()) == (422, 0)
    assert said in text(response)


def test_a_lead_names_deputies_of_own_areas_and_nobody_without_an_account(lead, stand_in, area, other_area):
    nobody = Person.objects.create(name="Nemo")
    assert lead.post(PAGE, named(stand_in, other_area)).status_code == 422
    assert lead.post(PAGE, named(nobody, area)).status_code == 422
    assert lead.post(PAGE, named(lead.user.person, area)).status_code == 422


def test_a_coordinator_names_deputies_anywhere(coordinator, stand_in, area, other_area):
    assert coordinator.post(PAGE, named(stand_in, other_area)).status_code == 302


def test_the_role_is_taken_back(lead, stand_in, section, area):
    running = Deputy.objects.create(area=area, person=stand_in, since=date(2026, 11, 1), until=date(2026, 11, 30))
    coming = Deputy.objects.create(area=area, person=stand_in, since=date(2026, 11, 16), until=date(2026, 11, 30))
    for deputy in (running, coming):
        assert "Sam Standin no longer stands in for CMS." in text(lead.post(PAGE, {"end": deputy.pk}, follow=True))
    assert list(Deputy.objects.values_list("until", flat=True)) == [date(2026, 11, 15)]
    assert sign_in(stand_in.user).get(f"/desk/sections/{section.pk}/").status_code == 403


@pytest.mark.parametrize("pk", ["", "x", "99", "9" * 30])
def test_nobody_ends_what_is_not_theirs(pk, lead, stand_in, area, other_area):
    other = Deputy.objects.create(area=other_area, person=stand_in, since=date(2026, 11, 1), until=date(2026, 11, 30))
    assert lead.post(PAGE, {"end": pk}).status_code == 404
    assert lead.post(PAGE, {"end": other.pk}).status_code == 404
    assert Deputy.objects.get().until == date(2026, 11, 30)


def test_past_deputies_are_not_listed(lead, stand_in, area):
    Deputy.objects.create(area=area, person=stand_in, since=date(2026, 10, 1), until=date(2026, 11, 15))
    assert "Nobody stands in." in text(lead.get(PAGE))


def test_a_deputy_without_sections_is_not_told_to_ask_for_a_role(deputy, area):
    Meeting.objects.all().delete()
    page = text(deputy.get("/desk/"))
    assert "you do not lead an area yet" not in page
    assert "None of your areas has a section" in page
    assert PAGE not in page


def test_the_page_asks_no_more_for_more_deputies(lead, stand_in, area):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(PAGE).status_code == 200
        return len(asked)

    def name() -> None:
        Deputy.objects.create(area=area, person=stand_in, since=date(2026, 11, 16), until=date(2026, 11, 30))

    name()
    few = queries()
    for _ in range(8):
        name()
    assert queries() == few


def test_the_admin_remembers_who_named_somebody(coordinator, stand_in, area):
    form = named(stand_in, area)
    assert coordinator.post("/admin/meetings/deputy/add/", form).status_code == 302
    assert Deputy.objects.get().named_by == coordinator.user
    assert "Sam Standin" in coordinator.get("/admin/meetings/deputy/").content.decode()
