"""Who gets what at every address of the desk: one table."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from meetings.models import Meeting
from tests.conftest import NOW

PEOPLE = ("outsider", "member", "other_lead", "lead", "deputy", "coordinator", "superuser")
IN = 302  # sent on: outsiders to the sign-in page, savers back to what they saved

# address, method, then what each of PEOPLE gets
TABLE = [
    ("/desk/", "GET", IN, 200, 200, 200, 200, 200, 200),
    ("/desk/", "POST", 405, 405, 405, 405, 405, 405, 405),
    ("/desk/production/2026-11-17/", "GET", IN, 403, 403, 403, 403, 200, 200),
    ("/desk/production/2026-11-17/", "POST", IN, 403, 403, 403, 403, 302, 302),
    ("/desk/production/2026-11-18/", "GET", IN, 403, 403, 403, 403, 404, 404),
    ("/desk/production/2026-02-31/", "GET", 404, 404, 404, 404, 404, 404, 404),
    ("/desk/sections/{pk}/", "GET", IN, 403, 403, 200, 200, 200, 200),
    # Not sent on: what an outsider typed before the session ended would be lost on the way.
    ("/desk/sections/{pk}/", "POST", 403, 403, 403, 302, 302, 302, 302),
    ("/desk/sections/{pk}/", "PUT", 405, 405, 405, 405, 405, 405, 405),
    ("/desk/sections/{pk}/clash/2/", "GET", IN, 403, 403, 200, 200, 200, 200),
    ("/desk/sections/{pk}/clash/2/", "POST", IN, 403, 403, 302, 302, 302, 302),
    ("/desk/sections/{pk}/clash/1/", "GET", IN, 403, 403, 404, 404, 404, 404),
    ("/desk/sections/999999/clash/2/", "GET", IN, 404, 404, 404, 404, 404, 404),
    ("/desk/sections/{pk}/history/", "GET", IN, 403, 403, 200, 200, 200, 200),
    ("/desk/sections/{pk}/history/", "POST", IN, 403, 403, 302, 302, 302, 302),
    ("/desk/sections/{pk}/history/", "PUT", 405, 405, 405, 405, 405, 405, 405),
    ("/desk/sections/{pk}/history/compare/", "GET", IN, 403, 403, 200, 200, 200, 200),
    ("/desk/sections/{pk}/history/compare/", "POST", 405, 405, 405, 405, 405, 405, 405),
    ("/desk/sections/999999/", "GET", IN, 404, 404, 404, 404, 404, 404),
    ("/desk/sections/999999/", "POST", 403, 404, 404, 404, 404, 404, 404),
    ("/desk/sections/999999/history/", "GET", IN, 404, 404, 404, 404, 404, 404),
    ("/desk/sections/999999/history/", "POST", IN, 404, 404, 404, 404, 404, 404),
    ("/desk/sections/999999/history/compare/", "GET", IN, 404, 404, 404, 404, 404, 404),
    ("/desk/deputies/", "GET", IN, 403, 200, 200, 403, 200, 200),
    ("/desk/deputies/", "POST", IN, 403, 422, 422, 403, 422, 422),
    ("/desk/deputies/", "PUT", 405, 405, 405, 405, 405, 405, 405),
]
CASES = [(*row[:2], who, status) for row in TABLE for who, status in zip(PEOPLE, row[2:], strict=True)]
FORM = {"body": "* 300 khour/day", "base": "0", "do": "draft", "choice-0": "both", "theirs": "1", "revision": "1"}


@pytest.mark.parametrize(("address", "method", "who", "status"), CASES)
def test_who_gets_what(address, method, who, status, section, request):
    client = request.getfixturevalue(who)
    if "/clash/" in address or "/history/" in address:
        section.write("* theirs", at=NOW)
        section.set_aside("* mine", at=NOW, base=None, author=User.objects.create(username="nobody"))
    response = client.generic(method, address.format(pk=section.pk)) if method != "POST" else None
    response = response or client.post(address.format(pk=section.pk), FORM | {"do": "draft"})
    assert response.status_code == status
    if who == "outsider" and status == IN:
        assert response["Location"] == f"/accounts/login/?next={address.format(pk=section.pk)}"


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_but_a_save_changes_a_section(who, section, request):
    client = request.getfixturevalue(who)
    for address in ("/desk/", f"/desk/sections/{section.pk}/", f"/desk/sections/{section.pk}/history/"):
        client.get(address, FORM)
    client.post(f"/desk/sections/{section.pk}/", FORM | {"do": "preview"})
    section.refresh_from_db()
    assert (section.body, section.head, section.state) == ("", 0, "missing")


@pytest.mark.parametrize("who", ["outsider", "member", "other_lead"])
def test_who_may_not_write_does_not(who, section, request):
    request.getfixturevalue(who).post(f"/desk/sections/{section.pk}/", FORM)
    section.refresh_from_db()
    assert section.body == ""


@pytest.mark.parametrize("who", ["lead", "deputy", "coordinator", "superuser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_published_section_is_closed_for_everybody(who, method, section, request):
    Meeting.objects.update(state=Meeting.State.PUBLISHED)
    client = request.getfixturevalue(who)
    response = getattr(client, method)(f"/desk/sections/{section.pk}/", FORM)
    assert response.status_code == 403
    assert "a coordinator can reopen them" in response.content.decode()
    section.refresh_from_db()
    assert section.body == ""
    assert client.get(f"/desk/sections/{section.pk}/history/").status_code == 200


@pytest.mark.parametrize(("since", "until", "status"), [(None, "2026-11-16", 403), ("2026-11-18", None, 403)])
def test_a_lead_of_another_time_does_not_write(since, until, status, section, lead):
    lead.user.person.leaderships.update(since=since, until=until)
    assert lead.get(f"/desk/sections/{section.pk}/").status_code == status


@pytest.mark.parametrize(("since", "until"), [("2026-11-17", None), (None, "2026-11-17")])
def test_a_lead_writes_from_the_first_day_to_the_last(since, until, section, lead):
    lead.user.person.leaderships.update(since=since, until=until)
    assert lead.get(f"/desk/sections/{section.pk}/").status_code == 200


def test_a_closed_account_is_an_outsider(section, lead):
    lead.user.is_active = False
    lead.user.save()
    assert lead.get(f"/desk/sections/{section.pk}/").status_code == 302


@pytest.mark.parametrize("who", PEOPLE)
def test_the_admin_is_for_coordinators(who, db, request):
    status = request.getfixturevalue(who).get("/admin/meetings/meeting/").status_code
    assert status == (200 if who in ("coordinator", "superuser") else 302)
