"""Pages for what goes wrong, and the sign-in pages: in our own words and dress, and without details of the inside."""

from __future__ import annotations

import pytest
from django.test import Client


def test_a_fault_of_ours(published, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("inside detail")

    monkeypatch.setattr("reports.views.newest_report", fail)
    page = Client(raise_request_exception=False).get("/production/2026-11-17/")
    assert page.status_code == 500
    assert "That was our fault" in page.content.decode()
    assert "inside detail" not in page.content.decode()
    assert '"/static/css/opsminutes.css"' in page.content.decode()


def test_a_request_that_makes_no_sense(outsider):
    page = outsider.get("/", headers={"Host": "elsewhere.example.org"})
    assert (page.status_code, "makes no sense" in page.content.decode()) == (400, True)


def test_a_refusal_says_who_is_asking(member, section):
    page = member.get(section.get_edit_url())
    assert page.status_code == 403
    assert "Mo Member" in page.content.decode()
    assert "Only the leads of" in page.content.decode()


def test_a_text_sent_from_an_old_page_is_given_back(lead, section):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead.user)
    page = client.post(section.get_edit_url(), {"body": "An hour of <work>"})
    assert page.status_code == 403
    assert "An hour of &lt;work&gt;</textarea>" in page.content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/accounts/login/", "A coordinator makes one for you"),
        ("/accounts/login/code/", "Mail me a code"),
        ("/accounts/signup/", "Accounts are made by coordinators"),
        ("/accounts/password/reset/", "Password Reset"),
    ],
)
def test_the_way_in(db, outsider, address, words):
    page = outsider.get(address).content.decode()
    assert words in page
    assert 'class="masthead"' in page


@pytest.mark.parametrize("address", ["logout/", "password/change/", "email/", "2fa/"])
def test_ones_own_account(member, address):
    page = member.get(f"/accounts/{address}", follow=True).content.decode()
    assert 'class="masthead"' in page
    assert "Menu:" not in page


def test_signing_in_and_out(lead, outsider):
    page = outsider.post("/accounts/login/", {"login": "lea@example.org", "password": "wrong"})
    assert "errorlist" in page.content.decode()
    page = outsider.post("/accounts/login/", {"login": "lea@example.org", "password": "secret"})
    assert (page.status_code, page["Location"]) == (302, "/desk/")
    assert "Sign out (Lea)" in outsider.get("/").content.decode()
    outsider.post("/accounts/logout/")
    assert "Sign in" in outsider.get("/").content.decode()
