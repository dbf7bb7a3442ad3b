"""Action items in all the ways minutes write them: bullets, numbered reviews, owners, due dates, states. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from meetings.minutes.agenda import NOTHING
from meetings.minutes.dates import find_due
from meetings.minutes.lines import lines
from meetings.minutes.names import names_in, person, split_leads
from meetings.minutes.vocabulary import area_of, key, slugs_by_key
from meetings.twiki.nodes import Block, Inline, List, ListItem, Paragraph, Span, Text

ActionStatus = Literal["open", "done", "dropped"]

_NUMBERED = re.compile(
    r"^(?:#|(?:action(?: item)?|AI|item)[\s#-]*)?(?P<number>\d{1,5})"
    r"(?P<family>\s+(?:and|with|\+|&)\s+(?:its\s+|all\s+)?(?:children|sub-?\w+))?"
    r"(?:\s*:(?!\d)|\s+[-–—]+(?!\s*\d)|[-–—]+(?=\s|$)|[.)](?=\s|$))\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"^(?P<numbers>#?\d{1,5}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)#?\d{1,5}){1,20})"
    r"(?:\s*:(?!\d)|\s+[-–—]+(?!\s*\d)|[-–—]+(?=\s|$))\s*(?P<rest>.*)$"
)
_DONE = r"closed|done|completed?|finished|fixed|resolved|solved"
_DROPPED = r"dropped|cancel+ed|abandoned|obsolete|rejected|won['’]?t (?:do|fix)|withdrawn|superseded"
_STATE = re.compile(
    rf"^\W*(?:(?P<done>{_DONE})|(?P<dropped>{_DROPPED}))(?=\s*(?:$|[.,;:!)\]–—]|-\s|on\b|by\b|in\b|at\b|today\b|now\b))"
    rf"|[(\[](?:(?P<done2>{_DONE})|(?P<dropped2>{_DROPPED}))[)\]]"
    rf"|(?:^|[-–—:;,.]\s*)(?:(?P<done3>{_DONE})|(?P<dropped3>{_DROPPED}))[.!]?$",
    re.IGNORECASE,
)
_CAPITALS = re.compile(rf"^\W*(?:(?P<done>{_DONE.upper()})|(?P<dropped>{_DROPPED.upper()}))(?=\W|$)")
_CLOSABLE = re.compile(r"^\W*(?:it )?(?:can|may|should) (?:now )?be closed\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:not|until|before|when|once|if|after|as soon as|provided)\b", re.IGNORECASE)
_BRACKET = re.compile(r"^[(\[]\s*(?:open|new|closed|done|in progress|ongoing)\s*[)\]]\s*[-–—:]?\s*", re.IGNORECASE)
_OWNED = re.compile(r"^@?(?P<who>[^:@–—]{1,60}?)(?::|\s[-–—])\s+(?P<what>\S.*)$")
_MENTION = re.compile(r"(?<!\w)@([A-Za-z]\w+)")
_CAPITAL = r"[A-Z][\w.'’-]*"
_PROMISE = re.compile(rf"^(?P<who>{_CAPITAL}(?: {_CAPITAL})?(?:(?:, | and | & ){_CAPITAL})*) (?:to|will) +[a-z]")
_DUE = re.compile(r"\b(?:by|due|deadline)\b:?\s*(?:on\s+|the\s+)?(?P<when>.{1,24})", re.IGNORECASE)
_NEW = re.compile(r"\bnew\b", re.IGNORECASE)
_REVIEW = re.compile(r"\b(?:review|open|old|outstanding|previous|last|current)\b", re.IGNORECASE)
_STRUCK = ("del", "s", "strike")


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


def read_actions(heading: str, blocks: Iterable[Block], meeting: date | None) -> tuple[Action, ...]:
    """The actions of a section.

    Each bullet is an action, what is nested in it its note. `75 - no news` is action 75 with this meeting's note;
    `76 - Rob Q.: write it down`, outside a review, is action 76 with its text. Lines that follow `79 and children`
    are children of 79; `14 and 15 - no news` is news of both. A running text is no action, unless it says who is to
    do it.
    """
    actions: list[Action] = []
    family: str | None = None
    for entry in _one_a_number(_entries(blocks)):
        match = _NUMBERED.match(entry.text) if not (entry.number or entry.heading) else None
        if entry.heading:
            family = None
        elif entry.number:
            family = None
            actions.append(_numbered(entry, entry.number, heading, meeting))
        elif match:
            family = match["number"] if match["family"] else None
            rest = " ".join(filter(None, ((match["family"] or "").strip(), match["rest"])))
            nested = () if family else entry.nested
            entry = replace(entry, text=rest)
            actions.append(_numbered(replace(entry, nested=nested), match["number"], heading, meeting))
            if family:
                actions.extend(_child(_Entry(text), family) for text in entry.nested)
        elif family:
            actions.append(_child(entry, family))
        elif not entry.bullet and actions and actions[-1].number:
            actions[-1] = _noted(actions[-1], entry.text)
        elif key(entry.text) not in NOTHING and (entry.bullet or _owners(entry.text)[0]):
            actions.append(_free(entry, meeting))
    return tuple(actions)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A bullet with what is nested in it, or a line outside lists; `number` where the list counts for itself."""

    text: str
    heading: bool = False
    bullet: bool = False
    number: str | None = None
    nested: tuple[str, ...] = ()
    struck: bool = False


