"""Nodes -> Minutes: what *our* meetings mean by a page. Pure: no database, no clock, never raises on input."""

from meetings.minutes.reading import (
    Action,
    ActionStatus,
    Attendee,
    DateSource,
    Kind,
    Minutes,
    MinutesSection,
    SectionState,
    Status,
    as_json,
    read,
)

__all__ = [
    "Action",
    "ActionStatus",
    "Attendee",
    "DateSource",
    "Kind",
    "Minutes",
    "MinutesSection",
    "SectionState",
    "Status",
    "as_json",
    "read",
]
