"""Who was there: lists of people in all the ways minutes write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from meetings.lines import Line
from meetings.names import is_name, names_in, person
from meetings.twiki.nodes import Problem
from meetings.vocabulary import key, role_of

Status = Literal["present", "apologies", "absent"]

STATUS_OF: Mapping[str | None, Status] = {"attendees": "present", "apologies": "apologies", "absent": "absent"}
"""What a heading or label of a roll says of the people under it."""

_LABEL = re.compile(r"^((?:[^:,;()]|\([^():]{0,40}\)){1,60}?) ?:(?!\d) ?(.*)$")
_FROM = re.compile(r"^(apologies|regrets|excused)\s+(?:(?:received\s+)?from\s+)?(.+)$", re.IGNORECASE)
_PLACE = re.compile(
    r"^(?:(?:in|by|on|via|at|over)\b.*|remote(?:ly)?|phone|telephone|video|vidyo|zoom|room|local|chair(?:\w*)"
    r"|minutes|minute.?taker|notes|note.?taker|secretary|scribe|host|others?|guests?)$",
    re.IGNORECASE,
)
_PART = re.compile(r"((?:[^,;&()\n]|\([^()]*\)|[()])+?)(?:\s*[,;&]\s*(?:and\s+)?|\s+and\s+|$)")
_PARENTHESES = re.compile(r"\s*\(([^()]*)\)")
_GROUP = re.compile(r"^([^()]+?) ?\(([^()]*)\)$")
_HINT = re.compile(r"^\s*\(([^()]*)\)\s*")
_MAIL = re.compile(r"\s*<?(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,250}>?")
_ADDED = re.compile(r"^(.+?)(?:\s+[-–—]\s+|\s*/\s*)(.+)$")
_LOWER = re.compile(r"[a-z]{3,12}")
_STATED = {"apologies": "apologies", "excused": "apologies", "regrets": "apologies", "absent": "absent"}


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody on the roll: the name as written, and what else the page says of them."""

    name: str
    affiliation: str | None = None
    initials: str | None = None
    status: Status = "present"


@dataclass
class Roll:
    """The roll of one meeting while it is read: people once each, and every other word as a note."""

    people: dict[str, Attendee] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, lines: Iterable[Line], status: Status) -> None:
        """Add the people of some lines."""
        under: tuple[Status, str | None] = (status, None)
        for line in lines:
            if line.heading and line.cells:
                self.note(line.number, f"the head of a table in the roll: “{' | '.join(line.cells)}”")
            elif line.heading:
                under = self._heading(line, status)
            elif len(line.cells) > 1:
                self._row(line, *under)
            else:
                self._line(line, *under)

    def note(self, line: int, message: str) -> None:
        """Keep words that name nobody."""
        self.problems.append(Problem(line, "note", message))

    def _heading(self, line: Line, status: Status) -> tuple[Status, str | None]:
        """What a heading inside the roll says of those under it: a status, or where they belong."""
        self.note(line.number, f"“{line.text}” is read as a group of the people listed")
        role = role_of(line.text)
        if role in STATUS_OF:
            return STATUS_OF[role], None
        return status, None if _PLACE.match(line.text) else line.text.rstrip(": ")

    def _row(self, line: Line, status: Status, affiliation: str | None) -> None:
        """A row of a table: somebody's name, and beside it where they belong."""
        cells = [cell for cell in line.cells if cell]
        names = [cell for cell in cells if is_name(cell, listed=True)]
        if not names:
            self.note(line.number, f"nobody is named in this row of the roll: “{' | '.join(cells)}”")
            return
        rest = [cell for cell in cells if cell != names[0]]
        where = rest.pop(0) if rest and not affiliation else affiliation
        self._add(Attendee(person(names[0]), where, None, status), line.number)
        if rest:
            self.note(line.number, f"beside {names[0]} in the roll: “{' | '.join(rest)}”")

    def _line(self, line: Line, status: Status, affiliation: str | None) -> None:
        """A line of the roll: a hint, a label, and people between commas."""
        text = line.text
        if (hint := _HINT.match(text)) and not is_name(hint[1], listed=True):
            self.note(line.number, f"a hint in the roll, no person: “({hint[1]})”")
            text = text[hint.end() :]
        if sent := _FROM.match(text):
            self.note(line.number, f"“{text[: sent.start(2)].strip()}” is read as a label of the roll")
            status, text = "apologies", sent[2]
        elif label := _LABEL.match(text):
            name, text = label.groups()
            role = role_of(name)
            place = _PLACE.match(name.partition("(")[0].strip())
            if role in STATUS_OF:
                status = STATUS_OF[role]
            elif not place:
                affiliation = name
            if role in STATUS_OF or place:
                self.note(line.number, f"“{name}” in the roll")
            elif not any(_parts(text)):
                self.note(line.number, f"“{name}” in the roll: nobody is listed")
        if text.strip():
            self._people(text, line.number, status, affiliation)

    def _people(self, text: str, line: int, status: Status, affiliation: str | None) -> None:
        """People between commas; a line in which most parts are no names is a sentence, and kept as one."""
        parts = []
        for part in _parts(text):
            group = _GROUP.match(part)
            names = names_in(group[2]) if group else ()
            if group and (len(names) > 1 or (names and len(group[1]) > 1 and group[1].isupper())):
                self._people(group[2], line, status, group[1])
            else:
                parts.append(part)
        loose = len(parts) > 1
        read = [_entry(part, status, affiliation, loose) for part in parts]
        strange = [part for part, (entry, _) in zip(parts, read, strict=True) if entry is None]
        if strange and 2 * len(strange) >= len(parts):
            label = f"{affiliation}: " if affiliation else ""
            self.note(line, f"nobody is named in this line of the roll: “{label}{text.strip()}”")
            return
        for part in strange:
            self.note(line, f"no name in the roll: “{part}”")
        for entry, extra in read:
            if entry:
                self._add(entry, line)
                if extra:
                    self.note(line, f"beside {entry.name} in the roll: “{extra}”")

    def _add(self, entry: Attendee, line: int) -> None:
        """Somebody, unless listed before."""
        known = self.people.setdefault(key(entry.name), entry)
        if known is not entry:
            self.note(line, f"listed more than once: {' '.join(filter(None, _shown(entry)))}")


