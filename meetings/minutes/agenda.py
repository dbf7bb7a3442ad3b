"""A page cut at its headings, what each heading means, and the sections of the minutes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

from meetings.minutes.dialin import is_secret
from meetings.minutes.hiding import shorn, shorn_inside
from meetings.minutes.lines import Line, lines, title, words
from meetings.minutes.names import clear_names_in, names_in, split_leads
from meetings.minutes.vocabulary import Role, Slugs, area_of, key, role_of
from meetings.twiki.markdown import markdown
from meetings.twiki.nodes import Block, Heading, Paragraph, plain

Kind = Literal["area", "announcements", "items", "other"]
SectionState = Literal["missing", "draft", "ready", "nothing"]

SECTION_LEVEL = 2
"""The level of a section's heading in reports and exports; headings in its text are deeper."""

PREAMBLE = "Introduction"
"""The heading of what stands before the first one."""

ROLL = ("attendees", "apologies", "absent")
"""The roles of headings with people under them."""

NOTHING = frozenset(
    key(text)
    for text in """
        n/a; no announcements; no issues; no news; no report; no report this week; no update; no
        updates; nil; none; none this week; no significant items; nothing; nothing new; nothing new
        to report; nothing significant; nothing significant to report; nothing special; nothing
        special to report; nothing this week; nothing to report; nothing to report this week; ntr
    """.split(";")
)
"""What people write, as keys, to say that they have nothing to report."""

_LABELLED = re.compile(r"^(?P<label>[^:(–—]*?)\s*(?P<hint>\([^()]*\))?\s*(?:(?::|\s[-–—])(?:\s+|$)|$)(?P<rest>.*)$")
_LED_INSIDE = re.compile(r"^(?P<name>[^()]+?) ?\((?P<who>[^()]+)\)(?P<rest>(?: [-–—]{1,3}|:) .+)$")
_LED_BY = re.compile(r"^(?P<name>[^:]+?)(?: [-–—]{1,3} |: )(?P<who>[^:()]+)$")
_TAIL = re.compile(r" [-–—]{1,3} |: | \(")
_SMALL = re.compile(r"^(?P<name>[^()]+?) ?\((?P<who>[^()]+)\)$")
_FOOTER = re.compile(r"^(?:the )?full (?:report|minutes|notes)\b.*\b(?:available|at|see|found)\b", re.IGNORECASE)
_HAS_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


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
class Title:
    """What a heading means: a role with the words after its colon, or a section's name, leads and area."""

    role: Role | Literal["footer"] | None
    label: str
    rest: str
    leads: tuple[str, ...]
    area: str | None


@dataclass
class Chunk:
    """A heading of the agenda, None before the first, and the blocks under it."""

    heading: Heading | None
    title: Title
    blocks: list[Block] = field(default_factory=list)
    over: bool = False
    """Whether its heading stands above those of the agenda, as the title of a page does."""
    shift: int = 0
    """What brings the agenda's own headings to level 2, and so the deeper ones to 3 and more."""
    inside: list[tuple[int, str]] = field(default_factory=list)
    """The lines and titles of the deeper headings in it that name another area and who leads it."""
    opening: bool = False
    """Whether it is what a page opens with: nothing but a title stands before it."""

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of its blocks that hold words."""
        return list(lines(self.blocks))

    @property
    def line(self) -> int:
        """Where it begins in the source."""
        if self.heading:
            return self.heading.line
        return self.blocks[0].line if self.blocks else 1


def describe(heading: Heading, slugs: Slugs) -> Title:
    """What a heading means.

    `Attendees (to be updated): Tim, Brian` may carry its list; `CMS (Tony)` names an area and who leads it; the
    address of the full report, which the mailed minutes ended with, is a footer.
    """
    text, shown = title(heading), words(heading.children)
    found = _meaning(text, shown, slugs) if len(shown) < 200 else _meaning.__wrapped__(text, shown, slugs)
    return _one_a_line(found, heading) if "\n" in shown and found.role in ROLL else found


def _one_a_line(found: Title, heading: Heading) -> Title:
    """A roll's heading with a comma for each line break: `Attendees:<br>Tim<br>Brian`."""
    rows = (" ".join(row.split()) for row in plain(heading.children).split("\n"))
    even = "\n".join(filter(None, rows))
    broken = even[len(even) - len(found.rest) :]
    return replace(found, rest=broken.replace("\n", ", ")) if broken.split() == found.rest.split() else found


@lru_cache(maxsize=4096)
def _meaning(text: str, shown: str, slugs: Slugs) -> Title:
    """What a heading means by its words alone; a series has the same headings every week."""
    if _FOOTER.match(text) and _HAS_ADDRESS.search(shown):
        return Title("footer", text, "", (), None)
    if is_secret(shown):
        return _public_meaning(text, slugs) or Title("coordinates", "dial-in details", shown, (), None)
    labelled = _LABELLED.match(text)
    role = role_of(labelled["label"]) if labelled else None
    if not labelled or not role:
        rest, leads = _area_leads(text, slugs)
        return Title(None, rest, "", leads, area_of(rest, slugs))
    if role in ("announcements", "items"):
        rest, leads = split_leads(text)
        return Title(role, rest, "", leads, None)
    hint, rest = labelled["hint"] or "", labelled["rest"]
    if names_in(hint.strip("()")):
        return Title(role, labelled["label"], f"{hint.strip('()')}, {rest}", (), None)
    return Title(role, f"{labelled['label']} {hint}".strip(), rest, (), None)


