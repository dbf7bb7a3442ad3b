"""Who was there: lists of people in all the ways minutes write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from meetings.minutes.lines import Line
from meetings.minutes.names import is_name, names_in, person
from meetings.minutes.vocabulary import key, role_of
from meetings.twiki.nodes import Problem

Status = Literal["present", "apologies", "absent"]

STATUS_OF: Mapping[str | None, Status] = {"attendees": "present", "apologies": "apologies", "absent": "absent"}
"""What a heading or label of a roll says of the people under it."""

_LABEL = re.compile(r"^((?:[^:,;()]|\([^():]{0,40}\)){1,60}?) ?:(?!\d) ?(.*)$")
_DASHED = re.compile(r"^([A-Za-z]{3,20}) [-–—] (.+)$")
_FROM = re.compile(r"^((?:with )?(?:apologies|regrets|excused))\s+(?:(?:received\s+)?from\s+)?(.+)$", re.IGNORECASE)
_CUT = re.compile(
    r"""\s*(?P<mark>[;,.，；])\s*(?:and\s+)?
        (?=(?P<label>[^\W\d_][^:;,.()\d]{0,40}(?:\([^():]{0,40}\))?)[ ]?:(?!\d)[ ]?(?P<first>[^:;,&()]{0,60}))
    | (?:\s*[;,.]|(?<=\w))\s+(?:and\s+)?(?=(?:with\s+)?(?:apologies|regrets)\s+(?:received\s+)?from\s)""",
    re.IGNORECASE | re.VERBOSE,
)
_INSIDE = re.compile(
    r"\(\s*((?:with )?(?:apologies|regrets|excused|absent)(?: ?:| (?:received )?from ) ?(?P<first>[^(),;&]+)[^()]*)\)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?:^|\s+)\(?\d{1,2}[.)]\s+")
_PLACE = re.compile(
    r"^(?:(?:in|by|on|via|at|over)\b.*|remote(?:ly)?|phone|telephone|video|vidyo|zoom|room|local|chair(?:\w*)"
    r"|minutes|minute.?taker|notes|note.?taker|secretary|scribe|host|others?|guests?)$",
    re.IGNORECASE,
)
_PART = re.compile(r"((?:[^,;&|()\n，、；]|\([^()]*\)|[()])+?)(?:\s*[,;&|，、；]\s*(?:and\s+)?|\s+and\s+|$)")
_PARENTHESES = re.compile(r"\s*\(([^()]*)\)")
_GROUP = re.compile(r"^([^()]+?) ?\(([^()]*)\)$")
_HINT = re.compile(r"^\s*\(([^()]*)\)\s*")
_MAIL = re.compile(r"\s*<?(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,250}>?")
_ADDED = re.compile(r"^(.+?)(?:\s+[-–—]\s+|\s*/\s*)(.+)$")
_SLASH = re.compile(r"\s*/\s*")
_DASH = re.compile(r"\s+[-–—]\s+")
_LOWER = re.compile(r"[a-z]{3,12}")
_STATED = frozenset({"apologies", "excused", "regrets", "absent"})


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
        """A line of the roll: people between commas, and as many labels as it has."""
        for clause in _clauses(line.text):
            self._clause(clause.strip(), line.number, status, affiliation)

    def _clause(self, text: str, line: int, status: Status, affiliation: str | None) -> None:
        """A hint, a label, and people between commas."""
        if (hint := _HINT.match(text)) and not is_name(hint[1], listed=True):
            self.note(line, f"a hint in the roll, no person: “({hint[1]})”")
            text = text[hint.end() :]
        if label := _label(text):
            name, text = label
            role = role_of(name)
            place = _PLACE.match(name.partition("(")[0].strip())
            if role in STATUS_OF:
                status = STATUS_OF[role]
            elif not place:
                affiliation = name
            if role in STATUS_OF or place:
                self.note(line, f"“{name}” in the roll")
            elif not any(_parts(text)):
                self.note(line, f"“{name}” in the roll: nobody is listed")
        elif sent := _FROM.match(text):
            self.note(line, f"“{text[: sent.start(2)].strip()}” is read as a label of the roll")
            status, text = "apologies", sent[2]
        if counted := _counted(text):
            self.note(line, f"counted in the roll: “{text}”")
            text = ", ".join(counted)
        if text.strip():
            self._people(text, line, status, affiliation)

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


def _clauses(text: str) -> list[str]:
    """`FNAL: Tim; BNL: Xin (apologies: Dan)` as three: cut before each label, what parentheses label at the end."""
    inside = [match[1] for match in _INSIDE.finditer(text) if is_name(match["first"].strip(), listed=True)]
    text = _INSIDE.sub(lambda match: " " if match[1] in inside else match[0], text).strip() if inside else text
    found: list[str] = []
    start = 0
    for cut in _CUT.finditer(text):
        if cut["label"] is None or _is_label(cut):
            found.append(text[start : cut.start()])
            start = cut.end()
    return [*found, text[start:], *inside]


def _is_label(cut: re.Match[str]) -> bool:
    """Whether what follows a mark inside a line is a label: one we know, or an organisation's before a name."""
    label = cut["label"].partition("(")[0].strip()
    if role_of(label) in STATUS_OF or _PLACE.match(label):
        return True
    return cut["mark"] != "." and label[0].isupper() and is_name(cut["first"].strip(" ."), listed=True)


def _label(text: str) -> tuple[str, str] | None:
    """The label that a clause begins with and what it labels; before a dash a known one or one in capitals."""
    if label := _LABEL.match(text):
        return label[1], label[2]
    if not (dashed := _DASHED.match(text)):
        return None
    first = next(_parts(dashed[2]), "")
    body = dashed[1].isupper() and is_name(first, listed=True) and not _are_initials(dashed[1], first)
    return (dashed[1], dashed[2]) if body or role_of(dashed[1]) in STATUS_OF else None


def _counted(text: str) -> list[str]:
    """The people of `1. Tim 2. Brian`; nobody unless every part is a name."""
    parts = [part.strip(" ,;") for part in _COUNT.split(text)]
    names = [part for part in parts if part]
    return names if len(parts) > 1 and all(is_name(part, listed=True) for part in names) else []


def _shown(entry: Attendee) -> tuple[str | None, ...]:
    """All that an entry says, for a note."""
    return entry.name, entry.affiliation, entry.initials, f"({entry.status})"


def _parts(text: str) -> Iterator[str]:
    """The text between commas, semicolons, `and`, bars, and slashes and dashes between names."""
    for match in _PART.finditer(text):
        part = match[1].strip().strip("-–—*•+").strip()
        for joint, least in ((_SLASH, 2), (_DASH, 3)):
            names = joint.split(part)
            if len(names) >= least and all(map(is_name, names)):
                yield from names
                break
        else:
            if part:
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
    marked = name.startswith("@")
    name, doubt = _without_doubt(_without_stop(name.lstrip("@")))
    small = (loose or marked) and _LOWER.fullmatch(name) and is_name(name.title())
    if not (small or is_name(name, listed=True)):
        return None, ""
    if doubt:
        extra.append(doubt)
    name, initials = person(name), None
    for text in inside:
        if (stated := role_of(text.partition(":")[0])) in ("apologies", "absent"):
            status = STATUS_OF[stated]
            extra += [text] if key(text) not in _STATED else []
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


def _without_doubt(name: str) -> tuple[str, str]:
    """A name without the question marks after it, and those."""
    bare = name.rstrip("?").rstrip()
    return bare, name[len(bare) :].strip()


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
