"""Nodes -> Minutes: what *our* meetings mean by a page. Pure: no database, no clock, never raises on input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from meetings.twiki.nodes import Page, Problem

DateSource = Literal["option", "topic", "topicinfo", "text"]
Status = Literal["present", "apologies", "absent"]
Kind = Literal["area", "announcements", "items", "other"]
SectionState = Literal["missing", "draft", "ready", "nothing"]
ActionStatus = Literal["open", "done", "dropped"]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody on the roll: the name as written, and what else the page says of them."""

    name: str
    affiliation: str | None = None
    initials: str | None = None
    status: Status = "present"


@dataclass(frozen=True, slots=True)
class MinutesSection:
    """One agenda item with its text in Markdown; `line` is its heading's line in the source (1-based)."""

    kind: Kind
    area: str | None
    heading: str
    leads: tuple[str, ...]
    state: SectionState
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Action:
    """An action item as this page has it; `parent` is the number of the action it belongs to."""

    number: str | None
    text: str | None
    owners: tuple[str, ...] = ()
    due: date | None = None
    status: ActionStatus = "open"
    note: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of one meeting; `date` is None where nothing tells it, and a problem says so."""

    series: str
    date: date | None
    date_source: DateSource | None
    author: str | None
    created_by: str | None
    revision: int | None
    saved_at: datetime | None
    coordinates: str | None
    attendees: tuple[Attendee, ...]
    sections: tuple[MinutesSection, ...]
    actions: tuple[Action, ...]
    problems: tuple[Problem, ...]


def as_json(minutes: Minutes) -> dict[str, Any]:
    """The `opsminutes/1` object, ready for `json.dumps`."""
    raise NotImplementedError


def read(
    page: Page, *, series: str, zone: ZoneInfo, on: date | None = None, areas: Mapping[str, str] | None = None
) -> Minutes:
    """What `page` means as minutes of `series`; `on` overrules every other date, `areas` maps aliases to slugs."""
    raise NotImplementedError
