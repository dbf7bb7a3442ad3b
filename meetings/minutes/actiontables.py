"""Action items kept in a topic of their own: a table with a row an action, opened and closed on dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from meetings.minutes.dates import find_date
from meetings.minutes.lines import words
from meetings.minutes.names import names_in
from meetings.minutes.reading import Minutes
from meetings.minutes.vocabulary import Slugs, area_of, key, slugs_by_key
from meetings.twiki.nodes import Page, Row, Table

_COLUMNS = {
    "number": ("", "no", "nr", "num", "number", "id", "item no", "action no"),
    "owner": ("owner", "owners", "who", "assigned to", "responsible", "assignee"),
    "text": ("action", "action item", "action significant item", "action items", "item", "task", "description", "what"),
    "opened": ("open date", "opened", "date opened", "open", "opened on", "start date"),
    "closed": ("close date", "closed", "date closed", "closed on", "completed", "done"),
}
_COLUMN_OF = {name: column for column, names in _COLUMNS.items() for name in names}
_SHORT_YEAR = re.compile(r"(\b\d{1,2}[/.-]\d{1,2}[/.-])(\d\d)\b(?![/.-])")
_EVERYBODY = frozenset({"all", "everybody", "everyone"})


@dataclass(frozen=True, slots=True)
class TableAction:
    """One row: owners that are people, areas' slugs among the owners, and the days it was opened and closed."""

    number: int | None
    text: str
    owners: tuple[str, ...]
    areas: tuple[str, ...]
    owned_by: str
    opened: date | None
    closed: date | None
    line: int


def read_table(page: Page, told: Minutes, areas: Mapping[str, str]) -> tuple[TableAction, ...]:
    """The actions of a page that is nothing but a list of actions; none for minutes that hold such a table."""
    if told.attendees or any(section.kind == "area" for section in told.sections):
        return ()
    slugs = slugs_by_key(areas)
    return tuple(action for block in page.blocks if isinstance(block, Table) for action in _actions(block, slugs))


def _actions(table: Table, slugs: Slugs) -> Iterator[TableAction]:
    """The rows of a table whose header names an action and the day it was opened."""
    columns = _columns(table.rows[0]) if table.rows else {}
    if not {"text", "opened"} <= columns.keys():
        return
    for row in table.rows[1:]:
        cells = {name: _cell(row, at) for name, at in columns.items()}
        if cells["text"]:
            owner = cells.get("owner", "")
            number = re.sub(r"\D", "", cells.get("number", ""))
            owners = [part for part in re.split(r"[,;/&]|\band\b", owner) if key(part) not in _EVERYBODY]
            slug_of = {part: area_of(part.strip(), slugs) for part in owners}
            yield TableAction(
                int(number[:6]) if number else None,
                cells["text"],
                tuple(name for part, slug in slug_of.items() if slug is None for name in names_in(part.strip())),
                tuple(slug for slug in slug_of.values() if slug),
                owner,
                _day(cells["opened"]),
                _day(cells.get("closed", "")),
                row.line,
            )


def _columns(header: Row) -> dict[str, int]:
    """Where each known column stands."""
    names = {at: _COLUMN_OF.get(key(_cell(header, at))) for at in range(len(header.cells))}
    return {name: at for at, name in reversed(names.items()) if name}


def _cell(row: Row, at: int) -> str:
    """The words of a cell on one line."""
    return " ".join(words(row.cells[at].children).split()) if at < len(row.cells) else ""


def _day(text: str) -> date | None:
    """A date as tables have them, where years may have two digits."""
    return find_date(_SHORT_YEAR.sub(r"\g<1>20\2", text))
