from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meetings.documents import plaintext
from meetings.minutes import dates
from meetings.twiki.nodes import Page
from tests.meetings.textcases import load

CASES = Path(__file__).parent / "cases"
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(("given", "expected"), load(CASES / "dates.txt"))
def test_a_date_in_words(given, expected):
    assert str(dates.find_date(given) or "none") == expected


def page(name="Weekly", saved=None, line="", kind="twiki"):
    return Page(name=name, lines=(line,), blocks=(), saved_at=saved, kind=kind)


def decide(one, on=None):
    return dates.decide(one, NEW_YORK, on, dates.find_signature(one, 1))


def test_what_is_told_beats_the_topic_and_the_topic_beats_the_time_of_saving():
    named = page("20120918Meeting", saved=datetime(2012, 9, 20, 12, tzinfo=UTC))
    assert (decide(named, date(2012, 9, 19)).day, decide(named, date(2012, 9, 19)).source) == (
        date(2012, 9, 19),
        "option",
    )
    assert (decide(named).day, decide(named).source) == (date(2012, 9, 18), "topic")


def test_the_time_of_saving_counts_in_the_zone_of_the_series():
    late = page(saved=datetime(2012, 10, 31, 2, 15, tzinfo=UTC))
    assert (decide(late).day, decide(late).source) == (date(2012, 10, 30), "topicinfo")


@pytest.mark.parametrize(
    ("signed", "taken"),
    [
        ("30 Oct 2012", True),
        ("14 Sep 2012", False),
        ("15 Sep 2012", True),
        ("31 Oct 2012", False),
        ("2012-10-29", True),
    ],
)
def test_a_time_of_saving_that_the_signature_speaks_against_is_refused(signed, taken):
    decision = decide(page(saved=datetime(2012, 10, 31, 2, tzinfo=UTC), line=f"-- Main.MaudLane - {signed}"))
    if taken:
        assert decision == dates.Decision(date(2012, 10, 30), "topicinfo")
    else:
        assert decision.day is None
        assert [problem.level for problem in decision.problems] == ["warning", "error"]
        assert "2012-10-30" in decision.problems[0].message
        assert "--date YYYY-MM-DD" in decision.problems[1].message


def test_the_signature_is_never_the_day_of_the_meeting():
    assert decide(page(line="-- Main.MaudLane - 09 Oct 2012")).day is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Minutes of the meeting of 27 July 2010\n\nPresent: Ada", date(2010, 7, 27)),
        ("Operations call\nDate: 27.07.2010\nPresent: Ada", date(2010, 7, 27)),
        ("Tuesday, 27 July 2010, 14:00 CEST\n\nPresent: Ada", date(2010, 7, 27)),
        ("Operations\nThe next meeting is on 3 August 2010\n", None),
        ("Operations\nAda fixed what broke on 3 August 2010\n", None),
        ("Operations\n\n- held on 3 August 2010\n", None),
    ],
)
def test_a_plain_text_tells_its_day_at_the_top(text, expected):
    decision = decide(plaintext.parse(text, "call"))
    assert (decision.day, decision.source) == (expected, "text" if expected else None)


def test_a_topic_does_not_tell_its_day_in_its_text():
    assert decide(page(line="Date: 27.07.2010")).day is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13 November", date(2012, 11, 13)),
        ("Jan 8", date(2013, 1, 8)),
        ("Sep 1", date(2012, 9, 1)),
        ("2014-01-02", date(2014, 1, 2)),
        ("Feb 30", None),
        ("May", None),
    ],
)
def test_a_due_date_without_a_year_is_near_the_meeting(text, expected):
    assert dates.find_due(text, date(2012, 10, 30)) == expected
