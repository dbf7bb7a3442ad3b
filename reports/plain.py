"""Weekly -> the text that is mailed: 72 columns, hanging lists, aligned tables, links as footnotes. No query here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from meetings import markup
from meetings.minutes import Attendee
from meetings.twiki.nodes import Block, Paragraph, Text
from reports.layout import Footnotes, paragraph, stacked
from reports.weekly import Weekly, WeeklyAction, WeeklySection


def text(weekly: Weekly) -> str:
    """The whole report as plain text."""
    notes = Footnotes(weekly.address)
    parts = [
        [
            *title(f"{weekly.series_title}, {weekly.date:%A %-d %B %Y}", "="),
            *(paragraph(occasion(weekly)) if occasion(weekly) else []),
        ]
    ]
    if said := summary(weekly):
        parts.append(paragraph(said))
    if weekly.coordinates:
        parts.append([*title("Coordinates"), *_body(weekly.coordinates, notes)])
    if weekly.roll:
        parts.append([*title("Attendance"), *_roll(weekly)])
    parts += [part for section in weekly.sections if (part := _section(weekly, section, notes))]
    if weekly.actions and weekly.actions_place is None:
        parts.append([*title("Action items"), *_actions(weekly, notes)])
    if footnotes := notes.lines():
        parts.append([*title("Links"), *footnotes])
    parts.append([f"The full report with links is available at {weekly.address}"])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def title(words: str, rule: str = "-") -> list[str]:
    """A heading, wrapped and underlined, and a blank line."""
    lines = paragraph(words)
    return [*lines, rule * max(map(len, lines)), ""]


def occasion(weekly: Weekly) -> str:
    """When the meeting is held, and which publishing of its minutes this is."""
    start, zone = weekly.starts_at, str(weekly.starts_at.tzinfo)
    place = "" if start.tzname() == zone else f" ({zone})"
    sentences = [f"Meeting at {start:%H:%M %Z}{place}."] if weekly.timed else []
    if weekly.published_at:
        published = weekly.published_at.astimezone(start.tzinfo)
        sentences.append(f"Revision {weekly.revision}, published {published:%-d %B %Y, %H:%M %Z}.")
    return " ".join(sentences)


def summary(weekly: Weekly) -> str:
    """Who reported, who did not, and how many actions are open, in words."""
    sight = weekly.highlights
    sentences = []
    if sight.asked:
        some = f"{sight.filled} of {sight.asked} areas reported."
        sentences.append("All areas reported." if sight.filled == sight.asked else some)
    if sight.missing:
        sentences.append(f"No report from {enumerated(sight.missing)}.")
    if sight.nothing:
        sentences.append(f"Nothing to report from {enumerated(sight.nothing)}.")
    if sight.open_actions:
        late = f", {sight.overdue_actions} overdue" if sight.overdue_actions else ""
        sentences.append(f"{sight.open_actions} open action{'s' * (sight.open_actions > 1)}{late}.")
    return " ".join(sentences)


def enumerated(names: Sequence[str]) -> str:
    """Names as people say them.

    >>> enumerated(["CMS", "Atlas", "LIGO"])
    'CMS, Atlas and LIGO'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def heading(section: WeeklySection) -> str:
    """A section's title with its leads, and who may read it where that is not everybody."""
    leads = f" ({', '.join(section.leads)})" if section.leads else ""
    limit = f" - {section.limit}" if section.limit else ""
    return f"{section.title}{leads}{limit}"


def roll_lines(weekly: Weekly) -> Iterable[tuple[str, str]]:
    """The roll: a label with a count, and the names."""
    groups = {"Present": weekly.present, "Apologies": weekly.apologies, "Absent": weekly.absent}
    for label, people in groups.items():
        if people:
            yield f"{label} ({len(people)})", _names(people)


def action_facts(action: WeeklyAction) -> str:
    """Who owes an action, until when, and how it stands."""
    due = f"due {action.due:%-d %B %Y}" if action.due else ""
    status = f"{action.status_name}, overdue" if action.overdue else action.status_name
    return "; ".join(filter(None, [", ".join(action.owners), due, status]))


def hard(lines: str) -> str:
    """Markdown in which every line end is a line break."""
    return lines.replace("\n", "  \n")


def _names(people: Sequence[Attendee]) -> str:
    separator = "; " if any(one.affiliation for one in people) else ", "
    return separator.join(_name(one) for one in people)


def _name(one: Attendee) -> str:
    initials = f" ({one.initials})" if one.initials else ""
    return f"{one.name}{initials}, {one.affiliation}" if one.affiliation else f"{one.name}{initials}"


def _roll(weekly: Weekly) -> list[str]:
    return [line for label, names in roll_lines(weekly) for line in paragraph(f"{label}: {names}", "", "    ")]


def _body(markdown: str, notes: Footnotes) -> list[str]:
    return stacked(markup.blocks(markdown), notes)


def _section(weekly: Weekly, section: WeeklySection, notes: Footnotes) -> list[str]:
    """A section with what it says; nothing for one without text, which the summary names."""
    body = _body(weekly.shown_body(section), notes)
    if section.pk == weekly.actions_place:
        body += ["", *_actions(weekly, notes)] if body else _actions(weekly, notes)
    return [*title(heading(section)), *body] if body else []


def _actions(weekly: Weekly, notes: Footnotes) -> list[str]:
    return [line for action in weekly.actions for line in _action(action, notes)]


def _action(action: WeeklyAction, notes: Footnotes) -> list[str]:
    """`44. What is owed (who; due when; how it stands)`, and below it what was said."""
    mark = f"{'    ' if action.parent else ''}{action.label}. "
    blocks = _with_facts(markup.blocks(hard(action.text or action.note)), f"({action_facts(action)})")
    if action.text:
        blocks += markup.blocks(hard(action.note))
    lines = stacked(blocks, notes, " " * len(mark), tight=True)
    return [mark + lines[0][len(mark) :], *lines[1:]]


def _with_facts(blocks: tuple[Block, ...], facts: str) -> tuple[Block, ...]:
    match blocks:
        case (Paragraph() as first, *rest):
            return (replace(first, children=(*first.children, Text(f" {facts}"))), *rest)
        case _:
            return (Paragraph((Text(facts),), 0, 0), *blocks)
