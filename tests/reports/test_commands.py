from __future__ import annotations

import json
import os
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from meetings.minutes.dates import find_date
from meetings.models import Meeting, Series
from reports.models import WeeklyReport
from tests.reports.conftest import DAY, PUBLISHED, put_out

# --- run_due ---------------------------------------------------------------------------------------------


def run_due() -> str:
    out = StringIO()
    call_command("run_due", stdout=out)
    return out.getvalue()


def test_run_due_renders_what_waits_and_says_how_it_stands(week):
    put_out(week)
    assert run_due() == "1 rendered, 0 waiting, 0 failed\n"
    assert run_due() == "0 rendered, 0 waiting, 0 failed\n"


def test_run_due_tells_of_failures(week):
    put_out(week)
    WeeklyReport.objects.update(state="failed")
    assert run_due() == "0 rendered, 0 waiting, 1 failed\n"


# --- export_minutes --------------------------------------------------------------------------------------


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def export(form: str, out: Path, series: str = "production") -> tuple[list[str], str, str]:
    """The names of the files that are there afterwards, and what was said."""
    said, complained = StringIO(), StringIO()
    call_command("export_minutes", "--series", series, "--format", form, "--out", out, stdout=said, stderr=complained)
    return sorted(path.name for path in out.iterdir()), said.getvalue(), complained.getvalue()


@pytest.mark.parametrize("form", ["json", "twiki"])
def test_the_complete_record_is_of_every_meeting_and_holds_everything(week, tmp_path, form):
    Meeting.objects.create(series=week.series, date=DAY + timedelta(days=7))
    names, said, warned = export(form, tmp_path / "new" / "folder")
    assert names == [f"production-2026-11-17.{form}", f"production-2026-11-24.{form}"]
    assert said == f"2 written to {tmp_path}/new/folder\n"
    assert "keep them private" in warned
    text = (tmp_path / "new" / "folder" / names[0]).read_text()
    for words in ("424242", "under the mat", "Order 4711", "352 khour/day", "Publish the calendar", "Petra"):
        assert words in text


def test_json_is_that_of_the_design(week, tmp_path):
    names, *_ = export("json", tmp_path)
    assert json.loads((tmp_path / names[0]).read_text())["schema"] == "opsminutes/1"


@pytest.mark.parametrize("form", ["md", "txt"])
def test_the_public_report_is_what_was_published(published, tmp_path, form):
    Meeting.objects.create(series=published.series, date=DAY + timedelta(days=7))
    published.reopen()
    published.sections.filter(heading="Announcements").update(body="half a sent")
    names, _, warned = export(form, tmp_path)
    assert (names, warned) == ([f"production-2026-11-17.{form}"], "")
    text = (tmp_path / names[0]).read_text()
    assert "No meeting on" in text
    for words in ("half a sent", "424242", "under the mat", "4711"):
        assert words not in text


def test_what_waits_to_be_rendered_is_named(week, tmp_path):
    put_out(week)
    names, said, warned = export("md", tmp_path)
    assert (names, said) == ([], f"0 written to {tmp_path}\n")
    assert warned.startswith("1 published and not rendered yet")


def test_the_newest_revision_is_exported(published, tmp_path, django_capture_on_commit_callbacks):
    published.reopen()
    published.sections.filter(heading="Announcements").update(body="The date was wrong.")
    with django_capture_on_commit_callbacks(execute=True):
        put_out(published, PUBLISHED + timedelta(hours=1))
    names, *_ = export("txt", tmp_path)
    assert len(names) == 1
    assert "The date was wrong." in (tmp_path / names[0]).read_text()


def test_other_series_stay_out(week, tmp_path):
    other = Series.objects.create(slug="jra1", title="JRA1")
    Meeting.objects.create(series=other, date=date(2010, 7, 27))
    names, *_ = export("json", tmp_path, series="jra1")
    assert names == ["jra1-2010-07-27.json"]
    assert find_date(Path(names[0]).stem) == date(2010, 7, 27)


def test_an_unknown_series_is_told_the_known_ones(week, tmp_path):
    with pytest.raises(CommandError, match="--series prodution: there is no such series; known: production"):
        export("md", tmp_path, series="prodution")


def test_without_any_series_it_says_so(db, tmp_path):
    with pytest.raises(CommandError, match="none yet"):
        export("md", tmp_path, series="production")


def test_an_unknown_format_is_told_the_known_ones(week, tmp_path):
    with pytest.raises(CommandError, match=r"json.*twiki.*md.*txt"):
        export("pdf", tmp_path)


def test_a_file_where_the_folder_should_be(week, tmp_path):
    (tmp_path / "there").write_text("")
    with pytest.raises(CommandError, match=r"--out .*there: .*; choose a folder you may write to"):
        export("md", tmp_path / "there")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_cannot_be_written(week, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(CommandError, match="Permission denied; choose a folder"):
        export("json", tmp_path)


def test_progress_is_shown_on_a_terminal(week, tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    export("json", tmp_path)
    assert "\r1 of 1 meetings" in terminal.getvalue()
