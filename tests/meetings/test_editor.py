"""The editor: a text that was sent is saved or shown again, never lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from meetings import access
from meetings.forms import LONGEST_BODY
from meetings.models import Meeting, Section
from tests.conftest import NOW

AT = datetime(2026, 11, 17, 22, 3, tzinfo=UTC)  # 16:03 in Chicago


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def address(section) -> str:
    return f"/desk/sections/{section.pk}/"


def typed(body: str = "* 300 khour/day", base: int | str = 0, do: str = "draft") -> dict[str, str]:
    return {"body": body, "base": str(base), "do": do}


def text(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_the_page_says_what_is_edited_for_which_meeting(lead, address):
    page = text(lead.get(address))
    assert "<h1>CMS</h1>" in page
    assert 'Production meeting, <strong><time datetime="2026-11-17">Tuesday 17 November 2026</time></strong>' in page
    assert "not written yet" in page


@pytest.mark.parametrize(
    ("do", "body", "state", "said"),
    [
        ("draft", "* 300 khour/day", "draft", "Saved 16:03 CST: draft."),
        ("ready", "* 300 khour/day", "ready", "Saved 16:03 CST: ready."),
        ("nothing", "", "nothing", "Saved 16:03 CST: nothing to report."),
        ("draft", "", "missing", "Saved 16:03 CST: missing."),
    ],
)
def test_saving(do, body, state, said, lead, section, address):
    response = lead.post(address, typed(body, do=do))
    assert (response.status_code, response["Location"]) == (302, address)
    section.refresh_from_db()
    assert (section.body, section.state) == (body, state)
    assert said in text(lead.get(address))


def test_each_save_is_a_revision_with_its_author(lead, coordinator, section, address):
    lead.post(address, typed("* one"))
    coordinator.post(address, typed("* two", base=1))
    kept = section.revisions.order_by("number").values_list("number", "body", "author__username", "base__number")
    assert list(kept) == [(1, "* one", "lea", None), (2, "* two", "cora", 1)]
    assert set(section.revisions.values_list("origin", "saved_at")) == {("web", AT)}


def test_the_same_text_again_is_no_revision_but_may_change_the_state(lead, section, address):
    lead.post(address, typed("* one"))
    page = text(lead.post(address, typed("* one", base=1, do="ready"), follow=True))
    section.refresh_from_db()
    assert (section.head, section.state, section.revisions.count()) == (1, "ready", 1)
    assert "The text is as it was." in page


def test_an_older_save_shows_its_date(lead, section, address):
    section.write("* one", at=AT - timedelta(days=3), author=lead.user)
    assert "14 November 2026, 16:03 CST</time> by Lea Lead" in text(lead.get(address))


def test_line_ends_of_browsers_are_no_change(lead, section, address):
    section.write("* one\n* two", at=NOW, author=lead.user)
    lead.post(address, typed("* one\r\n* two", base=1))
    assert section.revisions.count() == 1


def test_preview_is_rendered_by_the_server_and_saves_nothing(lead, section, address):
    response = lead.post(address, typed("**bold** <script>alert(1)</script>", do="preview"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert "**bold** &lt;script&gt;" in page
    section.refresh_from_db()
    assert section.head == 0


def test_preview_with_htmx_is_only_the_fragment(lead, address):
    response = lead.post(address, typed("**bold**", do="preview"), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<strong>bold</strong>" in response.content.decode()
    assert "<h1>" not in response.content.decode()


def test_preview_keeps_the_base(lead, coordinator, section, address):
    section.write("* theirs", at=NOW, author=coordinator.user)
    assert 'name="base" value="0"' in lead.post(address, typed("* mine", base=0, do="preview")).content.decode()


def test_an_empty_preview_says_so(lead, address):
    assert "The text is empty." in text(lead.post(address, typed("", do="preview")))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_text_that_is_too_long_comes_back(headers, lead, section, address):
    body = "x" * (LONGEST_BODY + 1)
    response = lead.post(address, typed(body, do="preview" if headers else "draft"), headers=headers)
    page = response.content.decode()
    assert "200,001 characters; 200,000 is the most" in page
    if not headers:
        assert response.status_code == 422
        assert body in page
    assert section.revisions.count() == 0


def test_the_longest_text_is_kept_whole(lead, section, address):
    body = "1234567\n" * (LONGEST_BODY // 8)
    assert lead.post(address, typed(body.replace("\n", "\r\n"))).status_code == 302
    section.refresh_from_db()
    assert section.body == body.strip("\n")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (typed("* text", do="nothing"), "There is a text. Empty the box to report nothing"),
        (typed("  \n", do="ready"), "There is no text yet."),
        (typed("* text", do="burn"), "No such button."),
        ({"body": "* text", "base": "0"}, "press one of the buttons"),
        (typed("* text\x00"), "null character"),
    ],
)
def test_what_cannot_be_is_said_and_the_text_comes_back(form, said, lead, section, address):
    response = lead.post(address, form)
    assert response.status_code == 422
    assert said in text(response)
    assert form["body"].strip("\x00\n") in response.content.decode()
    assert section.revisions.count() == 0


def test_a_body_from_elsewhere_survives_unchanged(lead, section, address):
    body = "\n\n   * indented – “quoted” ünïcode\t\U0001f600\n\n</textarea><script>x</script> &amp; &lt;\n"
    lead.post(address, typed(body))
    section.refresh_from_db()
    assert section.body == body.strip("\n")
    assert "<script>x" not in lead.get(address).content.decode()


def test_a_save_after_the_session_ended_gives_the_text_back(section, address):
    response = Client().post(address, typed("* typed for an hour"))
    page = response.content.decode()
    assert response.status_code == 403
    assert "You were signed out before this was saved" in page
    assert "* typed for an hour</textarea>" in page
    assert 'name="base" value="0"' in page


def test_a_preview_after_the_session_ended_says_so_in_its_place(address):
    response = Client().post(address, typed(do="preview"), headers={"HX-Request": "true"})
    assert "You are signed out." in response.content.decode()
    assert "<h1>" not in response.content.decode()


def test_a_save_from_before_the_sign_in_gives_the_text_back(lead, section, address):
    """Signing in changes the token that forms carry."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lead.user)
    response = strict.post(address, typed("* typed for an hour", base=3))
    page = response.content.decode()
    assert response.status_code == 403
    assert "* typed for an hour</textarea>" in page
    assert 'name="base" value="3"' in page
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = strict.post(address, typed("* typed for an hour") | {"csrfmiddlewaretoken": token})
    assert again.status_code == 302
    assert section.revisions.get().body == "* typed for an hour"


