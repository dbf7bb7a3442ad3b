"""Recurrence rules: which are taken, and which days they give."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from meetings.models import Series
from meetings.models.series import check_recurrence


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", ["2014-03-04", "2014-03-11"]),
        ("freq=weekly;byday=tu", ["2014-03-04", "2014-03-11"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", ["2014-03-04", "2014-03-18"]),
        ("FREQ=MONTHLY;BYDAY=-1TU", ["2014-03-25", "2014-04-29"]),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20140305T000000Z", ["2014-03-04"]),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20140305", ["2014-03-04"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2016-02-29"]),
        ("", []),
    ],
)
def test_the_next_days(rule: str, days: list[str]):
    found = Series(recurrence=rule).dates(after=dt.date(2014, 3, 3), count=2)
    assert [day.isoformat() for day in found] == days


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("every Tuesday", "begins with how often"),
        ("FREQ=SECONDLY", "begins with how often"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL is a whole number from 1 on"),
        ("FREQ=WEEKLY;INTERVAL=x", "INTERVAL is a whole number from 1 on"),
        ("FREQ=WEEKLY;BYDAY=XX", "Not a recurrence rule"),
        ("FREQ=WEEKLY;UNTIL=soon", "Not a recurrence rule"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "No day fits this rule"),
    ],
)
def test_what_is_refused(rule: str, words: str):
    with pytest.raises(ValidationError, match=words):
        check_recurrence(rule)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;UNTIL=19990101T000000Z"])
def test_what_is_taken(rule: str):
    series = Series(slug="relay", title="Relay", recurrence=rule)
    series.clean_fields()
    assert series.recurrence == rule
