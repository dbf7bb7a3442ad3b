"""Whole forms against golden files: where one changes on purpose, read the difference and edit the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports import render
from reports.weekly import collect
from tests.reports.conftest import DAY, put_out

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_public_report(week, form):
    weekly = collect(put_out(week), on=DAY)
    assert getattr(render, form)(weekly) == (GOLDEN / f"week.{form}").read_text()


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_members_read(week, form):
    weekly = collect(put_out(week), member=True, on=DAY)
    assert getattr(render, form)(weekly) == (GOLDEN / f"members.{form}").read_text()


def test_the_text_ends_with_where_the_report_is(week):
    last = render.text(collect(week, on=DAY)).split("\n")[-2:]
    assert last == ["The full report with links is available at http://127.0.0.1:8000/production/2026-11-17/", ""]


def test_a_zone_that_is_its_own_abbreviation_is_named_once(week):
    type(week.series).objects.update(timezone="UTC")
    assert "Meeting at 16:00 UTC.\n" in render.text(collect(week, on=DAY))


def test_a_week_of_which_nothing_is_known(week):
    week.sections.all().delete()
    week.attendance.all().delete()
    week.action_updates.all().delete()
    week.actions_opened.all().delete()
    weekly = collect(week, on=DAY)
    assert render.text(weekly) == (GOLDEN / "empty.text").read_text()
    assert json.loads(render.json(weekly))["sections"] == []
    assert "Production meeting" in render.html(weekly)


def test_actions_without_a_section_for_them_stand_at_the_end(week):
    week.sections.filter(kind="items").delete()
    weekly = collect(week, on=DAY)
    assert render.rendered(weekly).actions_last
    text, markdown = render.text(weekly), render.markdown(weekly)
    assert text.index("Action items\n------------\n") > text.index("Any other business")
    assert markdown.index("## Action items") > markdown.index("## Any other business")
    assert "Publish the calendar" in render.html(weekly)


def test_markdown_does_not_run_away_with_names(week):
    week.sections.filter(heading="Any other business").update(heading="The #1 *star* [x](y) <b>")
    assert r"## The \#1 \*star\* \[x\](y) \<b\>" in render.markdown(collect(week, on=DAY))


def test_html_escapes_what_is_no_markdown(week):
    week.attendance.filter(name="Petra").update(name="<script>alert(1)</script>")
    week.sections.filter(heading="Any other business").update(heading="<b>bold</b>", body="<script>alert(2)</script>")
    html = render.html(collect(week, on=DAY))
    assert "<script" not in html
    assert "<b>bold" not in html


def test_html_says_every_section_once(week):
    html = render.html(collect(week, on=DAY))
    for section in collect(week, on=DAY).sections:
        assert html.count(f'id="{section.anchor}"') == 1


def test_an_hour_that_nobody_told_is_not_told(week):
    week.series.start_time = None
    week.series.save()
    weekly = collect(put_out(week), on=DAY)
    assert "Meeting at" not in render.text(weekly) + render.markdown(weekly)
    assert "12:00" not in render.html(weekly)
    assert "Tuesday 17 November 2026" in render.html(weekly)
