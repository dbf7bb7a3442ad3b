"""The few lines that lists show of a report, read from its public snapshot and so fit for everybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from reports.models import WeeklyReport


@dataclass(frozen=True, slots=True)
class Digest:
    """A rendered report at a glance; `announcements` is Markdown, the areas are titles."""

    report: WeeklyReport
    announcements: str
    reported: tuple[str, ...]
    missing: tuple[str, ...]
    present: int
    open_actions: int

    @property
    def asked(self) -> int:
        """How many areas were to say something."""
        return len(self.reported) + len(self.missing)

    @classmethod
    def of(cls, report: WeeklyReport) -> Self:
        """The digest of a rendered report."""
        minutes: dict[str, Any] = json.loads(report.json)
        areas = [section for section in minutes["sections"] if section["kind"] == "area"]
        announcements = [section["body"] for section in minutes["sections"] if section["kind"] == "announcements"]
        return cls(
            report=report,
            announcements="\n\n".join(body for body in announcements if body),
            reported=tuple(section["heading"] for section in areas if section["state"] != "missing"),
            missing=tuple(section["heading"] for section in areas if section["state"] == "missing"),
            present=sum(attendee["status"] == "present" for attendee in minutes["attendees"]),
            open_actions=sum(action["status"] == "open" for action in minutes["actions"]),
        )
