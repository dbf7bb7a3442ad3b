"""Minutes typed as plain text -> nodes: headings, lists and turns of speech without any markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from meetings.minutes.dates import MONTHS
from meetings.minutes.lines import inlines
from meetings.minutes.names import is_name, split_leads
from meetings.minutes.vocabulary import area_of, key, role_of, slugs_by_key
from meetings.twiki.nodes import Block, Heading, List, ListItem, Page, Paragraph, Rule, plain
from meetings.twiki.source import read as read_source

TITLE, SURE, SHOUTED, LABEL, OVER_LIST = 1, 2, 3, 4, 5
"""Levels of headings, by how sure it is that they are; the least sure stand inside the others."""

WRAPPED_AT = 100
"""Lines longer than this were not wrapped by a mail program: in such a text every line is a paragraph."""

SLACK = 8
"""How much earlier than it had to a line may have been broken by hand."""

STANDING = frozenset(
    map(
        key,
        """
        agenda; any other business; aob; conclusions; date and time of next meeting; date of next meeting;
        date of the next meeting; deliverables; introduction; milestones; milestones and deliverables; next meeting;
        other business; round table; roundtable; summary; welcome; welcome and introduction
        """.split(";"),
    )
)
"""What agendas call their items besides roles and areas, as keys; alone on a line, these are headings."""

_BOOKMARK = re.compile(r"\[bookmark: ?[^\]\n]{0,80}\]")
_BULLET = re.compile(r"^(?P<indent> *)(?P<mark>[-*•·‣▪◦o–]) +(?P<text>\S.*)$")
_COUNTED = re.compile(r"^(?P<indent> *)(?P<mark>\d{1,3}(?=[.)])|[a-z](?=\)))[.)] +(?P<text>\S.*)$")
_NUMBERED = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?P<stop>[.)]?) +(?P<text>\S.*)$")
_COUNT_INSIDE = re.compile(r"\s\d{1,2}[.)]\s")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,}|~{3,}|\^{3,}|\*{3,}|#{3,}|_{3,})$")
_RULE = re.compile(r"^[-=_*~]{3,}$")
_MARKED = re.compile(r"^#{1,6} +(?P<text>\S.*?)(?: +#+)?$")
_ROLL_LABEL = re.compile(r"^(?P<label>[A-Z][A-Za-z ]{2,30}?) ?(?:\([^()]*\))?(?::(?P<rest> .*)?|)$")
_SHOUTED = re.compile(r"^[A-Z0-9][A-Z0-9 /&.'()-]{2,60}:?$")
_LABEL = re.compile(r"^[A-Z0-9][^:.;!?]{0,50}:$")
_SHORT = re.compile(r"^[A-Z0-9][^:.;!?,]{1,50}$")
_SMALL_WORDS = frozenset({"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"})
_BEGINS = re.compile(
    r"^(?:#?\d{1,5}(?:(?: and|,) #?\w+){0,9} ?(?:[-–—:](?!\d)|[-–—]$)"
    r"|[A-Z][\w.]{0,14}(?: [A-Z]\w*\.?)?\.?:(?!//)|[A-Z]\.:? )"
)
_ENDS = re.compile(r"[.!?…)\]]$")
_DAY_WORD = re.compile(r"\d{1,4}(?:st|nd|rd|th)?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}", re.IGNORECASE)
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class _Item:
    """A bullet or a counted entry, while its list is put together."""

    depth: int
    counted: bool
    written: str
    text: str
    line: int
    end: int


def parse(data: bytes | str, name: str) -> Page:
    """The page of a plain text."""
    source = read_source(data)
    rows = [_BOOKMARK.sub("", line).expandtabs(4).replace("\xa0", " ").rstrip() for line in source.body]
    reader = _Reader(source.body, rows)
    return Page(
        name=name,
        lines=source.lines,
        blocks=tuple(_levelled(list(reader.blocks()))),
        problems=tuple(source.problems),
        meta=source.meta,
        kind="text",
    )


def _levelled(blocks: list[Block]) -> Iterator[Block]:
    """The blocks with the headings of the roll as high as those of the agenda, so that neither swallows the other."""
    levels = [block.level for block in blocks if isinstance(block, Heading) and not _is_roll(plain(block.children))]
    agenda = min((level for level in set(levels) if levels.count(level) > 1 or level != TITLE), default=SURE)
    in_roll = False
    for block in blocks:
        if isinstance(block, Heading):
            ended, in_roll = in_roll, _is_roll(plain(block.children))
            if in_roll or (ended and block.level > agenda):
                block = replace(block, level=min(agenda, LABEL))
        yield block


class _Reader:
    """Goes down the rows of a text once; each rule looks at the row and its neighbours."""

    def __init__(self, raw: Sequence[str], rows: list[str]) -> None:
        self.raw = raw
        self.rows = rows
        self.at = 0
        self.first = next((at for at, row in enumerate(rows) if row.strip()), 0)
        self.counted = 0
        self.under = False
        self.in_roll = False
        self.in_section = False
        self.width = _wrap_width(rows)
        self.marked = any("[bookmark:" in row or _UNDERLINE.match(row) for row in raw)
        self.shouted = LABEL if self.marked else _shouted_level(rows)

    def blocks(self) -> Iterator[Block]:
        """Every block in order."""
        while self.at < len(self.rows):
            row = self._row(self.at)
            if not row:
                self.at += 1
            elif heading := self._heading(row):
                yield heading
            elif _RULE.match(row):
                yield Rule(self.at + 1, self.at + 1)
                self.at += 1
            elif self._is_item(self.at):
                yield from _nested(list(self._items()), 0)
            else:
                yield self._paragraph()

    def _row(self, at: int) -> str:
        """A row without its white space, empty beyond the ends."""
        return self.rows[at].strip() if 0 <= at < len(self.rows) else ""

    def _heading(self, row: str) -> Heading | None:
        """The heading on this row, if one of the rules sees one; moves past it."""
        found = None
        if len(row) <= 120:
            found = self._sure(row) or self._numbered(row) or self._of_roll(row)
            found = found or self._title(row) or self._weak(row)
        self.under = found is not None
        if not found:
            return None
        level, text, height = found
        line = self.at + 1
        self.at += height
        self.in_roll = _is_roll(text)
        self.in_section = self.in_section or not (self.in_roll or level == TITLE)
        return Heading(level, inlines(text), line, line + height - 1)

    def _sure(self, row: str) -> tuple[int, str, int] | None:
        """`[bookmark: _Toc1]Attendance` from Word, `## Attendance`, or a line with another of === or --- below."""
        if self.raw[self.at].lstrip().startswith("[bookmark:"):
            return SURE, row, 1
        if marked := _MARKED.match(row):
            return min(row.index(" "), 6), marked["text"], 1
        below = self._row(self.at + 1)
        if _UNDERLINE.match(below) and 2 * len(below) >= len(row) and not _UNDERLINE.match(row):
            bullet = self._is_item(self.at) and not _NUMBERED.match(row)
            if not bullet and (self._opens(self.at) or self.at == self.first):
                numbered = _NUMBERED.match(row)
                return TITLE if below[0] == "=" else SURE, numbered["text"] if numbered else row, 2
        return None

    def _numbered(self, row: str) -> tuple[int, str, int] | None:
        """`2. Welcome` after `1. ...`, or `2.1 Status`; but not an entry of a counted list."""
        match = _NUMBERED.match(row)
        if not match or self.rows[self.at][0] == " ":
            return None
        top, *deeper = (int(part) for part in match["number"].split("."))
        text = match["text"]
        follows = top == self.counted if deeper else bool(match["stop"]) and top == self.counted + 1
        beside = (_NUMBERED.match(self._row(self.at + step)) for step in (-1, 1))
        listed = any(other and "." not in other["number"] for other in beside)
        if not follows or (listed and not deeper) or len(text) > 80 or text[-1] in ".;,":
            return None
        if self.in_roll and _COUNT_INSIDE.search(text):
            return None
        if not (text[0].isupper() and (self._opens(self.at) or _is_titled(text))):
            return None
        self.counted = top
        return SURE + len(deeper), text, 1

    def _of_roll(self, row: str) -> tuple[int, str, int] | None:
        """`Present: Tim, Brian`, `Apologies:` before the first section; later only where somebody is named."""
        match = _ROLL_LABEL.match(row)
        if not match or not _is_roll(match["label"]):
            return None
        first = re.split("[,;&(]", match["rest"] or "", maxsplit=1)[0].strip()
        return (SURE, row, 1) if not self.in_section or is_name(first, listed=True) else None

    def _title(self, row: str) -> tuple[int, str, int] | None:
        """The first line of all, where it stands apart from what follows."""
        if self.at != self.first or row[-1] in ".:;," or ": " in row or self._is_item(self.at):
            return None
        below = self._row(self.at + 1)
        return (TITLE, row, 1) if not below or ":" in below or _is_day(below) or _is_standing(below) else None

    def _weak(self, row: str) -> tuple[int, str, int] | None:
        """A short line like a title: in capitals, before a colon, after a blank line, or right above a list."""
        role = role_of(row)
        apart = self._opens(self.at)
        named = bool(role) or _is_standing(row)
        if self._is_item(self.at) or _is_day(row) or self._is_of_the_roll(row, named, apart):
            return None
        if _SHOUTED.match(row) and apart and sum(map(str.isalpha, row)) > 3:
            return SURE if role else self.shouted, row, 1
        if _LABEL.match(row) and (role or _is_titled(row)):
            return LABEL, row, 1
        if not _SHORT.match(row):
            return None
        ends_roll = self.in_roll and self._row(self.at + 1) and len(row.split()) <= 6
        if apart and (role or ends_roll or _is_titled(row)):
            return LABEL, row, 1
        if not self.marked and (self._is_named(row) or self._is_title_between(row)):
            return LABEL, row, 1
        above_list = self._is_item(self.at + 1) and (apart or self.under or self._is_item(self.at - 1))
        return (OVER_LIST, row, 1) if above_list and len(row.split()) <= 3 else None

    def _is_of_the_roll(self, row: str, named: bool, apart: bool) -> bool:
        """Whether a line under a roll's heading belongs to it; where no heading is marked, a known one ends it."""
        if not self.in_roll or role_of(row) or (named and not self.marked):
            return False
        return not apart or self._is_on_roll(row)

    def _is_named(self, row: str) -> bool:
        """Whether a line is the name of an agenda item; `Phone` in the middle of a text is none."""
        area = not self.in_roll and area_of(split_leads(row)[0], slugs_by_key({})) is not None
        return _is_standing(row) or (area and bool(self._row(self.at + 1)))

    def _is_title_between(self, row: str) -> bool:
        """Whether a line of some capitalised words stands between the end of a sentence and a longer line."""
        above, below = self._row(self.at - 1), self._row(self.at + 1)
        ended = self.under or _ENDS.search(above) is not None
        longer = len(below.split()) > len(row.split()) and not _is_titled(below)
        return ended and longer and not self.width and len(row.split()) > 1 and _is_titled(row)

    def _is_on_roll(self, row: str) -> bool:
        """Whether a short line under a roll's heading is somebody's name, or a body with nobody there."""
        below = self._row(self.at + 1)
        alone = re.fullmatch(r"[A-Z][\w-]*:", row) is not None and (not below or ":" in below)
        return alone or is_name(re.sub(r"\([^()]*\)", "", row).strip(), listed=True)

    def _opens(self, at: int) -> bool:
        """Whether the row above is blank, or a heading's."""
        above = self._row(at - 1)
        return not above or _RULE.match(above) is not None or "[bookmark:" in self.raw[at - 1]

    def _is_item(self, at: int) -> bool:
        """Whether a row is a bullet or a counted entry."""
        return 0 <= at < len(self.rows) and _item_match(self.rows[at]) is not None

    def _items(self) -> Iterator[_Item]:
        """The entries of a list from here on, each with its continuation lines; blank lines between do not end it."""
        indents: list[int] = []
        while self._is_item(self.at) or (not self._row(self.at) and self._is_item(self.at + 1)):
            self.at += not self._row(self.at)
            match = _item_match(self.rows[self.at])
            if match is None or (indents and self._heading_ahead()):
                return
            indent, line = len(match["indent"]), self.at + 1
            while indents and indents[-1] >= indent:
                indents.pop()
            indents.append(indent)
            texts = [match["text"]]
            self.at += 1
            while self._continues_item(indent):
                texts.append(self._row(self.at))
                self.at += 1
            counted = match["mark"][0].isalnum() and match["mark"] != "o"
            depth = min(len(indents), _MAX_DEPTH) - 1
            yield _Item(depth, counted, match["mark"], "\n".join(texts), line, self.at)

    def _heading_ahead(self) -> bool:
        """Whether this entry begins a numbered section."""
        return _NUMBERED.match(self._row(self.at)) is not None and self._opens(self.at) and self._is_next_section()

    def _is_next_section(self) -> bool:
        """Whether the number here is that of the next section."""
        counted = self.counted
        found = self._numbered(self._row(self.at)) is not None
        self.counted = counted
        return found

    def _continues_item(self, indent: int) -> bool:
        """Whether this row goes on with the entry above: further in than its mark, or wrapped."""
        if self.at >= len(self.rows) or not self._row(self.at) or self._is_item(self.at):
            return False
        row = self.rows[self.at]
        further = len(row) - len(row.lstrip()) > indent
        return further or self._continues()

    def _continues(self) -> bool:
        """Whether a mail program broke the line above: the first word here would not have fitted there."""
        row, above = self._row(self.at), self.rows[self.at - 1]
        if not (self.width and row) or _BEGINS.match(row) or self._is_item(self.at) or _RULE.match(row):
            return False
        return len(above) + 1 + len(row.split(None, 1)[0]) > self.width - SLACK

    def _paragraph(self) -> Paragraph:
        """Running text: one line, or as many as belong together."""
        line = self.at + 1
        texts = [self._row(self.at)]
        self.at += 1
        while self._continues():
            texts.append(self._row(self.at))
            self.at += 1
        return Paragraph(inlines("\n".join(texts)), line, self.at)


