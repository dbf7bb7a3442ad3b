"""Weekly -> what is read: HTML, Markdown, JSON and, through `plain.py`, text. No query here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from json import dumps

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from meetings import markup
from meetings.minutes import as_json
from reports import plain
from reports.plain import hard, text
from reports.weekly import Weekly, WeeklyAction, WeeklySection, minutes

__all__ = ["Rendered", "RenderedAction", "RenderedSection", "html", "json", "markdown", "rendered", "text"]


@dataclass(frozen=True, slots=True)
class RenderedAction:
    """An action with its Markdown rendered, ready for a cell of a table."""

    action: WeeklyAction
    text: SafeString
    note: SafeString


@dataclass(frozen=True, slots=True)
class RenderedSection:
    """A section with its Markdown rendered; `html` is empty where there is no text.

    The actions' table belongs into the one that `shows_actions`, before its text, which is left out where the
    table says all of it. `pictures` are those that stand elsewhere: a reader's browser does not fetch them, so that
    reading tells nobody, and the page links to them instead.
    """

    section: WeeklySection
    html: SafeString
    shows_actions: bool
    pictures: tuple[markup.Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What `reports/_report.html` gets as `report`, beside `weekly`.

    `actions_last`: there are actions and no section to show them in, so their table stands at the end.
    """

    sections: tuple[RenderedSection, ...]
    actions: tuple[RenderedAction, ...]
    actions_last: bool
    coordinates: SafeString


def html(weekly: Weekly) -> str:
    """The report as a piece of a page: everything below the page's own head and navigation."""
    return render_to_string("reports/_report.html", {"weekly": weekly, "report": rendered(weekly)})


def rendered(weekly: Weekly) -> Rendered:
    """Every Markdown text of a report as safe HTML."""
    place = weekly.actions_place
    return Rendered(
        sections=tuple(
            RenderedSection(section, body, section.pk == place, markup.pictures(body))
            for section in weekly.sections
            for body in [markup.render(weekly.shown_body(section, elsewhere=False))]
        ),
        actions=tuple(
            RenderedAction(action, markup.render(hard(action.text)), markup.render(hard(action.note)))
            for action in weekly.actions
        ),
        actions_last=bool(weekly.actions) and place is None,
        coordinates=markup.render(hard(weekly.coordinates)),
    )


def json(weekly: Weekly) -> str:
    """The `opsminutes/1` object."""
    return dumps(as_json(minutes(weekly)), ensure_ascii=False, indent=2) + "\n"


def markdown(weekly: Weekly) -> str:
    """The report as one Markdown page; the sections' own text is Markdown already."""
    parts = [f"# {_escaped(weekly.series_title)}, {weekly.date:%A %-d %B %Y}", _escaped(plain.occasion(weekly))]
    if said := plain.summary(weekly):
        parts.append(_escaped(said))
    if weekly.coordinates:
        parts += ["## Coordinates", weekly.coordinates]
    if weekly.roll:
        parts += ["## Attendance", _lines(f"* {label}: {_escaped(names)}" for label, names in plain.roll_lines(weekly))]
    for section in weekly.sections:
        parts += _section(weekly, section)
    if weekly.actions and weekly.actions_place is None:
        parts += ["## Action items", _actions(weekly)]
    parts.append(f"The full report with links is available at <{weekly.address}>")
    return "\n\n".join(parts) + "\n"


def _section(weekly: Weekly, section: WeeklySection) -> list[str]:
    text = weekly.shown_body(section).strip("\n")
    body = [text] if text else []
    if section.pk == weekly.actions_place:
        body.append(_actions(weekly))
    return [f"## {_escaped(plain.heading(section))}", *body] if body else []


def _actions(weekly: Weekly) -> str:
    return _lines(line for action in weekly.actions for line in _action(action))


def _action(action: WeeklyAction) -> list[str]:
    """`* **44** What is owed (who; due when; how it stands)`, and below it what was said."""
    margin = "  " if action.parent else ""
    said, *more = (action.text or action.note).split("\n")
    lines = [f"* **{action.label}** {said}".rstrip(), *(f"  {line}" for line in more)]
    lines[-1] += f" ({_escaped(plain.action_facts(action))})"
    if action.text and action.note:
        lines += ["", *(f"  {line}" for line in action.note.split("\n")), ""]
    return [f"{margin}{line}".rstrip() for line in lines]


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n")


def _escaped(words: str) -> str:
    """Words in which no character is markup."""
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", words)
