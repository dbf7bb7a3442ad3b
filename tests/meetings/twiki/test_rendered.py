"""A topic's markup all the way to the HTML that readers see: what TWiki shows for it, in structure and words."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meetings import documents, minutes
from meetings.markup import blocks, render
from meetings.twiki import parse
from meetings.twiki.markdown import markdown
from meetings.twiki.writer import twiki
from tests.meetings.twiki.test_markdown import cases

CASES = list(cases(Path(__file__).parent / "cases" / "rendered"))
SOURCES = [pytest.param(case.values[0], id=case.id) for case in CASES]
OWN_SECTIONS = re.compile(r"^(?:---|<[hH]|#)|<verbatim(?!.*</verbatim)", re.MULTILINE | re.DOTALL)
"""Headings and rules divide a page, and so does what never ends."""


def written(source):
    return markdown(parse(source, "MyTopic").blocks)


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_case(source, expected):
    assert render(written(source)) == expected.replace("␠", " ")


@pytest.mark.parametrize("source", SOURCES)
def test_a_second_trip_changes_nothing(source):
    text = written(source)
    assert markdown(blocks(text)) == text
    assert written(twiki(blocks(text))) == text


@pytest.mark.parametrize("source", [case for case in SOURCES if not OWN_SECTIONS.search(str(case.values[0]))])
def test_a_section_of_a_page_holds_the_same(source):
    page = documents.read_page(f"---++ Software (Tim)\n\n{source}\n\nThat is all.".encode(), "MyTopic.txt")
    read = minutes.read(page, series="production", zone=ZoneInfo("UTC"), on=date(2012, 10, 9))
    assert render(read.sections[0].body) == render(written(f"{source}\n\nThat is all."))
