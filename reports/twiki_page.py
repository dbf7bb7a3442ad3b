"""Weekly -> a page for a TWiki, in the layout that the importer reads: import, export, import is a fixed point."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from itertools import groupby

from meetings import markup
from meetings.minutes import Attendee
from meetings.minutes.names import spaced
from meetings.twiki.nodes import Block, Heading, Link, List, ListItem, Paragraph, Text
from meetings.twiki.writer import twiki as written
from reports.weekly import Weekly, WeeklyAction, WeeklySection, words

LABELS = {"present": "", "apologies": "Apologies: ", "absent": "Absent: "}


def twiki(weekly: Weekly) -> str:
    """The whole page: what a wiki keeps of it, who made it, and its text."""
    return "".join(f"{line}\n" for line in _first_lines(weekly)) + written(tuple(_blocks(weekly))).rstrip() + "\n"


def _first_lines(weekly: Weekly) -> Iterator[str]:
    fields = {
        "author": _wiki_name(weekly.author),
        "date": f"{weekly.saved_at.timestamp():.0f}" if weekly.saved_at else "",
        "format": "1.1",
        "version": f"1.{weekly.page_revision}" if weekly.page_revision else "",
    }
    if weekly.author or weekly.saved_at or weekly.page_revision:
        shown = " ".join(f'{name}="{_quoted(value)}"' for name, value in fields.items() if value)
        yield f"%META:TOPICINFO{{{shown}}}%"
    if weekly.created_by:
        day = weekly.saved_at.astimezone(UTC).date() if weekly.saved_at else weekly.date
        yield f"-- Main.{_wiki_name(weekly.created_by).replace(' ', '')} - {day:%d %b %Y}"


def _wiki_name(name: str) -> str:
    """`Dan Fraser` is DanFraser on a wiki; a name that could not be told back is written as it is."""
    joined = re.sub(r"[\s.]", "", name)
    return joined if spaced(joined) == name else name


def _quoted(value: str) -> str:
    return value.replace("%", "%25").replace('"', "%22")


def _blocks(weekly: Weekly) -> Iterator[Block]:
    bodies = {section.pk: markup.blocks(section.body) for section in weekly.sections}
    inner = (block.level for blocks in bodies.values() for block in blocks if isinstance(block, Heading))
    # A section's own headings are deeper than its title, whatever level the page began on.
    level = max(1, min(2, min(inner, default=3) - 1))
    if weekly.coordinates:
        yield from (_heading("Coordinates", level), *markup.blocks(weekly.coordinates))
    if weekly.roll:
        yield from (_heading("Attendees", level), _roll(weekly.roll))
    untold = [action for action in weekly.actions if not _is_told(action, weekly)]
    for section in weekly.sections:
        yield _heading(_title(section), level)
        yield from bodies[section.pk] or _silence(section)
        if untold and section.pk == weekly.actions_place:
            yield _actions(untold)
    if untold and weekly.actions_place is None:
        yield from (_heading("Action/Significant Items", level), _actions(untold))
    address = Link(weekly.address, (Text(weekly.address),))
    yield Heading(level, (Text("The full report with links is available at "), address), 0, 0)


def _heading(words: str, level: int) -> Heading:
    return Heading(level, (Text(words),), 0, 0)


def _title(section: WeeklySection) -> str:
    return f"{section.title} ({', '.join(section.leads)})" if section.leads else section.title


def _silence(section: WeeklySection) -> tuple[Block, ...]:
    return (_bullets(["Nothing to report"]),) if section.has_nothing else ()


def _roll(roll: tuple[Attendee, ...]) -> List:
    """A bullet for each run of people of one status and affiliation, so that their order is kept."""
    runs = groupby(roll, lambda one: (one.status, one.affiliation))
    return _bullets([_run(status, affiliation, list(people)) for (status, affiliation), people in runs])


def _run(status: str, affiliation: str | None, people: list[Attendee]) -> str:
    names = [f"{one.name} ({one.initials})" if one.initials else one.name for one in people]
    if status == "present" and affiliation:
        return f"{affiliation}: {', '.join(names)}"
    return LABELS[status] + ", ".join(f"{name} ({affiliation})" if affiliation else name for name in names)


def _is_told(action: WeeklyAction, weekly: Weekly) -> bool:
    """Whether the text of the items says this action already, as it does where both came from one page."""
    bodies = (section.body for section in weekly.sections if section.kind == "items")
    return words(action.text, action.note) <= words(*bodies)


def _actions(actions: list[WeeklyAction]) -> List:
    return List("ul", tuple(_action(action) for action in actions), 0, 0)


def _action(action: WeeklyAction) -> ListItem:
    """`44 - Sunil, Yun: what is owed, due 13 October 2026 (done)`, and what was said below it."""
    owners = f"{', '.join(action.owners)}: " if action.owners else ""
    due = f", due {action.due:%-d %B %Y}" if action.due else ""
    state = "" if action.is_open else f" ({action.status})"
    said = _paragraph(f"{action.label} - {owners}{action.text}{due}{state}")
    notes = [line for line in action.note.split("\n") if line.strip()]
    return ListItem((said, _bullets(notes)) if notes else (said,), 0, 0)


def _bullets(lines: list[str]) -> List:
    return List("ul", tuple(ListItem((_paragraph(line),), 0, 0) for line in lines), 0, 0)


def _paragraph(line: str) -> Paragraph:
    return Paragraph((Text(line),), 0, 0)
