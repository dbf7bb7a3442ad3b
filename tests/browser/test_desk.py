"""The editor in a real browser."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from playwright.sync_api import expect

from meetings.models import Meeting, Section
from tests.conftest import NOW

TEXT = "* 300 khour/day, **91%** success"


def written(section: Section, body: str, *, by: User) -> None:
    with transaction.atomic():
        section.write(body, at=NOW, author=by)


def test_a_lead_writes_and_the_world_reads(page, live_server, sign_in, lead, coordinator, section):
    sign_in(page, lead.user)
    page.goto(f"{live_server.url}/desk/")
    page.get_by_role("link", name="CMS").click()
    page.get_by_label("Text, in Markdown").fill(TEXT)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("91%")
    # Only the fragment came: what was typed is still there, and nothing is saved.
    expect(page.get_by_label("Text, in Markdown")).to_have_value(TEXT)
    assert section.revisions.count() == 0
    page.get_by_role("button", name="Mark ready").click()
    expect(page.get_by_role("status")).to_contain_text("ready.")
    expect(page.locator(".savebar")).to_contain_text("by Lea Lead")

    sign_in(page, coordinator.user)
    page.goto(f"{live_server.url}/desk/production/2026-11-17/")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Published as revision 1.")

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/production/2026-11-17/")
    expect(page.locator("main")).to_contain_text("300 khour/day, 91% success")


def test_without_javascript(browser, live_server, sign_in, lead, section):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, lead.user)
        page.goto(f"{live_server.url}/desk/sections/{section.pk}/")
        page.get_by_label("Text, in Markdown").fill(TEXT)
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#preview strong")).to_have_text("91%")
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_role("status")).to_contain_text("draft.")
    assert section.revisions.get().body == TEXT


def test_saving_by_keyboard(page, live_server, sign_in, lead, section):
    sign_in(page, lead.user)
    page.goto(f"{live_server.url}/desk/sections/{section.pk}/")
    page.get_by_label("Text, in Markdown").fill(TEXT)
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status")).to_contain_text("draft.")
    assert section.revisions.get().body == TEXT


def test_leaving_with_unsaved_words_asks_first(page, live_server, sign_in, lead, section):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    sign_in(page, lead.user)
    address = f"{live_server.url}/desk/sections/{section.pk}/"
    page.goto(address)
    page.get_by_label("Text, in Markdown").press_sequentially("* three")
    page.get_by_role("link", name="My desk").click()
    expect(page.get_by_label("Text, in Markdown")).to_have_value("* three")
    assert (asked, page.url) == (["beforeunload"], address)


def test_a_clash_is_solved_in_the_page(page, live_server, sign_in, lead, coordinator, section):
    sign_in(page, lead.user)
    page.goto(f"{live_server.url}/desk/sections/{section.pk}/")
    page.get_by_label("Text, in Markdown").fill("* mine")
    written(section, "* theirs", by=coordinator.user)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert")).to_contain_text("the same words were changed while you were writing")
    page.get_by_label("Both, mine below").check()
    page.get_by_role("button", name="Edit the result first").click()
    expect(page.get_by_label("Text, in Markdown")).to_have_value("* theirs\n* mine")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert list(section.revisions.values_list("body", flat=True)) == ["* theirs\n* mine", "* mine", "* theirs"]


def test_a_clash_is_solved_without_javascript(browser, live_server, sign_in, lead, coordinator, section):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, lead.user)
        page.goto(f"{live_server.url}/desk/sections/{section.pk}/")
        page.get_by_label("Text, in Markdown").fill("* mine")
        written(section, "* theirs", by=coordinator.user)
        page.get_by_role("button", name="Save draft").click()
        page.get_by_role("radio", name="Mine,").check()
        page.get_by_role("button", name="Mark ready").click()
        expect(page.get_by_role("status")).to_contain_text("ready.")
    section.refresh_from_db()
    assert section.body == "* mine"


def test_texts_are_compared_and_brought_back(page, live_server, sign_in, check_accessible, lead, coordinator, section):
    written(section, "* one\n* **two**", by=lead.user)
    written(section, "* one\n* **2**", by=coordinator.user)
    written(section, "* nothing", by=lead.user)
    sign_in(page, lead.user)
    page.goto(f"{live_server.url}/desk/sections/{section.pk}/history/")
    page.get_by_text("2 texts").click()
    page.get_by_label("from revision 1").check()
    page.get_by_label("to revision 2").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".prose strong ins")).to_have_text("2")
    expect(page.locator(".prose strong del")).to_have_text("two")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check_accessible(page)
    page.get_by_role("button", name="Restore revision 2").click()
    expect(page.get_by_role("status")).to_contain_text("the text of revision 2 again")
    section.refresh_from_db()
    assert section.body == "* one\n* **2**"


def test_the_desk_is_accessible_on_a_phone(page, live_server, sign_in, check_accessible, coordinator, section):
    written(section, "* one\n* two", by=coordinator.user)
    written(section, "* one\n* 2", by=coordinator.user)
    Meeting.objects.create(series=section.meeting.series, date="2026-11-24")
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, coordinator.user)
    editor = f"/desk/sections/{section.pk}/"
    for address in (
        "/desk/",
        "/desk/deputies/",
        "/desk/production/2026-11-17/",
        "/desk/production/2026-11-24/",
        editor,
        f"{editor}history/",
        f"{editor}history/compare/",
    ):
        page.goto(f"{live_server.url}{address}")
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_a_clash_is_accessible(page, live_server, sign_in, check_accessible, lead, coordinator, section):
    written(section, "* old", by=lead.user)
    sign_in(page, lead.user)
    page.goto(f"{live_server.url}/desk/sections/{section.pk}/")
    page.get_by_label("Text, in Markdown").fill("* mine")
    written(section, "* theirs", by=coordinator.user)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Both, mine below").check()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_admin_works_under_our_policy(page, live_server, sign_in, coordinator, section):
    """The `page` fixture fails the test if a script or style of the admin is refused."""
    sign_in(page, coordinator.user)
    page.goto(f"{live_server.url}/admin/meetings/meeting/{section.meeting.pk}/change/")
    page.get_by_text("Add another Attendance").click()
    page.locator("#attendance-0 .select2").click()
    page.locator(".select2-search__field").last.fill("Cora")
    page.get_by_role("option", name="Cora Coordinator").click()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator("#id_attendance-0-name")).to_have_value("Cora Coordinator")
