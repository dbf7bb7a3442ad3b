"""Attached files: who gets them, and that none of them runs here."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile

from meetings.models import Attachment, Meeting, Section
from tests.reports.conftest import put_out

ROLES = ("outsider", "member", "lead", "coordinator")


@pytest.fixture
def stored(section: Section, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path

    def store(name: str = "matrix.xlsx", data: bytes = b"matrix") -> Attachment:
        row = Attachment(section=section, name=name, size=len(data), sha256="0" * 64)
        row.file.save("stored", ContentFile(data))
        return row

    return store


def seen_by(request, row: Attachment) -> dict[str, int]:
    return {role: request.getfixturevalue(role).get(row.get_absolute_url()).status_code for role in ROLES}


ALL = dict.fromkeys(ROLES, 200)
MEMBERS = ALL | {"outsider": 404}


def test_an_unpublished_meetings_files_are_for_members(request, stored):
    assert seen_by(request, stored()) == MEMBERS


def test_a_published_meetings_files_are_for_everybody_also_while_it_is_reopened(request, stored):
    row = stored()
    put_out(row.section.meeting)
    assert seen_by(request, row) == ALL
    Meeting.objects.get(pk=row.section.meeting_id).reopen()
    assert seen_by(request, row) == ALL


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        ({"visibility": "members"}, MEMBERS),
        ({"visibility": "embargoed", "embargo_until": dt.date(9999, 1, 1)}, MEMBERS),
        ({"visibility": "embargoed", "embargo_until": dt.date(2000, 1, 1)}, ALL),
    ],
)
def test_a_hidden_sections_files_are_hidden(request, stored, hidden, expected):
    row = stored()
    put_out(row.section.meeting)
    Section.objects.filter(pk=row.section_id).update(**hidden)
    assert seen_by(request, row) == expected


def test_a_members_series_is_for_members(request, stored):
    row = stored()
    put_out(row.section.meeting)
    series = row.section.meeting.series
    series.public = False
    series.save()
    assert seen_by(request, row) == MEMBERS


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("load.png", "image/png", True),
        ("LOAD.JPG", "image/jpeg", True),
        ("logo.svg", "application/octet-stream", False),
        ("page.html", "application/octet-stream", False),
        ("no ending", "application/octet-stream", False),
    ],
)
def test_nothing_is_served_as_something_that_runs(member, stored, name: str, kind: str, shown: bool):
    answer = member.get(stored(name, b"<script>alert(1)</script>").get_absolute_url())
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(answer) == b"<script>alert(1)</script>"


def test_the_name_belongs_to_the_address(member, stored):
    assert member.get(stored().get_absolute_url().replace("matrix", "other")).status_code == 404


def test_a_file_that_is_gone_is_not_found(member, stored):
    row = stored()
    row.file.storage.delete(row.file.name)
    assert member.get(row.get_absolute_url()).status_code == 404


def test_links_to_attached_files_lead_to_them(stored, outsider, django_capture_on_commit_callbacks):
    picture, table = stored("load, all sites.png"), stored()
    section = table.section
    body = "![load](<attachment:load, all sites.png>), [the matrix](attachment:matrix.xlsx), [gone](attachment:x.pdf)"
    Section.objects.filter(pk=section.pk).update(body=body)
    with django_capture_on_commit_callbacks(execute=True):
        put_out(section.meeting)
    page = outsider.get(section.meeting.get_absolute_url()).content.decode()
    assert f'src="{picture.get_absolute_url()}"' in page
    assert f'href="{table.get_absolute_url()}"' in page
    assert '<a class="attachment" title="x.pdf" rel="noopener noreferrer">gone</a>' in page
    text = outsider.get(section.meeting.get_absolute_url().rstrip("/") + ".txt").content.decode()
    assert f"http://127.0.0.1:8000{table.get_absolute_url()}" in text