def _shouted_level(rows: Sequence[str]) -> int:
    """How high capitals stand where no heading is marked: under the agenda's items, where two are in small letters."""
    named = sum(_is_standing(row) and not (row.isupper() or _is_roll(row)) for row in rows)
    return OVER_LIST if named > 1 else SHOUTED


def _item_match(row: str) -> re.Match[str] | None:
    """The parts of a list's entry."""
    return _BULLET.match(row) or _COUNTED.match(row)


def _wrap_width(rows: Sequence[str]) -> int:
    """Where a mail program wrapped the lines of a text, 0 where nothing did."""
    lengths = [len(row) for row in rows if row.strip()]
    width = max((length for length in lengths if length <= WRAPPED_AT), default=0)
    longer = sum(length > WRAPPED_AT for length in lengths)
    near = sum(width - 15 <= length <= width for length in lengths)
    return width if width >= 60 and near >= 3 and 20 * longer <= len(lengths) else 0


def _is_roll(text: str) -> bool:
    """Whether a heading is that of a list of people."""
    return role_of(text.partition(":")[0]) in ("attendees", "apologies", "absent")


def _is_standing(text: str) -> bool:
    """Whether a line is what agendas call an item: a role's name, but no way to connect, or another usual one."""
    return role_of(text) not in (None, "coordinates") or key(text) in STANDING