def test_publishing_between_reading_and_saving_closes_the_section(lead, coordinator, section, address, monkeypatch):
    """The guard is asked again behind the lock; here the meeting is published right after the first time."""
    guard = access.section_for_edit

    def published_meanwhile(user, pk):
        found = guard(user, pk)
        Meeting.objects.update(state=Meeting.State.PUBLISHED)
        return found

    monkeypatch.setattr("meetings.views.section.section_for_edit", published_meanwhile)
    response = lead.post(address, typed("\n* typed for an hour"))
    assert response.status_code == 403
    assert "\n\n* typed for an hour</textarea>" in response.content.decode()
    assert section.revisions.count() == 0


def test_last_weeks_text_of_the_area_is_at_hand(lead, section, address, area, series):
    for day, body in ((3, "* two weeks ago"), (10, "* last week"), (24, "* next week")):
        meeting = Meeting.objects.create(series=series, date=date(2026, 11, day), state="published")
        Section.objects.create(meeting=meeting, area=area).write(body, at=NOW)
    page = text(lead.get(address))
    assert "CMS on 10 November 2026" in page
    assert "* last week</pre>" in page
    assert "two weeks ago" not in page
    assert "next week" not in page


def test_a_section_without_an_area_finds_its_heading(coordinator, meeting, series):
    earlier = Meeting.objects.create(series=series, date=date(2026, 11, 10), state="published")
    for heading in ("Choir", "Announcements"):
        Section.objects.create(meeting=earlier, kind="other", heading=heading).write(f"* {heading} then", at=NOW)
    section = Section.objects.create(meeting=meeting, kind="other", heading="Choir")
    page = text(coordinator.get(f"/desk/sections/{section.pk}/"))
    assert "* Choir then" in page
    assert "Announcements then" not in page


def test_a_superuser_without_a_person_may_write(superuser, section, address):
    assert superuser.post(address, typed()).status_code == 302
    assert section.revisions.get().written_by == "root"
