"""Nodes -> Minutes: what *our* meetings mean by a page. Pure: no database, no clock, never raises on input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from meetings.minutes import dates
from meetings.minutes.actionlines import Action, read_actions
from meetings.minutes.agenda import Chunk, MinutesSection, hidden_words, is_footer, section, split
from meetings.minutes.dates import DateSource, Signature
from meetings.minutes.dialin import is_secret, is_way_in
from meetings.minutes.lines import Line, bold_as_heading, inlines, lines, words
from meetings.minutes.names import GUESTS, spaced
from meetings.minutes.rollcall import STATUS_OF, Attendee, Roll, Status, label_of
from meetings.minutes.vocabulary import slugs_by_key
from meetings.minutes.withholding import take_secrets
from meetings.twiki.markdown import markdown
from meetings.twiki.memory import uncollected
from meetings.twiki.nodes import Block, Heading, Page, Paragraph, Problem, Table

SCHEMA = "opsminutes/1"


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
    made = {"schema": SCHEMA} | asdict(minutes)
    made["date"] = minutes.date and minutes.date.isoformat()
    made["saved_at"] = minutes.saved_at and minutes.saved_at.isoformat()
    for action in made["actions"]:
        action["due"] = action["due"] and action["due"].isoformat()
    return made


@uncollected()
def read(
    page: Page, *, series: str, zone: ZoneInfo, on: date | None = None, areas: Mapping[str, str] | None = None
) -> Minutes:
    """What `page` means as minutes of `series`; `on` overrules every other date, `areas` maps aliases to slugs."""
    signed, blocks = _without_signature(page)
    decision = dates.decide(page, zone, on, signed)
    reading = _Reading(decision.day)
    reading.problems.extend((*page.problems, *decision.problems))
    if signed:
        reading.note(signed.line, f"“{signed.written}” is who made the page and when, not the day of the meeting")
    blocks = reading.form(page, blocks)
    if decision.line:
        blocks = reading.date_line(blocks, page.lines[decision.line - 1], decision.line)
    if not any(isinstance(block, Heading) for block in blocks):
        blocks = (*(bold_as_heading(block) for block in blocks[:-1]), *blocks[-1:])
    if blocks and is_footer(blocks[-1]):
        reading.footer((blocks[-1],))
        blocks = blocks[:-1]
    for chunk in split(blocks, slugs_by_key(areas or {})):
        reading.take(chunk)
    return Minutes(
        series=series,
        date=decision.day,
        date_source=decision.source,
        author=spaced(page.author) if page.author and page.author not in GUESTS else None,
        created_by=spaced(signed.who) if signed and signed.who not in GUESTS else None,
        revision=page.revision,
        saved_at=page.saved_at,
        coordinates=markdown(reading.coordinates).strip() or None,
        attendees=tuple(reading.roll.people.values()),
        sections=tuple(reading.sections),
        actions=tuple(reading.actions),
        problems=tuple(sorted((*reading.problems, *reading.roll.problems), key=lambda problem: problem.line)),
    )


def _without_signature(page: Page) -> tuple[Signature | None, tuple[Block, ...]]:
    """The signature, which is the first or the last line of a page, and the blocks without it if it is a block."""
    ends = [(page.blocks[0], page.blocks[0].line), (page.blocks[-1], page.blocks[-1].end_line)] if page.blocks else []
    for block, line in ends:
        signed = dates.find_signature(page, line) if isinstance(block, Paragraph) else None
        if signed:
            alone = block.line == block.end_line
            return signed, tuple(other for other in page.blocks if not (alone and other is block))
    return None, page.blocks


@dataclass
class _Reading:
    """The minutes of one page while its chunks are read."""

    meeting: date | None
    coordinates: list[Block] = field(default_factory=list)
    roll: Roll = field(default_factory=Roll)
    sections: list[MinutesSection] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, message: str) -> None:
        """Something harmless, or words that have no other place."""
        self.problems.append(Problem(line, "note", message))

    def form(self, page: Page, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks without the topic's form, which is shown below the text and belongs to no section."""
        fields = {meta.line: meta for meta in page.meta if meta.type in ("FORM", "FIELD")}
        for line, meta in fields.items():
            title = meta.fields.get("title") or meta.fields.get("name", "")
            value = meta.fields.get("value", "")
            self.note(line, f"the topic's form: “{title}”" + (f" is “{value}”" if value else ""))
        return tuple(block for block in blocks if not (isinstance(block, Table) and block.line in fields))

    def date_line(self, blocks: tuple[Block, ...], text: str, line: int) -> tuple[Block, ...]:
        """The blocks without the line that told the meeting's day, where it is a paragraph of its own."""
        for index, block in enumerate(blocks):
            if isinstance(block, Paragraph) and block.line == block.end_line == line:
                self.note(line, f"the day of the meeting is from “{text.strip()}”")
                return blocks[:index] + blocks[index + 1 :]
        return blocks

    def footer(self, blocks: Iterable[Block]) -> None:
        """The last line of mailed minutes says where they are; the report makes its own."""
        for line in lines(blocks):
            self.note(line.number, f"a footer, which every report gets anew: “{line.text}”")

    def take(self, chunk: Chunk) -> None:
        """One chunk of the agenda, to where it belongs."""
        role = chunk.title.role
        if chunk.opening and role is None:
            chunk = self._without_roll(chunk)
        if role == "coordinates" or (chunk.opening and role is None and _tells_the_way(chunk)):
            self._take_coordinates(chunk)
            return
        chunk = self._without_secrets(chunk)
        if role == "footer" and chunk.heading and not chunk.lines:
            self.footer((chunk.heading,))
            return
        if chunk.heading and is_secret(said := words(chunk.heading.children)):
            self._keep_secret(Paragraph(inlines(said), chunk.line, chunk.line), chunk)
        elif chunk.heading and (hidden := hidden_words(chunk.heading)):
            self.note(chunk.line, f"the heading “{chunk.title.label}” links to {hidden}")
        if role in STATUS_OF:
            self._take_roll(chunk, STATUS_OF[role])
        elif chunk.over and not (chunk.lines or chunk.title.leads) and (chunk.opening or not chunk.title.area):
            self.note(chunk.line, f"“{chunk.title.label}” has no text of its own: it stands over what follows")
        elif chunk.heading or chunk.lines:
            self._take_section(chunk)

    def _without_roll(self, chunk: Chunk) -> Chunk:
        """What a page opens with, without the roll, where that has a label and no heading: `*Attendees:* Tim`."""
        kept: list[Block] = []
        status: Status | None = None
        for block in chunk.blocks:
            found = list(lines((block,)))
            labelled = label_of(found[0]) if found else None
            status = labelled or status
            if status:
                public, secrets = take_secrets((block,), listed=True)
                for secret in secrets:
                    self._keep_secret(secret, chunk)
                self.roll.read(lines(public), status)
            else:
                kept.append(block)
            if found and not (labelled and found[-1].text.endswith(":")):
                status = None
        return replace(chunk, blocks=kept) if len(kept) < len(chunk.blocks) else chunk

    def _take_coordinates(self, chunk: Chunk) -> None:
        """How to connect: kept, for members only, and never repeated in a problem."""
        hidden = hidden_words(chunk.heading) if chunk.heading else ""
        for told in filter(None, (chunk.title.rest, hidden)):
            self.coordinates.append(Paragraph(inlines(told), chunk.line, chunk.line))
        self.coordinates.extend(chunk.blocks)
        if chunk.heading:
            self.note(chunk.line, f"“{', '.join((chunk.title.label, *chunk.title.leads))}” is kept for members only")

    def _without_secrets(self, chunk: Chunk) -> Chunk:
        """The chunk without dial-in details, which go to the coordinates from wherever they stand."""
        role = chunk.title.role
        public, secrets = take_secrets(chunk.blocks, listed=role in STATUS_OF, owed=role == "items")
        for secret in secrets:
            self._keep_secret(secret, chunk)
        return replace(chunk, blocks=public) if secrets else chunk

    def _keep_secret(self, secret: Block, chunk: Chunk) -> None:
        """Dial-in details that stood among other words."""
        self.coordinates.append(secret)
        message = f"dial-in details under “{chunk.title.label}” are kept with the coordinates, for members only"
        self.note(secret.line, message)

    def _take_roll(self, chunk: Chunk, status: Status) -> None:
        """The people under a heading, and in it."""
        inline = [Line(chunk.line, chunk.title.rest)] if chunk.title.rest else []
        known = len(self.roll.people)
        self.roll.read((*inline, *chunk.lines), status)
        people = len(self.roll.people) - known
        self.note(chunk.line, f"“{chunk.title.label}”: {people or 'nobody'} listed")

    def _take_section(self, chunk: Chunk) -> None:
        """An agenda item, and the actions in it."""
        for line, title in chunk.inside:
            where = f"“{title}” is read as a part of “{chunk.title.label}”"
            self.note(line, f"{where}: for a section of its own, give it the level of the others")
        self.sections.append(section(chunk))
        if chunk.title.role == "items":
            self.actions.extend(read_actions(chunk.title.label, chunk.blocks, self.meeting))


def _tells_the_way(chunk: Chunk) -> bool:
    """Whether what a page opens with says how to connect."""
    return any(is_way_in(line.text) for line in chunk.lines)
