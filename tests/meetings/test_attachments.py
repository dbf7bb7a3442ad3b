"""Files attached to a wiki's topics: found, stored once, or reported; never from outside their folder."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from meetings.importer import Importer, Result, attachments, series_for_import
from meetings.importer.sources import Source
from meetings.models import Attachment

pytestmark = pytest.mark.django_db

PAGE = """%META:TOPICINFO{author="WandaPruitt" date="1393967100" format="1.1" version="1.7"}%
---++ CMS (Ottoline)
   * 300 khour/day
---++ Grid Operations Center (Basil R.)
   * [[%ATTACHURL%/matrix.xlsx][the matrix]]
%META:FILEATTACHMENT{name="matrix.xlsx" attr="" comment="sites by VO" size="6" user="WandaPruitt"}%
%META:FILEATTACHMENT{name="NAME" attr="" comment="" size="6" user="WandaPruitt"}%
"""


@pytest.fixture
def pub(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "pub" / "Production" / "Mar4"
    folder.mkdir(parents=True)
    (folder / "matrix.xlsx").write_bytes(b"matrix")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return tmp_path / "pub"


def store(pub: Path | None, name: str = "", text: str = PAGE) -> Result:
    run = Importer(series_for_import("relay"), at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), pub=pub)
    first, _, last = text.rstrip("\n").rpartition("\n")
    data = (f"{first}\n{last.replace('NAME', name)}\n" if name else f"{first}\n").encode()
    return run.store(Source("Mar4.txt", "Mar4", data, web="Production"))


def said(result: Result) -> list[str]:
    return [problem.message for problem in result.problems if "attached file" in problem.message]


def test_a_file_belongs_to_the_section_that_names_it(pub: Path):
    assert said(store(pub)) == []
    row = Attachment.objects.get()
    assert (row.name, row.section.area.slug, row.size, row.comment) == ("matrix.xlsx", "goc", 6, "sites by VO")
    data = row.file.read()
    assert (data, row.sha256) == (b"matrix", hashlib.sha256(b"matrix").hexdigest())


def test_an_unchanged_file_is_not_stored_again(pub: Path):
    store(pub)
    before = Attachment.objects.values().get()
    store(pub, text=PAGE.replace("300", "310"))
    assert Attachment.objects.values().get() == before


def test_a_changed_file_takes_its_place(pub: Path):
    store(pub)
    (pub / "Production" / "Mar4" / "matrix.xlsx").write_bytes(b"another")
    store(pub, text=PAGE.replace("300", "310"))
    row = Attachment.objects.get()
    assert (row.size, row.file.read()) == (7, b"another")


def test_a_missing_file_is_reported_with_its_line(pub: Path):
    result = store(pub, "gone.pdf")
    assert said(result) == [f"the attached file “gone.pdf” is not under {pub}"]
    assert next(p.line for p in result.problems if "gone.pdf" in p.message) == 7


@pytest.mark.parametrize("name", ["../../../secret.txt", "/etc/hostname", "x/../../../../secret.txt"])
def test_a_path_that_leaves_the_folder_is_refused(pub: Path, name: str):
    assert said(store(pub, name)) == [f"the attached file “{name}” is refused: its name leaves its folder"]
    assert Attachment.objects.count() == 1


def test_a_link_that_leaves_the_folder_is_refused(pub: Path):
    (pub / "Production" / "Mar4" / "link.txt").symlink_to(pub.parent / "secret.txt")
    assert said(store(pub, "link.txt")) == [f"the attached file “link.txt” is refused: it lies outside {pub}"]


def test_a_file_that_is_too_large_is_left_behind(pub: Path, monkeypatch):
    monkeypatch.setattr(attachments, "MAX_FILE_BYTES", 5)
    assert "was left behind" in said(store(pub))[0]


def test_without_their_folder_they_are_named(pub: Path):
    assert said(store(None)) == ["attached files were left behind: matrix.xlsx; give their folder with --pub DIR"]