def _public_meaning(text: str, slugs: Slugs) -> Title | None:
    """What a heading with somebody's number still means without it: `CMS (Tony 630-555-0142)`; None: the way in."""
    inside = shorn_inside(text).strip()
    left = inside if not is_secret(inside) else shorn(text).strip(" ,;:-")
    if not left or is_secret(left):
        return None
    found = _meaning.__wrapped__(left, left, slugs)
    known = found.role or found.area or found.leads or left == inside
    return found if known and found.role not in ("coordinates", "footer") else None


def _area_leads(text: str, slugs: Slugs) -> tuple[str, tuple[str, ...]]:
    """The heading of a report without the people who lead it, and those.

    Besides `CMS (Tony)`, where an area is named before: `CMS (Tony) - no news`, `CMS - Tony`, `CMS: Tony & Xin`, and
    `cms (tony)` without any capital. `CMS - Disks` names nobody.
    """
    rest, leads = split_leads(text)
    if leads:
        return rest, leads
    inside = _LED_INSIDE.match(text)
    if inside and area_of(inside["name"], slugs) and (leads := names_in(inside["who"])):
        return f"{inside['name']}{inside['rest']}", leads
    after = _LED_BY.match(text)
    if after and area_of(after["name"], slugs) and not (area_of(after["who"], slugs) or role_of(after["who"])):
        leads = clear_names_in(after["who"])
        return (after["name"], leads) if leads else (rest, ())
    if text.islower() and (small := _SMALL.match(text)) and area_of(small["name"], slugs):
        leads = tuple(lead.lower() for lead in clear_names_in(small["who"].title()))
        return (small["name"], leads) if leads else (rest, ())
    return rest, ()


def split(blocks: Sequence[Block], slugs: Slugs) -> list[Chunk]:
    """The page in chunks, one a heading of the agenda; deeper headings stay in the chunk they stand in.

    So does `---+++ Atlas (Xin)` between `---++` areas, since the deeper headings after it may belong to either;
    the chunk lists it, for a note.
    """
    titles = {id(block): describe(block, slugs) for block in blocks if isinstance(block, Heading)}
    top = _top_level([(block.level, titles[id(block)]) for block in blocks if isinstance(block, Heading)])
    shift = SECTION_LEVEL - top
    chunks = [Chunk(None, Title(None, PREAMBLE, "", (), None), opening=True, shift=shift)]
    for block in blocks:
        if isinstance(block, Heading) and (block.level <= top or titles[id(block)].role == "footer"):
            over = block.level < top
            opening = over and len(chunks) == 1
            chunks.append(Chunk(block, titles[id(block)], over=over, opening=opening, shift=shift))
        else:
            chunks[-1].blocks.append(block)
            if isinstance(block, Heading) and _is_of_another(titles[id(block)], chunks[-1]):
                chunks[-1].inside.append((block.line, title(block)))
    return [chunk for chunk in chunks if chunk.heading or chunk.blocks]


def _is_of_another(found: Title, chunk: Chunk) -> bool:
    """Whether a deeper heading reads as an agenda item of its own, though its level says that it is none."""
    known = found.area is not None and found.area != chunk.title.area
    return known and bool(found.leads) and chunk.heading is not None and chunk.title.role != "items"


def _top_level(headings: list[tuple[int, Title]]) -> int:
    """The deepest level that still begins agenda items.

    The shallowest with two areas; else with two headings that mean anything to us; else with one area; else with
    two headings at all, so that a page's one title does not swallow it; else the shallowest.
    """
    areas = [level for level, title in headings if title.area]
    known = [level for level, title in headings if title.area or title.role not in (None, "footer")]
    every = [level for level, title in headings if title.role != "footer"]
    for levels, enough in ((areas, 2), (known, 2), (areas, 1), (every, 2)):
        for level in sorted(set(levels)):
            if levels.count(level) >= enough:
                return level
    return min(every, default=1)


def is_footer(block: Block) -> bool:
    """Whether a paragraph is the line that mailed minutes end with."""
    if not isinstance(block, Paragraph):
        return False
    text = words(block.children)
    return _FOOTER.match(text) is not None and _HAS_ADDRESS.search(text) is not None


def section(chunk: Chunk) -> MinutesSection:
    """The section of a chunk; empty bullets of an unfilled template are no text."""
    state = _state(chunk.lines)
    if state == "missing" and key(_TAIL.split(chunk.title.label, maxsplit=1)[-1]) in NOTHING:
        state = "nothing"
    blocks = [block for block in chunk.blocks if any(lines((block,)))] if state == "missing" else chunk.blocks
    kind: Kind = "other"
    if chunk.title.role == "announcements" or chunk.title.role == "items":
        kind = chunk.title.role
    elif chunk.title.area:
        kind = "area"
    body = markdown(_shifted(blocks, chunk.shift)).strip()
    return MinutesSection(kind, chunk.title.area, chunk.title.label, chunk.title.leads, state, body, chunk.line)


def _shifted(blocks: list[Block], shift: int) -> list[Block]:
    """The blocks with their headings below the level of a section, whatever level the page began its agenda with."""
    if not shift:
        return blocks
    return [
        replace(block, level=min(6, max(SECTION_LEVEL + 1, block.level + shift)))
        if isinstance(block, Heading)
        else block
        for block in blocks
    ]


def _state(found: Iterable[Line]) -> SectionState:
    """Missing without a word beyond headings and labels that wait for their text (`Issues:`)."""
    texts = [line.text for line in found if not line.heading and not line.text.endswith(":")]
    if not texts:
        return "missing"
    return "nothing" if len(texts) < 4 and key(" ".join(texts)) in NOTHING else "ready"


def hidden_words(heading: Heading) -> str:
    """The addresses that a heading links to without showing them."""
    shown = plain(heading.children)
    return " ".join(word for word in words(heading.children).split() if word.strip("<>") not in shown)
