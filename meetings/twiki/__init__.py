"""The TWiki reader: a topic's bytes in, a `Page` of nodes out. Standard library only; it never raises on input."""

from __future__ import annotations

import re

from meetings.twiki import blocks, source
from meetings.twiki.builder import Builder
from meetings.twiki.inline import Inlines
from meetings.twiki.macros import Macros, settings
from meetings.twiki.memory import uncollected
from meetings.twiki.nodes import Attachment, Block, Cell, Meta, Page, Problem, Row, Table, Text
from meetings.twiki.regions import NEEDED, Regions, join_tags
from meetings.twiki.source import GHOST

__all__ = ["parse"]

_TRUE = frozenset(("1", "on", "yes", "true"))
_SPACES = re.compile(r"\s*\n\s*")


@uncollected()
def parse(data: bytes | str, name: str = "") -> Page:
    """Read a TWiki topic; `name` is its name without folder and ending."""
    return _parsed(source.read(data), name)


def _parsed(page: source.Source, name: str) -> Page:
    """The page that a source means."""
    problems = page.problems
    stash: list[object] = []
    text = "\n".join(page.body)
    own = settings(text)
    own.update((one.fields.get("name", ""), one.fields.get("value", "")) for one in _of(page, "PREFERENCE"))
    inlines = Inlines(stash, problems, autolink=own.get("NOAUTOLINK", "").lower() not in _TRUE)
    build = Builder(inlines, stash, problems)
    blocks.read(build, _lines(text, stash, problems, Macros(name, stash, problems, own)))
    found = build.finish() + _form(page, inlines)
    saved = source.saved(page.meta, problems)
    return Page(
        name=name,
        lines=page.lines,
        blocks=found,
        problems=tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line)),
        meta=page.meta,
        author=saved.author,
        saved_at=saved.at,
        revision=saved.revision,
        attachments=_attachments(source.attachments(page.meta), inlines.attachments),
    )


def _lines(text: str, stash: list[object], problems: list[Problem], macros: Macros) -> list[blocks.Line]:
    """The text's logical lines: regions taken out, macros replaced, lines that end in `\\` joined to the next."""
    if NEEDED.search(text):
        text = Regions(stash, problems, macros).take_out(text)
    if "%" in text:
        text = macros.expand(text)
    if "\\\n" in text:
        text = text.replace("\\\n", GHOST)
    text = text.removesuffix("\\")
    if "<" in text:
        text = join_tags(text)
    if GHOST not in text:
        return [(line, number, number) for number, line in enumerate(text.split("\n"), 1)]
    lines: list[blocks.Line] = []
    number = 1
    for line in text.split("\n"):
        ghosts = line.count(GHOST)
        lines.append((line.replace(GHOST, "") if ghosts else line, number, number + ghosts))
        number += ghosts + 1
    return lines


def _of(page: source.Source, kind: str) -> list[Meta]:
    """The META records of one type."""
    return [one for one in page.meta if one.type == kind]


def _form(page: source.Source, inlines: Inlines) -> tuple[Block, ...]:
    """The topic's form, which TWiki shows below the text: `%META:FORM{name="..."}%` and its `%META:FIELD{...}%`s."""
    rows: list[Row] = []
    for one in page.meta:
        if one.type == "FORM" and one.fields.get("name"):
            rows.append(Row((Cell((Text(one.fields["name"]),), header=True, colspan=2),), one.line, one.line))
        elif one.type == "FIELD":
            title = one.fields.get("title") or one.fields.get("name", "")
            value = _SPACES.sub(" <br /> ", one.fields.get("value", "").strip())
            cells = (Cell((Text(title),) if title else ()), Cell(inlines.parse(value, one.line)))
            rows.append(Row(cells, one.line, one.line))
    return (Table(tuple(rows), rows[0].line, rows[-1].end_line),) if rows else ()


def _attachments(declared: tuple[Attachment, ...], linked: dict[str, Attachment]) -> tuple[Attachment, ...]:
    """What META lines name, then what only links name."""
    names = {one.name for one in declared}
    return declared + tuple(one for one in linked.values() if one.name not in names)
