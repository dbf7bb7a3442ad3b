"""What a page would bring, in the words and figures that a preview shows."""

from __future__ import annotations

from itertools import islice
from typing import Any

from meetings.documents import docx
from meetings.importer.run import Result
from meetings.importer.sections import foresee
from meetings.models import BatchPage, Meeting
from meetings.twiki import source as twiki_source

#: More of these than a page of minutes has; what is beyond them is counted, not kept.
MAX_TOLD = 300
MAX_LINE = 300

#: Problems speak of the command's options; in the browser there are other ways.
_WAYS = (
    (" with --date YYYY-MM-DD", " beside its source"),
    ("a different --date", "a different date beside its source"),
    ("give their folder with --pub DIR", "the command import_minutes brings them with --pub DIR"),
)


def note(page: BatchPage, result: Result) -> None:
    """Keep with a page what it would bring, or why nothing can come of it."""
    page.state = _state(result)
    page.problems = problems(result)
    page.summary, page.date, page.date_source = {}, None, ""
    if result.minutes is not None:
        page.summary = summary(result)
        page.date, page.date_source = result.minutes.date, result.minutes.date_source or ""


def _state(result: Result) -> BatchPage.State:
    if result.outcome == "failed":
        return BatchPage.State.FAILED
    if result.outcome == "unchanged":
        return BatchPage.State.UNCHANGED
    known = result.meeting is not None and result.meeting.pk
    return BatchPage.State.CHANGED if known else BatchPage.State.NEW


def summary(result: Result) -> dict[str, Any]:
    """The sections with what becomes of each, and how many people and actions."""
    told, meeting = result.minutes, result.meeting
    if told is None:
        return {}
    parts = foresee(meeting or Meeting(), told)
    moved = meeting is not None and meeting.pk and meeting.date != told.date
    return {
        "is_list": told.date is None and bool(result.actions),
        "sections": [
            {"title": part.heading, "area": part.area, "leads": part.leads, "state": part.state, "change": change}
            for part, change in islice(parts, MAX_TOLD)
        ],
        "section_count": len(parts),
        "attendees": len(told.attendees),
        "actions": len(result.actions),
        "author": told.author,
        "reopens": meeting is not None and meeting.state == Meeting.State.PUBLISHED,
        "moved_from": meeting.date.isoformat() if meeting and moved else None,
        "free": [part.heading for part in told.sections if part.kind == "other" and part.line][:MAX_TOLD],
    }


def problems(result: Result) -> list[dict[str, Any]]:
    """What is odd or wrong, each with the line of the source that it is about."""
    if not result.problems:
        return []
    lines = lines_of(result.source.data)
    found = []
    for problem in result.problems[:MAX_TOLD]:
        text = lines[problem.line - 1] if 0 < problem.line <= len(lines) else ""
        message = problem.message
        for option, way in _WAYS:
            message = message.replace(option, way)
        told = {"line": problem.line, "level": problem.level, "message": message, "source": text[:MAX_LINE]}
        found.append(told)
    if (more := len(result.problems) - MAX_TOLD) > 0:
        found.append({"line": 1, "level": "note", "message": f"and {more} more of this kind", "source": ""})
    return found


def lines_of(data: bytes) -> tuple[str, ...]:
    """The lines that problems count, none for a Word document."""
    return () if docx.is_docx(data) else twiki_source.read(data).lines
