"""Which day a meeting was: dates in topic names and text, and the rule that weighs them. Pure: no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from meetings.twiki.nodes import Heading, List, Page, Problem

DateSource = Literal["option", "topic", "topicinfo", "text"]

SAVED_WITHIN = timedelta(days=45)
"""How long after its making a page may still be saved for the meeting; later saves were mass edits."""

FIRST_LINES = 10
"""How many written lines at the top of a plain text may hold its date line."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:(?<![A-Za-z])|(?=[A-Z]))(?P<month>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_GAP = r"[ ,._-]{0,3}"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?<!\d){_YEAR}[-_./](?P<month>\d{{1,2}})[-_./](?P<day>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        rf"(?<!\d)(?P<month>\d\d)(?P<day>\d\d){_YEAR}(?!\d)",
        rf"(?<!\d)(?P<month>\d{{1,2}})(?P<sep>[-_./])(?P<day>\d{{1,2}})(?P=sep){_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}(?!\d)",
        rf"(?<!\d){_DAY}{_GAP}(?:of )?{_MONTH}{_GAP}{_YEAR}(?!\d)",
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}(?!\d)",
    )
)
_YEARLESS = (
    re.compile(rf"{_MONTH}{_GAP}{_DAY}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}{_GAP}(?:of )?{_MONTH}\b"),
)
_SIGNATURE = re.compile(
    r"^\s*--+\s*(?:\[\[)?(?:(?:Main|TWiki|Sandbox|%USERSWEB%|%MAINWEB%)\.)?(?P<who>[A-Za-z][\w-]*)(?:\]\[[^\]]*)?"
    r"(?:\]\])?\s*-\s*(?P<day>\d.*\d)\s*$"
)
_DATE_LINE = re.compile(r"^\W*(?:date|when|day|held(?: on)?)\b\s*[:\-]?", re.IGNORECASE)
_MEETING_LINE = re.compile(r"\b(?:minutes|meeting|call|held)\b", re.IGNORECASE)
_OTHER_DAY = re.compile(r"\b(?:next|last|previous|following|until|due|deadline)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{2,}")
_BESIDE_A_DATE = re.compile(
    r"(?i)^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|st|nd|rd|th|of|at|am|pm|utc|gmt|cet|cest|est|edt|cst|cdt|pst|pdt|eastern|central|pacific)$"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """The `-- Main.DanFraser - 09 Oct 2012` line: who made the page, and the day of the making."""

    who: str
    day: date | None
    written: str
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The meeting's day and where it was found; `line` is the date line of a text, 0 where there is none."""

    day: date | None
    source: DateSource | None
    problems: tuple[Problem, ...] = ()
    line: int = 0


def find_date(text: str) -> date | None:
    """The first possible date written out in `text`, in any order of year, month and day that people use.

    All-number dates are month first, as the OSG's topics have them; day first where the month would be over 12,
    and where dots stand between the numbers, which only day-first countries write.
    """
    found = ((match.start(), day) for form in _FORMS for match in form.finditer(text) for day in _read(match))
    return min(found, default=(0, None))[1]


def _read(match: re.Match[str]) -> Iterator[date]:
    """The date that one match means, or nothing where no calendar has it."""
    parts = match.groupdict()
    year, written, day = int(parts["year"]), parts["month"], int(parts["day"])
    month = int(written) if written.isdigit() else MONTHS.index(written[:3].lower()) + 1
    month_first = match.start("month") < match.start("day") < match.start("year")
    if written.isdigit() and month_first and (month > 12 or parts.get("sep") == "."):
        month, day = (day, month) if day <= 12 else (month, day)
    try:
        yield date(year, month, day)
    except ValueError:
        return


def find_due(text: str, meeting: date | None) -> date | None:
    """A date in `text`, and where it has no year, the first such day that is not long before the meeting."""
    if day := find_date(text):
        return day
    for form in _YEARLESS:
        if meeting and (match := form.search(text)):
            month = MONTHS.index(match["month"][:3].lower()) + 1
            return _in_year_of(meeting, month, int(match["day"]))
    return None


def _in_year_of(meeting: date, month: int, day: int) -> date | None:
    """That month and day in the meeting's year, or in the next where it would be half a year ago."""
    for year in (meeting.year, meeting.year + 1):
        try:
            due = date(year, month, day)
        except ValueError:
            continue
        if due > meeting - timedelta(days=180):
            return due
    return None


def find_signature(page: Page, line: int) -> Signature | None:
    """The signature on that line of the source, if it is one."""
    match = _SIGNATURE.match(page.lines[line - 1]) if 0 < line <= len(page.lines) else None
    if not match:
        return None
    return Signature(match["who"], find_date(match["day"]), match[0].strip(), line)


def decide(page: Page, zone: ZoneInfo, on: date | None, signed: Signature | None) -> Decision:
    """The meeting's day: as told; else from the topic's name; else from when it was saved; else from the text.

    A page that cannot be read at all is not asked for it.
    """
    if on:
        return Decision(on, "option")
    if named := find_date(page.name):
        return Decision(named, "topic")
    saved, problems = _saved_day(page, zone, signed)
    if saved:
        return Decision(saved, "topicinfo")
    if page.kind == "text":
        for line, text in _first_lines(page):
            if day := _date_line(text):
                return Decision(day, "text", problems, line)
    if any(problem.level == "error" for problem in page.problems):
        return Decision(None, None, problems)
    unknown = Problem(1, "error", "nothing here tells the day of the meeting: give it with --date YYYY-MM-DD")
    return Decision(None, None, (*problems, unknown))


def _saved_day(page: Page, zone: ZoneInfo, signed: Signature | None) -> tuple[date | None, tuple[Problem, ...]]:
    """The day the page was saved in the meeting's zone, unless the day it was made speaks against that."""
    if page.saved_at is None:
        return None, ()
    try:
        saved = page.saved_at.astimezone(zone).date()
    except OverflowError:
        return None, ()
    made = signed.day if signed else None
    if made is None or made <= saved <= made + SAVED_WITHIN:
        return saved, ()
    distance = f"{(saved - made).days} days after" if saved > made else "before"
    message = f"saved on {saved}, {distance} the page was made on {made}: not taken for the day of the meeting"
    return None, (Problem(1, "warning", message),)


def _first_lines(page: Page) -> Iterator[tuple[int, str]]:
    """The lines at the top of a text that may be its date line: before the first list, and not many."""
    listed = min((block.line for block in page.blocks if isinstance(block, List)), default=len(page.lines) + 1)
    headings = [block.line for block in page.blocks if isinstance(block, Heading)]
    body = min(headings[1:2], default=listed)
    seen = 0
    for number, text in enumerate(page.lines[: min(listed, body + 1) - 1], 1):
        if not text.strip():
            continue
        yield number, text
        seen += 1
        if seen == FIRST_LINES:
            return


def _date_line(text: str) -> date | None:
    """The date of a line that is one (`Tuesday 27 July 2010`), names one (`Date: ...`), or titles the minutes."""
    if len(text) > 120 or not (day := find_date(text)) or _OTHER_DAY.search(text):
        return None
    bare = all(_BESIDE_A_DATE.match(word) or word[:3].lower() in MONTHS for word in _WORD.findall(text))
    return day if bare or _DATE_LINE.match(text) or _MEETING_LINE.search(text) else None