def _entries(blocks: Iterable[Block]) -> Iterator[_Entry]:
    """The bullets and lines of a section that hold any words."""
    reached = 0
    for block in blocks:
        if not isinstance(block, List):
            yield from (_Entry(line.text, heading=line.heading) for line in lines((block,)))
            continue
        numbers = [int(item.written) for item in block.items if item.written.isdecimal()]
        own = _are_own(numbers, reached)
        reached = reached if own or not numbers else numbers[-1]
        for item in block.items:
            first = " ".join(line.text for line in lines((replace(item, children=item.children[:1]),)))
            nested = tuple(line.text for line in lines(item.children[1:]))
            if first or nested:
                number = str(int(item.written)) if own and item.written.isdecimal() else None
                yield _Entry(first, False, True, number, nested, _is_struck(item))


def _one_a_number(entries: Iterable[_Entry]) -> Iterator[_Entry]:
    """The entries, `14 and 15 - no news` as one of each number."""
    for entry in entries:
        several = None if entry.number or entry.heading else _SEVERAL.match(entry.text)
        if several:
            for number in re.findall(r"\d+", several["numbers"]):
                yield replace(entry, text=f"{number} - {several['rest']}")
        else:
            yield entry


def _are_own(numbers: list[int], reached: int) -> bool:
    """Whether a list's numbers are the actions' own: they rise, and do not just count on from the list before."""
    rising = all(one < other for one, other in pairwise(numbers))
    return bool(numbers) and rising and numbers != list(range(reached + 1, reached + 1 + len(numbers)))


def _is_struck(item: ListItem) -> bool:
    """Whether all of an item's first paragraph is crossed out."""
    match item.children:
        case (Paragraph(children), *_):
            rest = [node for node in children if not (isinstance(node, Text) and not node.text.strip())]
            return bool(rest) and all(_is_strike(node) for node in rest)
    return False


def _is_strike(node: Inline) -> bool:
    """Whether an inline crosses its words out."""
    return isinstance(node, Span) and node.tag in _STRUCK


def _numbered(entry: _Entry, number: str, heading: str, meeting: date | None) -> Action:
    """An action with a number: what follows is its text where it is new or has an owner, else the news of it."""
    action = _free(entry, meeting)
    if not _REVIEW.search(heading) and (action.owners or _NEW.search(heading)):
        return replace(action, number=number)
    return _noted(Action(number, None, status=action.status, note=entry.text), *entry.nested)


def _child(entry: _Entry, parent: str) -> Action:
    """A line that belongs to a numbered action; its words are all there is to know of it."""
    return _noted(Action(None, entry.text, status=_status(entry), parent=parent), *entry.nested)


def _free(entry: _Entry, meeting: date | None) -> Action:
    """An action from words alone: its owners, its due date and its state, where the words tell them."""
    owners, text = _owners(_BRACKET.sub("", entry.text))
    due = next((day for match in _DUE.finditer(text) if (day := find_due(match["when"], meeting))), None)
    return _noted(Action(None, text, owners, due, _status(entry)), *entry.nested)


def _noted(action: Action, *notes: str) -> Action:
    """The action with more lines in its note."""
    return replace(action, note="\n".join(filter(None, (action.note, *notes)))) if notes else action


def _owners(text: str) -> tuple[tuple[str, ...], str]:
    """Who is to do it, and what: `Rob Q.: do`, `Rob Q. to do`, `do (Rob Q.)`, `do @rob`."""
    if owned := _OWNED.match(text):
        who = owned["who"].strip("*_ ")
        if area_of(who, slugs_by_key({})) is None and (names := names_in(who)):
            return names, owned["what"]
    if (promise := _PROMISE.match(text)) and (names := names_in(promise["who"])):
        return names, text
    rest, names = split_leads(text)
    if names and rest:
        return names, rest
    return tuple(person(name) for name in _MENTION.findall(text)), text


def _status(entry: _Entry) -> ActionStatus:
    """The state that the words tell: `closed. 1 month`, `DONE the disks`, `... - DONE`, `[dropped]`, or crossed out.

    `can be closed` is the meeting's word that it is: done; `can be closed when ...` is not. A word inside a
    sentence (`before closing it`) says nothing of the action itself.
    """
    if entry.struck:
        return "done"
    if match := _STATE.search(entry.text):
        return "dropped" if any(match[name] for name in ("dropped", "dropped2", "dropped3")) else "done"
    if match := _CAPITALS.match(entry.text):
        return "dropped" if match["dropped"] else "done"
    return "done" if _CLOSABLE.search(entry.text) and not _CONDITION.search(entry.text) else "open"
