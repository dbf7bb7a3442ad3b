"""A walk over every page that can be reached from `/`, as an outsider's browser would take it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest

START = ["/", "/search/?q=key", "/feeds/production.atom", "/calendar/production.ics", "/no/", "/production/2026-01-01/"]
SECRETS = ["424242", "555 0100", "under the mat", "Order 4711", "not yet told"]
LIMIT = 60_000


def links(page: str, base: str) -> set[str]:
    """Addresses on this site that a page links to."""
    found = {urljoin(base, address) for address in re.findall(r'<(?:a|link)\b[^>]*\bhref="([^"]+)"', page)}
    return {address.partition("#")[0].replace("&amp;", "&") for address in found if address.startswith("/")}


def pages_from(start: list[str], client):
    """The answers of every address that can be reached from some."""
    seen, waiting = {}, list(start)
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/static/", "/accounts/")):
            continue
        seen[address] = response = client.get(address, follow=True)
        if "html" in response["Content-Type"]:
            waiting += links(response.content.decode(), address)
    return seen


@pytest.fixture
def walk(published, outsider, time_machine):
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC), tick=False)
    following = type(published).objects.create(series=published.series, date="2026-11-24", state="open")
    following.sections.create(kind="other", heading="Draft", body="not yet told", state="draft")
    return pages_from(START, outsider)


def test_the_walk_comes_everywhere(walk):
    found = {address for address, response in walk.items() if response.status_code == 200}
    assert found >= {
        "/",
        "/production/",
        "/production/2026-11-17/",
        "/production/2026-11-17.txt",
        "/production/2026-11-17.md",
        "/production/2026-11-17.json",
        "/areas/",
        "/areas/cms/",
        "/actions/",
        "/actions/production-42.1/",
    }


def test_no_link_is_broken(walk):
    broken = {address for address, response in walk.items() if response.status_code != 200} - set(START)
    assert {address for address in broken if not address.startswith("/media/")} == set()


def test_no_page_tells_a_secret(walk):
    pages = {address: response.content.decode() for address, response in walk.items()}
    assert [(address, secret) for address, page in pages.items() for secret in SECRETS if secret in page] == []


def test_reading_needs_no_cookie_no_script_and_nobody_else(walk):
    for address, response in walk.items():
        page = response.content.decode()
        assert not response.cookies, address
        assert "csrfmiddlewaretoken" not in page, address
        assert "<script" not in page or "/search/" in address, address
        assert not re.search(r'<(?:link|script|iframe)\b[^>]*(?:src|href)="(?:https?:)?//', page), address
        assert len(response.content) < LIMIT, address


def test_members_pages_tell_what_is_hidden(walk, published, member):
    page = member.get(published.get_absolute_url()).content.decode()
    assert [secret for secret in SECRETS if secret not in page] == ["not yet told"]
