"""That the browser reaches the live server, and that our rows are what it sees."""

import pytest
from django.contrib.auth.models import User


def test_the_browser_sees_rows_of_the_test(page, live_server):
    User.objects.create_superuser("root", "root@example.org", "secret")
    page.goto(f"{live_server.url}/accounts/login/?next=/admin/")
    page.fill("[name=login]", "root")
    page.fill("[name=password]", "secret")
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server.url}/admin/")
    assert "root" in page.inner_text("#user-tools").lower()


def test_signing_in_without_the_form(page, live_server, sign_in):
    sign_in(page, User.objects.create_superuser("root", "root@example.org", "secret"))
    page.goto(f"{live_server.url}/admin/")
    assert "root" in page.inner_text("#user-tools").lower()
    # Written by the browser's request, read by the test.
    assert User.objects.get().last_login


def test_the_browser_reaches_nothing_else(page):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")
