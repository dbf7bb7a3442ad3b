"""The public pages in a real browser: WCAG 2.2 AA, 360 pixels, both schemes, paper, and no JavaScript."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.reports.conftest import week  # noqa: F401 - a fixture

PAGES = [
    "/",
    "/production/",
    "/production/?q=nosuch&year=x",
    "/production/2026-11-17/",
    "/production/2026-11-16/",
    "/areas/",
    "/areas/cms/",
    "/actions/",
    "/actions/production-42/",
    "/nosuch/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/signup/",
]
REPORT = "/production/2026-11-17/"


@pytest.fixture
def site(live_server, week):  # noqa: F811
    """The address of a site with one report."""
    with transaction.atomic():
        week.publish(at=week.starts_at)
    return live_server.url


def overflow(page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_read_every_page(site, page, check_accessible, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for address in PAGES:
        page.goto(site + address)
        check_accessible(page)
        assert overflow(page) == 0, address


def test_members_pages(site, page, sign_in, member, check_accessible):
    sign_in(page, member.user)
    for address in ["/", REPORT, "/areas/cms/", "/actions/production-42/", "/accounts/logout/", "/accounts/email/"]:
        page.goto(site + address)
        check_accessible(page)
    page.goto(site + REPORT)
    assert page.get_by_text("The key was found under the mat.").is_visible()


def test_without_javascript(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/production/")
    page.get_by_label("Words").fill("khour")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="17 November 2026").click()
    assert page.get_by_role("heading", name="Production meeting, 17 November 2026").is_visible()
    assert context.cookies() == []
    context.close()


def test_the_index_leads_to_the_section(site, page):
    page.goto(site + REPORT)
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="CMS").click()
    assert page.locator(":target").get_by_role("heading", name="CMS").is_visible()


def test_the_index_is_folded_on_phones(site, page):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(site + REPORT)
    link = page.get_by_role("link", name="CMS", exact=True)
    assert not link.is_visible()
    page.get_by_text("Sections", exact=True).click()
    assert link.is_visible()


def test_by_keyboard(site, page):
    page.goto(site + REPORT)
    page.keyboard.press("Tab")
    assert page.get_by_role("link", name="To the content").is_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_on_paper(site, page):
    page.goto(site + REPORT)
    page.emulate_media(media="print", color_scheme="dark")
    for selector in (".masthead", ".index", ".pager", ".anchor"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    link = page.locator(".prose a[href^=http]").first
    content = link.evaluate("element => getComputedStyle(element, '::after').content")
    assert link.get_attribute("href") in content
