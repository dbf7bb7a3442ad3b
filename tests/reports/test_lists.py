"""Areas and actions: lists of what published reports told, and no more than that."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from meetings.models import ActionItem, Area, Leadership, Meeting, Person, Section, Series
from tests.reports.conftest import put_out, told


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC), tick=False)


def next_week(series: Series) -> Meeting:
    return Meeting.objects.create(series=series, date=date(2026, 11, 24), state="open")


class TestAreas:
    def test_those_that_have_reported(self, published, outsider):
        Area.objects.create(slug="quiet", name="Quiet area")
        Leadership.objects.create(area=Area.objects.get(slug="cms"), person=Person.objects.create(name="Petra L."))
        page = outsider.get("/areas/").content.decode()
        assert "CMS" in page
        assert "Petra L." in page
        assert "17 November 2026" in page
        assert "Quiet area" not in page

    def test_none_yet(self, db, outsider):
        assert "No area has reported yet" in outsider.get("/areas/").content.decode()


class TestArea:
    @pytest.fixture
    def cms(self, published):
        return Area.objects.get(slug="cms")

    def test_its_texts_newest_first(self, published, cms, outsider):
        earlier = Meeting.objects.create(series=published.series, date=date(2026, 11, 10))
        Section.objects.create(meeting=earlier, area=cms, body="All **quiet**.", state="ready")
        put_out(earlier)
        page = outsider.get("/areas/cms/").content.decode()
        assert "All <strong>quiet</strong>." in page
        assert page.index("17 November 2026") < page.index("10 November 2026")
        section = cms.sections.get(meeting=published)
        assert f'href="/production/2026-11-17/#section-{section.pk}"' in page

    @pytest.mark.parametrize(
        "limit", [{"visibility": "members"}, {"visibility": "embargoed", "embargo_until": date(2026, 11, 19)}]
    )
    def test_hidden_sections_are_for_members(self, cms, outsider, member, limit):
        cms.sections.update(body="Nobody outside knows.", **limit)
        assert outsider.get("/areas/cms/").status_code == 404
        assert "Nobody outside knows." in member.get("/areas/cms/").content.decode()

    def test_one_whose_sections_are_all_missing(self, published, outsider):
        assert "ATLAS has not reported yet" in outsider.get("/areas/atlas/").content.decode()

    def test_an_embargo_ends(self, cms, outsider, time_machine):
        cms.sections.update(body="Now it is out.", visibility="embargoed", embargo_until=date(2026, 11, 19))
        time_machine.move_to(datetime(2026, 11, 19, 1, tzinfo=UTC))
        assert "Now it is out." in outsider.get("/areas/cms/").content.decode()

    def test_drafts_stay_inside(self, published, cms, outsider):
        Section.objects.create(meeting=next_week(published.series), area=cms, body="Unfinished thought", state="draft")
        assert "Unfinished thought" not in outsider.get("/areas/cms/").content.decode()

    def test_leads_through_time(self, cms, outsider):
        for name, since, until in [("Petra L.", None, date(2026, 1, 31)), ("Tomas A.", date(2026, 2, 1), None)]:
            Leadership.objects.create(area=cms, person=Person.objects.create(name=name), since=since, until=until)
        page = outsider.get("/areas/cms/").content.decode()
        assert "31 January 2026" in page
        assert "1 February 2026" in page

    def test_its_open_actions(self, published, cms, outsider):
        ActionItem.objects.filter(number__in=[41, 42]).update(area=cms)
        page = outsider.get("/areas/cms/").content.decode()
        assert "Find a name" in page
        assert "Publish the calendar" not in page

    def test_pages(self, published, cms, outsider, monkeypatch):
        monkeypatch.setattr("reports.views.SECTIONS_A_PAGE", 1)
        Section.objects.create(meeting=published, area=cms, body="A second part", state="ready")
        page = outsider.get("/areas/cms/?page=2").content.decode()
        assert "A second part" in page
        assert "Page 2 of 2" in page


def shown(client, query: str = "") -> list[tuple[str, str]]:
    page = client.get(f"/actions/?{query}")
    assert page.status_code == 200
    return [(action.label, action.told_state) for action in page.context["page"]]


class TestActions:
    def test_outsiders_see_what_was_told(self, published, outsider):
        assert shown(outsider) == [("43", "open"), ("42", "open"), ("42.1", "open"), ("41", "done")]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("state=done", ["41"]),
            ("state=overdue", ["42"]),
            ("q=calendar", ["43", "41"]),
            ("q=LONG+still+name", ["42"]),
            ("series=production", ["43", "42", "42.1", "41"]),
            ("area=cms", ["41"]),
            ("state=open&q=name", ["42"]),
        ],
    )
    def test_filters(self, published, outsider, query, found):
        ActionItem.objects.filter(number=41).update(area=Area.objects.get(slug="cms"))
        ActionItem.objects.filter(number=43).update(text="Write to the calendar's owner")
        assert [label for label, _ in shown(outsider, query)] == found

    @pytest.mark.parametrize("query", ["state=lost", "series=nosuch", "q=%00"])
    def test_nonsense_is_answered_in_words(self, published, outsider, query):
        assert "errorlist" in outsider.get(f"/actions/?{query}").content.decode()

    def test_what_is_said_in_the_next_meeting_is_not_told_yet(self, published, outsider, member):
        action = ActionItem.objects.get(number=42, sub_number=0)
        following = next_week(published.series)
        told(action, following, "settled quietly", "done")
        ActionItem.objects.filter(pk=action.pk).update(state="done")
        ActionItem.objects.create(series=published.series, number=44, text="Fresh", opened_in=following)
        assert ("42", "open") in shown(outsider)
        assert ("42", "done") in shown(member)
        assert "Fresh" in member.get("/actions/").content.decode()
        assert "Fresh" not in outsider.get("/actions/").content.decode()
        assert "settled quietly" not in outsider.get("/actions/production-42/").content.decode()
        assert "settled quietly" in member.get("/actions/production-42/").content.decode()
        assert outsider.get("/actions/production-44/").status_code == 404

    def test_a_hidden_list_of_items_hides_what_it_told(self, published, outsider, member):
        published.sections.filter(kind="items").update(visibility="members")
        assert shown(outsider) == []
        assert len(shown(member)) == 4

    def test_a_hidden_area_hides_its_actions(self, published, outsider, member):
        cms = Area.objects.get(slug="cms")
        ActionItem.objects.filter(number=43).update(area=cms)
        cms.sections.update(visibility="members")
        assert "43" not in [label for label, _ in shown(outsider)]
        assert "43" in [label for label, _ in shown(member)]

    def test_none_yet(self, db, outsider):
        assert "No action has been told of" in outsider.get("/actions/").content.decode()


class TestAction:
    def test_its_story(self, published, outsider):
        page = outsider.get("/actions/production-42/").content.decode()
        assert "Find a name" in page
        assert "Tuesday 10 November 2026" in page
        assert "the list is still long" in page
        assert "overdue" in page
        assert "/actions/production-42.1/" in page

    def test_a_part_names_its_whole(self, published, outsider):
        assert 'href="/actions/production-42/"' in outsider.get("/actions/production-42.1/").content.decode()

    def test_hyphens_in_the_name_of_a_series(self, db, member):
        series = Series.objects.create(slug="jra-1-tools", title="Tools")
        action = ActionItem.objects.create(series=series, number=7, sub_number=2, text="Hyphenate")
        assert action.get_absolute_url() == "/actions/jra-1-tools-7.2/"
        assert "Hyphenate" in member.get("/actions/jra-1-tools-7.2/").content.decode()

    @pytest.mark.parametrize("label", ["99", "42.7", "999999999999999", "42.", "x"])
    def test_one_that_does_not_exist(self, published, outsider, label):
        assert outsider.get(f"/actions/production-{label}/").status_code == 404