def _is_day(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    found = re.findall(r"\w+", text)
    months = [word for word in found if word[:3].lower() in MONTHS]
    return bool(months) and len(found) > 1 and all(word in months or _DAY_WORD.fullmatch(word) for word in found)


def _is_titled(text: str) -> bool:
    """Whether a line is written as a title: few words, and a capital on all but the small ones."""
    words = text.rstrip(":").split()
    return len(words) <= 6 and all(
        word in _SMALL_WORDS or not (first := word.lstrip("(\"'“‘")[:1]).isalpha() or first.isupper() for word in words
    )


def _nested(items: Sequence[_Item], depth: int) -> tuple[List, ...]:
    """Flat entries as lists in lists; a change of mark begins another list."""
    found: list[List] = []
    start = 0
    while start < len(items):
        end = start + 1
        entries: list[ListItem] = []
        counted = items[start].counted
        while start < len(items) and (items[start].depth > depth or items[start].counted == counted):
            end = start + 1
            while end < len(items) and items[end].depth > depth:
                end += 1
            entries.append(_entry(items[start], _nested(items[start + 1 : end], depth + 1)))
            start = end
        found.append(_list(entries, counted, items[end - 1].end))
    return tuple(found)


def _entry(item: _Item, inner: tuple[List, ...]) -> ListItem:
    """An entry with the lists inside it."""
    text = Paragraph(inlines(item.text), item.line, item.end)
    end = inner[-1].end_line if inner else item.end
    return ListItem((text, *inner), item.line, end, written=item.written if item.counted else "")


def _list(entries: list[ListItem], counted: bool, end: int) -> List:
    """A list of entries, counted by numbers or by letters."""
    first = entries[0].written
    if not counted:
        return List("ul", tuple(entries), entries[0].line, end)
    style, start = ("1", int(first)) if first.isdigit() else ("a", ord(first) - ord("a") + 1)
    return List("ol", tuple(entries), entries[0].line, end, style, start)
