"""Real minutes, which are not ours to keep: read from the folder beside the repository, where there is one."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meetings import documents, minutes
from tests.meetings import words

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
DATES = {
    "production-2011": (date(2011, 3, 22), "topicinfo"),
    "production-2012": (date(2012, 10, 30), "topicinfo"),
    "production-2015": (date(2015, 1, 6), "topicinfo"),
    "production-2017-fragment": (None, None),
    "jra1-2010": (None, None),
}
AREAS = {
    "production-2011": "cms atlas ligo goc engage integration site-coordination user-support security",
    "production-2012": "cms atlas goc campus software integration site-coordination user-support security",
    "production-2015": "cms atlas goc software release user-support security",
    "production-2017-fragment": "atlas fife cms goc production-support software release security communication",
}

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside this repository")


def read(name, on=None):
    page = documents.read_page((SEEDS / f"{name}.txt").read_bytes(), f"{name}.txt")
    return minutes.read(page, series=name.split("-")[0], zone=ZoneInfo("America/New_York"), on=on)


@pytest.mark.parametrize("name", DATES)
def test_the_day(name):
    found = read(name)
    assert (found.date, found.date_source) == DATES[name]
    errors = [problem.message for problem in found.problems if problem.level == "error"]
    assert len(errors) == (found.date is None)
    assert all("--date YYYY-MM-DD" in message for message in errors)


@pytest.mark.parametrize("name", DATES)
def test_no_word_is_lost(name):
    text = (SEEDS / f"{name}.txt").read_text(encoding="utf-8")
    assert sum(words.of_source(text).values()) > 200
    assert words.lost(text, minutes.as_json(read(name))) == {}


@pytest.mark.parametrize("name", DATES)
def test_every_heading_is_a_section_or_accounted_for(name):
    text = (SEEDS / f"{name}.txt").read_text(encoding="utf-8")
    found = read(name)
    sections = {section.line: section for section in found.sections}
    problems = {problem.line: problem.message for problem in found.problems}
    headings = [
        (number, match[1].replace("!", "").strip())
        for number, line in enumerate(text.splitlines(), 1)
        if (match := re.match(r"(?:---\+\+(?!\+)| ?\[bookmark: \w+\])\s*(.*)", line))
    ]
    assert len(headings) >= 9
    for number, heading in headings:
        if number in sections:
            section = sections[number]
            leads = re.search(r"\(([^)]*)\)$", heading)
            assert section.leads == (tuple(re.split(r", | & ", leads[1])) if leads else ())
            assert section.heading == re.sub(r" *\([^)]*\)$", "", heading).rstrip(": ")
        else:
            assert heading.split(":")[0] in problems[number]


@pytest.mark.parametrize(("name", "areas"), AREAS.items())
def test_the_areas(name, areas):
    assert [section.area for section in read(name).sections if section.kind == "area"] == areas.split()


@pytest.mark.parametrize(
    ("name", "attendees"),
    [
        (
            "production-2011",
            "Mats, Xin, Armen, Britta, Robert E., Brian, Suchandra, Burt, Marco, Rob Q., Scott T., Mine, Chander, Dan",
        ),
        ("production-2012", "Xin, Armen, Brian, Tim, Suchandra, Tony, Marco, Rob Q., Scott T., Mine, Chander, Dan"),
        ("production-2015", ""),
        ("production-2017-fragment", "Tim, Brian, Scott, Susan, Armen, Jeny, Ken, Kyle, Tanya, Krista"),
    ],
)
def test_the_attendees(name, attendees):
    people = read(name).attendees
    assert ", ".join(person.name for person in people) == attendees
    assert {(person.status, person.affiliation, person.initials) for person in people} <= {("present", None, None)}


def test_the_attendees_of_a_text_with_affiliations_and_initials():
    found = read("jra1-2010")
    assert [(one.name, one.affiliation, one.initials) for one in found.attendees] == [
        ("David Horat", "CERN", "DH"),
        ("David Collados", "CERN", "DC"),
        ("Emir", "SRCE", "E"),
        ("Daniele", "INFN", "D"),
        ("Christos T.", "AUTH", "C"),
        ("Lampros", "AUTH", "L"),
        ("Torsten", "KIT", "T"),
        ("Javier", "CESGA", "J"),
        ("Sergio Diaz", "CESGA", "S"),
        ("Gilles", "STFC", "G"),
        ("Helene", "CNRS", "H"),
    ]
    assert any("EGI" in problem.message and "nobody" in problem.message for problem in found.problems)


def test_the_reviewed_actions():
    actions = read("jra1-2010").actions
    numbered = {action.number: action for action in actions if action.number}
    assert list(numbered) == ["75", "76", "77", "78", "79", "80", "88", "89", "90", "173", "190", "201"]
    assert [number for number, action in numbered.items() if action.status == "done"] == ["89", "173"]
    assert (numbered["75"].note, numbered["90"].note) == ("no news", "")
    children = [action for action in actions if action.parent]
    assert [action.parent for action in children] == ["79"] * 4
    assert [(action.text or "").split()[0] for action in children] == ["GOCDB", "Acc", "Ops", "GGUS"]


def test_the_author_and_who_made_the_page():
    found = read("production-2012")
    assert (found.author, found.created_by, found.revision) == ("Suchandra Thapa", "Dan Fraser", 4)
    assert read("production-2011").revision == 10


@pytest.mark.parametrize("name", ["production-2015", "production-2017-fragment"])
def test_the_way_in_is_in_the_coordinates_only(name):
    shown = minutes.as_json(read(name))
    coordinates = shown.pop("coordinates")
    secrets = re.findall(r"[\d-]{6,}", coordinates)
    assert len(secrets) >= 2
    assert not [secret for secret in secrets if secret in str(shown)]


def test_what_is_missing_and_what_is_ready():
    states = {section.heading: section.state for section in read("production-2012").sections}
    assert [heading for heading, state in states.items() if state == "ready"] == [
        "Grid Operations Center",
        "Integration",
        "User Support",
    ]
    assert set(states.values()) == {"ready", "missing"}
