"""What our readers made of a text, in short lines that a case file can hold."""

from datetime import date
from zoneinfo import ZoneInfo

from meetings import minutes, twiki
from meetings.documents import plaintext
from meetings.minutes.agenda import describe
from meetings.minutes.vocabulary import slugs_by_key
from meetings.twiki.nodes import Heading, List, Page, Paragraph, plain

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 11, 17)


def read(page: Page):
    return minutes.read(page, series="production", zone=ZONE, on=DAY)


def headings(given):
    """Of each heading: its role or area, its text and its leads."""
    blocks = twiki.parse(given, "x").blocks
    titles = [describe(block, slugs_by_key({})) for block in blocks if isinstance(block, Heading)]
    return "\n".join(
        f"{t.role or t.area or '-'} | {t.label}{f' : {t.rest}' if t.rest else ''} | {', '.join(t.leads)}"
        for t in titles
    )


def roll(given):
    """Each person with what is known, and the notes."""
    page = plaintext.parse(given.removeprefix("text\n"), "x") if given.startswith("text\n") else twiki.parse(given, "x")
    found = read(page)
    people = [f"{a.status}: {a.name} | {a.affiliation or '-'} | {a.initials or '-'}" for a in found.attendees]
    return "\n".join([*people, *(f"{p.line} {p.level}: {p.message}" for p in found.problems)])


def actions(given):
    """Each action's fields."""
    page = plaintext.parse(given.removeprefix("text\n"), "x") if given.startswith("text\n") else twiki.parse(given, "x")
    return "\n".join(
        f"{a.number or '-'} {a.status} | {a.text or '-'} | {', '.join(a.owners) or '-'} | {a.due or '-'} | "
        f"{a.note or '-'}{f' | of {a.parent}' if a.parent else ''}".replace("\n", " // ")
        for a in read(page).actions
    )


def text(given):
    """The outline of a plain text's blocks."""
    return "\n".join(line for block in plaintext.parse(given, "x").blocks for line in outline(block, 0))


def outline(block, depth):
    """One line a block, indented by its depth."""
    pad = "  " * depth
    match block:
        case Heading():
            yield f"{pad}h{block.level} {plain(block.children)}"
        case Paragraph():
            yield f"{pad}p {plain(block.children)}".replace("\n", " // ")
        case List():
            yield f"{pad}{block.kind}" + (f" {block.style} from {block.start}" if block.kind == "ol" else "")
            for item in block.items:
                for child in item.children:
                    yield from outline(child, depth + 1)
        case _:
            yield f"{pad}{type(block).__name__.lower()}"
