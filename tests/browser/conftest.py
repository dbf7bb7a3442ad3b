"""Chromium for the tests in this folder: ask for `page` and `live_server`, and for rows as in any other test.

    def test_reader(page, live_server, section):
        page.goto(live_server.url)

`sign_in(page, user)` signs somebody in without the form, `check_accessible(page)` asks axe-core for WCAG 2.2 AA. A
page that raises an error in a script, or asks for what our content security policy forbids, fails its test. The
browser reaches nothing but this machine. CHROMIUM names a program other than the one found.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, Playwright, sync_playwright

from tests import servers

ARGUMENTS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder, give it a database that threads share, and keep it in one worker."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.xdist_group("browser"))


# The fixtures from here to `browser_context_args` stand in for those of pytest-playwright, which last a whole session.
# They end with this folder, because of what `playwright` does to the thread.
@pytest.fixture(scope="package")
def playwright(django_db_setup: None) -> Iterator[Playwright]:
    """Playwright, for as long as tests of this folder run.

    Its synchronous interface keeps an event loop "running" in our thread, suspended between two calls. Django sees
    the loop and refuses the ORM, to keep queries from blocking it; but nobody waits for this loop while a test asks
    the database, so the refusal is lifted. Django also takes new connections in such a thread: they are closed
    before the loop goes, or Postgres could not drop the test database.
    """
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started
        connections.close_all()


@pytest.fixture(scope="package")
def browser_type(playwright: Playwright) -> BrowserType:
    return playwright.chromium


@pytest.fixture(scope="package")
def launch_browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Callable[..., Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        servers.unavailable("there is no Chromium here: install it, or set CHROMIUM")
    return lambda **kwargs: browser_type.launch(
        executable_path=program, args=ARGUMENTS, **(browser_type_launch_args | kwargs)
    )


@pytest.fixture(scope="package")
def browser(launch_browser: Callable[[], Browser]) -> Iterator[Browser]:
    with launch_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; an error in one of its scripts, or a breach of the policy, fails the test in the end.

    Not so an image from elsewhere: that browsers leave it out is what the policy is there for.
    """
    complaints: list[str] = []

    def heed(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text and not message.text.startswith("Loading the image 'http"):
            complaints.append(message.text)

    context.on("console", heed)
    context.on("weberror", lambda failure: complaints.append(str(failure.error)))
    context.set_default_timeout(10_000)
    yield context.new_page()
    assert complaints == []


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, User], None]:
    """Sign somebody in to the live server without the form."""

    def sign_in(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in


@pytest.fixture
def check_accessible() -> Callable[[Page], None]:
    """Ask axe-core whether what the page shows now meets WCAG 2.2 AA; say what does not."""

    def check(page: Page) -> None:
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert results.violations_count == 0, results.generate_report()

    return check
