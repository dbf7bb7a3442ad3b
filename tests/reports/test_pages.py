"""The report, the home page and the archive, as outsiders and members get them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.models import Area, Attendance, Meeting, Person, Section, Series
from reports.models import WeeklyReport
from tests.reports.conftest import put_out

DAY = date(2026, 11, 17)
ADDRESS = "/production/2026-11-17/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC), tick=False)


def out(series: Series, day: date, body: str = "", **fields: object) -> Meeting:
    """A published meeting of a day, rendered, with one section where there is a text."""
    meeting = Meeting.objects.create(series=series, date=day)
    if body:
        Section.objects.create(meeting=meeting, body=body, state="ready", **({"kind": "other"} | fields))
    put_out(meeting)
    rendered = {"state": "rendered", "html": f"<h1>{series.title}</h1>", "markdown": body}
    minutes: dict[str, list[object]] = {"sections": [], "attendees": [], "actions": []}
    meeting.reports.update(**rendered, json=json.dumps(minutes), rendered_at=datetime(2026, 11, 17, 23, 31, tzinfo=UTC))
    return meeting


class TestReport:
    def test_an_outsider_reads_the_snapshot(self, published, outsider):
        page = outsider.get(ADDRESS)
        assert page.status_code == 200
        assert WeeklyReport.objects.get().html in page.content.decode()
        for words in ("Tuesday 17 November 2026, 16:00", "CST (America/Chicago)", 'data-state="missing"', "Revision 1"):
            assert words in page.content.decode()

    def test_members_see_what_outsiders_do_not_and_that_it_is_so(self, published, outsider, member):
        theirs, ours = outsider.get(ADDRESS).content.decode(), member.get(ADDRESS).content.decode()
        for secret in ("The key was found", "Order 4711", "424242", "members only"):
            assert secret not in theirs
            assert secret in ours
        assert "members only until 1 December 2026" in ours

    @pytest.mark.parametrize(
        ("ending", "content_type"),
        [
            ("json", "application/json"),
            ("md", "text/markdown; charset=utf-8"),
            ("txt", "text/plain; charset=utf-8"),
        ],
    )
    def test_other_forms_are_the_public_ones_for_everybody(self, published, outsider, member, ending, content_type):
        theirs, ours = (reader.get(f"/production/2026-11-17.{ending}") for reader in (outsider, member))
        assert theirs["Content-Type"] == content_type
        assert theirs.content == ours.content
        assert b"CMS" in theirs.content
        assert b"under the mat" not in theirs.content
        assert "Last-Modified" in theirs

    def test_a_form_that_does_not_exist(self, published, outsider):
        assert outsider.get("/production/2026-11-17.exe").status_code == 404

    @pytest.mark.parametrize("address", ["/", "/production/", ADDRESS, "/production/2026-11-17.txt", "/areas/cms/"])
    def test_what_has_not_changed_is_not_sent_again(self, published, outsider, address):
        first = outsider.get(address)
        assert "no-cache" in first["Cache-Control"]
        again = outsider.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_last_modified_is_enough(self, published, outsider):
        first = outsider.get(ADDRESS)
        assert outsider.get(ADDRESS, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
        out(published.series, date(2026, 11, 24))
        WeeklyReport.objects.filter(meeting__date__gt=DAY).update(rendered_at=datetime(2026, 11, 25, tzinfo=UTC))
        again = outsider.get(ADDRESS, headers={"If-Modified-Since": first["Last-Modified"]})
        assert "Next: " in again.content.decode()

    def test_members_pages_are_not_shared(self, published, member):
        assert "private" in member.get(ADDRESS)["Cache-Control"]

    def test_the_way_to_the_weeks_around(self, published, outsider):
        for day in (date(2026, 11, 10), date(2026, 11, 3), date(2026, 12, 1)):
            out(published.series, day)
        page = outsider.get(ADDRESS).content.decode()
        assert 'rel="prev" href="/production/2026-11-10/"' in page
        assert 'rel="next" href="/production/2026-12-01/"' in page
        assert "2026-11-03" not in page

    def test_waiting_to_be_rendered(self, week, outsider):
        put_out(week)
        page = outsider.get(ADDRESS)
        assert (page.status_code, "rendering is waiting" in page.content.decode()) == (200, True)
        text = outsider.get("/production/2026-11-17.txt")
        assert (text.status_code, text["Retry-After"]) == (503, "60")

    def test_given_up(self, week, outsider):
        put_out(week)
        WeeklyReport.objects.update(state="failed", error="ValueError: secret detail")
        page = outsider.get(ADDRESS).content.decode()
        assert "rendering failed" in page
        assert "secret detail" not in page

    def test_while_it_is_reopened_everybody_keeps_the_published_text(self, published, outsider, member):
        published.reopen()
        Section.objects.filter(area__slug="cms").update(body="Half a sentence of the next")
        for reader in (outsider, member):
            page = reader.get(ADDRESS).content.decode()
            assert "being revised" in page
            assert "Half a sentence" not in page
            assert "352 khour/day" in page

    def test_the_old_revision_stays_until_the_next_is_rendered(self, published, outsider):
        published.reopen()
        put_out(published)
        assert "Revision 1" in outsider.get(ADDRESS).content.decode()

    def test_only_reading(self, published, outsider):
        assert outsider.post(ADDRESS).status_code == 405


class TestDayWithoutReport:
    def test_the_nearest_ones_are_offered(self, published, outsider):
        out(published.series, date(2026, 11, 24))
        page = outsider.get("/production/2026-11-19/")
        assert page.status_code == 404
        assert "/production/2026-11-17/" in page.content.decode()
        assert "/production/2026-11-24/" in page.content.decode()

    def test_outsiders_cannot_tell_that_a_meeting_is_being_written(self, meeting, outsider, member):
        there = outsider.get("/production/2026-11-17/")
        not_there = outsider.get("/production/2026-11-16/")
        assert there.status_code == not_there.status_code == 404
        same = there.content.decode().replace("Tuesday 17", "X").replace("17 Nov", "X").replace("11-17", "X")
        assert same == not_there.content.decode().replace("Monday 16", "X").replace("16 Nov", "X").replace("11-16", "X")
        ours = member.get("/production/2026-11-17/")
        assert (ours.status_code, "still being written" in ours.content.decode()) == (404, True)

    @pytest.mark.parametrize("address", ["/production/2026-02-31/", "/nosuch/", "/nosuch/latest/", "/areas/nosuch/"])
    def test_a_404_lists_the_series(self, published, outsider, address):
        Series.objects.create(slug="board", title="Secret board", public=False)
        page = outsider.get(address)
        assert page.status_code == 404
        assert "Production meeting" in page.content.decode()
        assert "Secret board" not in page.content.decode()
        assert "Traceback" not in page.content.decode()


class TestPrivateSeries:
    @pytest.fixture
    def board(self, db):
        series = Series.objects.create(slug="board", title="Secret board", public=False)
        return out(series, DAY, "Budget")

    @pytest.mark.parametrize(
        "address", ["/board/", "/board/latest/", "/board/2026-11-17/", "/board/2026-11-17.txt", "/board/2026-11-16/"]
    )
    def test_it_does_not_exist_for_outsiders(self, board, outsider, member, address):
        page = outsider.get(address)
        assert page.status_code == 404
        assert "Secret board" not in page.content.decode()
        assert "Secret board" in member.get(address, follow=True).content.decode() or address.endswith("txt")

    def test_home_shows_it_to_members(self, board, outsider, member):
        assert "Secret board" not in outsider.get("/").content.decode()
        assert "Secret board" in member.get("/").content.decode()


class TestHome:
    def test_the_newest_of_each_series(self, published, outsider):
        out(published.series, date(2026, 11, 10))
        page = outsider.get("/").content.decode()
        assert "Tuesday 17 November 2026" in page
        assert "No meeting on <strong>24 November</strong>." in page
        assert "/production/2026-11-10/" in page

    def test_two_revisions_are_one_report(self, published, outsider, django_capture_on_commit_callbacks):
        published.reopen()
        with django_capture_on_commit_callbacks(execute=True):
            put_out(published)
        assert [digest.report.revision for digest, _, _ in outsider.get("/").context["shown"]] == [2]
        assert [earlier for _, _, earlier in outsider.get("/").context["shown"]] == [[]]

    def test_empty(self, db, outsider, member):
        assert "No report has been published yet" in outsider.get("/").content.decode()
        assert "import_minutes" in member.get("/").content.decode()

    def test_a_series_without_reports_is_named(self, published, outsider):
        Series.objects.create(slug="tools", title="Tools meeting")
        assert "Tools meeting" in outsider.get("/").content.decode()


class TestArchive:
    @pytest.fixture
    def years(self, series, area):
        person = Person.objects.create(name="Yun")
        for day in (date(2025, 12, 30), date(2026, 1, 6), date(2026, 1, 13)):
            out(series, day, f"Report of {day.isoformat()}")
        first, second, third = Meeting.objects.order_by("date")
        Section.objects.create(meeting=second, area=area, body="60% of the nodes", state="ready")
        Section.objects.create(meeting=third, area=area, body="a leak", state="ready", visibility="members")
        Attendance.objects.create(meeting=first, name="Yun", person=person)
        Attendance.objects.create(meeting=second, name="Yun", person=person, status="apologies")
        return person

    def days(self, client: Client, query: str) -> list[str]:
        page = client.get(f"/production/?{query}")
        assert page.status_code == 200
        return [digest.report.meeting.date.isoformat() for digest in page.context["digests"]]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["2026-01-13", "2026-01-06", "2025-12-30"]),
            ("year=2025", ["2025-12-30"]),
            ("q=2026-01-06", ["2026-01-06"]),
            ("q=of+REPORT", ["2026-01-13", "2026-01-06", "2025-12-30"]),
            ("q=report+nosuch", []),
            ("area=cms", ["2026-01-06"]),
            ("year=2025&area=cms", []),
            ("page=99", ["2026-01-13", "2026-01-06", "2025-12-30"]),
        ],
    )
    def test_filters(self, years, outsider, query, found):
        assert self.days(outsider, query) == found

    def test_a_person_was_there_not_only_on_the_roll(self, years, outsider):
        assert self.days(outsider, f"person={years.pk}") == ["2025-12-30"]

    def test_members_find_what_is_for_members(self, years, member):
        assert self.days(member, "area=cms") == ["2026-01-13", "2026-01-06"]

    @pytest.mark.parametrize(
        "query", ["year=MMXXV", "area=nosuch", "person=x", "q=%00", f"q={201 * 'x'}", "page=x", "page=-1"]
    )
    def test_nonsense_is_answered_in_words(self, years, outsider, query):
        page = outsider.get(f"/production/?{query}")
        assert page.status_code == 200
        assert "errorlist" in page.content.decode() or query.startswith("page")

    def test_by_year_with_an_empty_state(self, years, outsider):
        page = outsider.get("/production/").content.decode()
        assert page.index("<h2>2026</h2>") < page.index("<h2>2025</h2>")
        assert "Show all reports" in outsider.get("/production/?q=nosuch").content.decode()

    def test_pages(self, years, series, outsider, monkeypatch):
        monkeypatch.setattr("reports.views.REPORTS_A_PAGE", 2)
        assert self.days(outsider, "page=2") == ["2025-12-30"]
        assert "?q=Report&amp;page=2" in outsider.get("/production/?q=Report").content.decode()

    def test_latest(self, years, series, outsider):
        assert outsider.get("/production/latest/")["Location"] == "/production/2026-01-13/"
        Series.objects.create(slug="tools", title="Tools")
        assert outsider.get("/tools/latest/")["Location"] == "/tools/"

    def test_no_report_yet(self, series, outsider):
        assert "has no published report yet" in outsider.get("/production/").content.decode()


def queries(client: Client, address: str) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return captured.captured_queries


@pytest.mark.parametrize("address", ["/", "/production/", ADDRESS, "/areas/", "/areas/cms/", "/actions/"])
def test_more_rows_need_no_more_queries(published, outsider, address):
    few = queries(outsider, address)
    for week in range(1, 5):
        meeting = out(published.series, date(2026, 10, 1 + 7 * (week - 1)), "more", area=Area.objects.get(slug="cms"))
        for number in range(3):
            action = published.series.actions.create(number=100 + 10 * week + number, text="more", opened_in=meeting)
            action.owners.add(Person.objects.create(name=f"Owner {week} {number}"))
        Area.objects.create(slug=f"area-{week}", name=f"Area {week}")
        Section.objects.create(meeting=meeting, area=Area.objects.get(slug=f"area-{week}"), body="x", state="ready")
    many = queries(outsider, address)
    assert len(many) == len(few), [query["sql"] for query in many]
    assert len(many) <= 6
