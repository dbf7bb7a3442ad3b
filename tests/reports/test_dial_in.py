"""Dial-in details that somebody typed at the desk: members read them, outsiders find them at no address at all."""

from __future__ import annotations

import re

import pytest

from meetings.minutes.hiding import MARKER
from meetings.models import ActionItem, ActionUpdate, Attendance, Meeting, Person
from reports.models import WeeklyReport
from reports.weekly import collect
from tests.reports.conftest import DAY, put_out
from tests.reports.test_walk import START, pages_from

TYPED = """\
- All sites are up.
- Ring me: +1 (812) 555-7060, PIN 231000#
  - but not on 24 November
- https://zoom.us/j/123456789

| site | phone |
|---|---|
| KIT | 0041 22 555 60 00 |

The meeting password is grid4ever.
"""
SECRETS = ("555-7060", "231000", "zoom.us", "123456789", "0041", "555 60 00", "grid4ever", "555-7061", "998877")
ADDRESSES = [
    "/",
    "/production/",
    "/production/?q=231000",
    "/production/2026-11-17/",
    "/production/2026-11-17.json",
    "/production/2026-11-17.md",
    "/production/2026-11-17.txt",
    "/areas/",
    "/areas/cms/",
    "/actions/",
    "/actions/?q=998877",
    "/actions/production-44/",
    "/actions/production-45/",
]


@pytest.fixture
def typed(week: Meeting, member, django_capture_on_commit_callbacks) -> Meeting:
    """The week with secrets typed wherever text is typed, published."""
    for section in week.sections.filter(kind__in=["area", "announcements"]):
        section.body, section.state = TYPED, "ready"
        section.leads = ["Petra (812-555-7061)"]
        section.save()
    week.sections.create(kind="other", heading="Calls: 812-555-7061", body="x", state="ready", position=80)
    area = week.sections.get(area__slug="cms").area
    area.description = week.series.description = "Meets at 812-555-7061."
    area.save()
    week.series.save()
    owner = Person.objects.create(name="Wim 812-555-7061")
    action = ActionItem.objects.create(
        series=week.series, number=44, text="Ring Wim, join code 998877", area=area, opened_in=week
    )
    action.owners.add(owner)
    child = ActionItem.objects.create(series=week.series, number=45, text="Plain", area=area, parent=action)
    for item in (action, child):
        ActionUpdate.objects.create(action=item, meeting=week, note="he is at 812-555-7061", said_at=week.starts_at)
    Attendance.objects.create(meeting=week, name="Wim (812-555-7061)", affiliation="PIN 998877", position=9)
    with django_capture_on_commit_callbacks(execute=True):
        return put_out(week)


@pytest.mark.parametrize("address", ADDRESSES)
def test_outsiders_read_a_marker(typed, outsider, address):
    response = outsider.get(address)
    page = response.content.decode()
    # What somebody looked for is repeated in the form.
    page = re.sub(r"<input[^>]*>", "", page)
    assert response.status_code == 200
    assert [secret for secret in SECRETS if secret in page] == []


def test_no_address_that_outsiders_can_reach_tells_any(typed, outsider):
    found = pages_from([*START, "/search/?q=231000", "/production/latest/"], outsider)
    pages = {address: re.sub(r"<input[^>]*>", "", answer.content.decode()) for address, answer in found.items()}
    assert set(pages) >= set(ADDRESSES) - {"/production/?q=231000", "/actions/?q=998877"}
    assert [(address, secret) for address, page in pages.items() for secret in SECRETS if secret in page] == []


def test_the_rest_of_the_text_stays(typed, outsider):
    page = outsider.get("/production/2026-11-17.md").content.decode()
    for line in ("- All sites are up.", f"- {MARKER}", "  - but not on 24 November", f"| KIT | {MARKER} |"):
        assert line in page.splitlines()


def test_members_read_all_of_it(typed, member):
    report = member.get("/production/2026-11-17/").content.decode()
    story = member.get("/actions/production-44/").content.decode()
    area = member.get("/areas/cms/").content.decode()
    assert [secret for secret in SECRETS if secret not in report] == []
    assert [secret for secret in ("998877", "555-7061") if secret not in story] == []
    assert [secret for secret in ("231000", "zoom.us/j/123456789") if secret not in area] == []
    assert collect(typed, member=True, on=DAY).sections[0].body == TYPED


def test_guessing_at_an_action_finds_nothing(typed, outsider, member):
    assert "No action fits" in outsider.get("/actions/?q=998877").content.decode()
    assert "production-44" in member.get("/actions/?q=998877").content.decode()
    assert "production-45" in outsider.get("/actions/?q=plain").content.decode()


def test_no_stored_snapshot_has_any(typed):
    report = WeeklyReport.objects.get(meeting=typed)
    stored = "".join((report.html, report.text, report.markdown, report.json))
    assert [secret for secret in SECRETS if secret in stored] == []


class TestWhoWritesIsTold:
    def test_the_coordinator_before_publishing(self, week, coordinator):
        week.sections.filter(heading="Any other business").update(body="Ring 812-555-7060.")
        week.sections.filter(visibility="members").update(body="Ring 812-555-7060.")
        page = " ".join(coordinator.get("/desk/production/2026-11-17/").content.decode().split())
        told = re.search(r"<strong>Dial-in details</strong>.*?</p>", page)
        assert told is not None
        assert re.findall(r">([^<>]+)</a>", told[0]) == ["Any other business"]
        assert MARKER in told[0]

    def test_nobody_where_there_are_none(self, week, coordinator):
        assert "Dial-in details" not in coordinator.get("/desk/production/2026-11-17/").content.decode()

    def test_the_lead_after_saving(self, section, lead):
        address = section.get_edit_url()
        assert "dial-in details" not in lead.get(address).content.decode()
        page = lead.post(address, {"body": TYPED, "do": "draft", "base": 0}, follow=True).content.decode()
        assert "The saved text holds <strong>dial-in details</strong>" in page
        assert MARKER in page
        section.refresh_from_db()
        assert section.body == TYPED.strip("\n")
