"""Nodes -> Minutes: what *our* meetings mean by a page. Pure: no database, no clock, never raises on input."""

from meetings.minutes.actionlines import Action, ActionStatus
from meetings.minutes.agenda import Kind, MinutesSection, SectionState
from meetings.minutes.dates import DateSource
from meetings.minutes.reading import Minutes, as_json, read
from meetings.minutes.rollcall import Attendee, Status

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