def label_of(line: Line) -> Status | None:
    """The status that a line outside the roll gives to the people after its label: `Attendees: Tim, Brian`."""
    label = _LABEL.match(line.text)
    return STATUS_OF.get(role_of(label[1] if label else line.text))


def _shown(entry: Attendee) -> tuple[str | None, ...]:
    """All that an entry says, for a note."""
    return entry.name, entry.affiliation, entry.initials, f"({entry.status})"


def _parts(text: str) -> Iterator[str]:
    """The text between commas, semicolons, `and`, and slashes between names; parentheses are kept whole."""
    for match in _PART.finditer(text):
        part = match[1].strip().strip("-–—*•").strip()
        pair = part.split("/")
        if len(pair) > 1 and all(map(is_name, pair)):
            yield from (name.strip() for name in pair)
        elif part:
            yield part


def _entry(part: str, status: Status, affiliation: str | None, loose: bool) -> tuple[Attendee | None, str]:
    """One person, and the words beside the name that say nothing we keep apart; None where no name is read."""
    inside = [" ".join(text.split()) for text in _PARENTHESES.findall(part)]
    name = _PARENTHESES.sub(" ", part).strip()
    extra = []
    if mail := _MAIL.search(name):
        extra.append(mail[0].strip())
        name = _MAIL.sub(" ", name).strip()
    if added := _ADDED.match(name):
        name = added[1]
        inside.append(added[2])
    name = _without_stop(name)
    if not (is_name(name, listed=True) or (loose and _LOWER.fullmatch(name) and is_name(name.title()))):
        return None, ""
    name, initials = person(name), None
    for text in inside:
        if (stated := key(text)) in _STATED:
            status = STATUS_OF[_STATED[stated]]
        elif not initials and _are_initials(text, name):
            initials = text
        elif not affiliation and _is_affiliation(text):
            affiliation = text
        elif text:
            extra.append(text)
    return Attendee(name, affiliation, initials, status), ", ".join(extra)


def _without_stop(name: str) -> str:
    """A name without the full stop of its sentence: `Scott.` but not `Rob Q.`"""
    return name[:-1].rstrip() if re.search(r"\w{2}\.$", name) else name


def _are_initials(text: str, name: str) -> bool:
    """Whether `text` abbreviates `name`: `DH` for David Horat, `D` for Daniele, but not `BNL` for Brian."""
    letters = text.replace(".", "").replace(" ", "")
    firsts = [word[0].casefold() for word in re.split(r"[\s-]+", name) if word]
    if not letters.isalpha() or len(letters) > len(firsts):
        return False
    remaining = iter(firsts)
    return all(letter.casefold() in remaining for letter in letters) and firsts[0] == letters[0].casefold()


def _is_affiliation(text: str) -> bool:
    """Whether words in parentheses after a name say where somebody works, not how they attended."""
    return bool(text) and text[0].isupper() and len(text.split()) <= 4 and not _PLACE.match(text)
