"""What sections said in earlier revisions: nothing is read twice, and nothing comes out different for it."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest

from meetings import documents, minutes
from meetings.minutes import revisions
from tests.benchmarks import corpus

ODD = (
    "---++ CMS (Ottoline)\n",
    "---+++ Deeper\n",
    "---+ Title\n",
    "---++ Attendees: Maud, Basil\n",
    "   * Set X = %BLUE%\n",
    "   * call +1 906-555-0142\n",
    "<table><tr><td>a</td>\n",
    "</table>\n",
    "<pre>\n",
    "</pre>\n",
    "<!-- x\n",
    "-->\n",
    "<verbatim>\n",
    "</verbatim>\n",
    '%TABLE{sort="off"}%\n',
    "| a | b |\n",
    "-- Main.MaudLane - 09 Oct 2012\n",
    "%X% y\n",
    "<noautolink>\n",
    "text \\\n",
    "%RED% hot\n",
    "   a. x\n",
    "<h2>Head</h2>\n",
    "x <b>y\n",
    "\n",
    "   * Set NOAUTOLINK = on\n",
    "The full report with links is available at https://wiki.example.org/x\n",
    '%META:FIELD{name="a" value="b"}%\n',
)


class Reading:
    """Reads pages, and counts the bytes."""

    def __init__(self) -> None:
        self.bytes = 0

    def __call__(self, data: bytes) -> minutes.Minutes:
        self.bytes += len(data)
        return minutes.read(documents.read_page(data, "Some"), series="relay", zone=ZoneInfo("UTC"))


def plainly(texts: list[bytes]) -> dict[revisions.Identity, list[str]]:
    """What sections said, every text read whole."""
    found: dict[revisions.Identity, list[str]] = {}
    for text in texts:
        for identity, section in revisions.identified(Reading()(text)):
            told = found.setdefault(identity, [])
            if section.body != (told[-1] if told else ""):
                told.append(section.body)
    return found


def compare(texts: list[bytes]) -> int:
    """Check the past of the last text against reading all of them; how many bytes were read."""
    day = dt.datetime(2014, 3, 4, tzinfo=dt.UTC)
    made = [corpus.Revision("MaudLane", day, tuple(text.decode().splitlines(keepends=True))) for text in texts]
    read = Reading()
    found, damage = revisions.past_texts(rcs(made), texts[-1], Reading()(texts[-1]), read)
    assert not damage
    assert {identity: [text.body for text in told] for identity, told in found.items()} == plainly(
        [text for text in texts[:-1] if text != texts[-1]]
    )
    return read.bytes


def rcs(made: list[corpus.Revision]) -> bytes:
    """An RCS file whose older texts are whole replacements of the next newer one."""
    return corpus.rcs([revision._replace(pieces=("".join(revision.pieces),)) for revision in made])


@pytest.mark.parametrize("number", range(10))
def test_a_page_that_its_leads_filled_is_read_about_once_more(number: int):
    name, text = list(corpus.topics(number + 1))[-1]
    grown = corpus.revisions(text, dt.date.fromisoformat(name[:10]))
    texts = ["".join(revision.pieces).encode() for revision in grown]
    read = compare(texts)
    assert read < 0.75 * sum(map(len, texts[:-1]))


@pytest.mark.parametrize("seed", range(40))
def test_pages_that_are_hard_to_cut_come_out_the_same(seed: int):
    chance = random.Random(seed)
    _, text = list(corpus.topics(chance.randint(1, 10), seed=seed))[-1]
    lines = text.splitlines(keepends=True)
    texts = []
    for _ in range(5):
        for _ in range(chance.randint(0, 3)):
            at = chance.randrange(len(lines))
            match chance.randrange(4):
                case 0:
                    del lines[at]
                case 1:
                    lines[at] = f"{lines[at].rstrip()} word\n"
                case _:
                    lines.insert(at, chance.choice(ODD))
        texts.append("".join(lines).encode())
    assert compare(texts) > 0


def test_what_stands_before_the_agenda_counts():
    page = "\n---++ CMS\n   * 300 khour/day\n---++ LIGO\n   * two users\n"
    assert compare([f"{above}{page}".encode() for above in ("", "   * Set X = 1\n", "hello\n", "<verbatim>\n")])
