"""A thousand weekly topics of a real page's size, made of the sample pages with other dates and numbers."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SAMPLES = sorted((Path(__file__).parents[2] / "fixtures" / "twiki").glob("*.txt"))
STEPS = 6
"""How many revisions a topic has: the template, then the leads fill their sections one after another."""

_INFO = re.compile(r"%META:TOPICINFO\{.*\}%")
_SIGNATURE = re.compile(r"^-- (\w+\.\w+) - .*$", re.MULTILINE)
_ACTION = re.compile(r"^(   \* )(\d+)(?= - )", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w./:+-])\d{2,6}(?![\w./:-])")
_HEADING = re.compile(r"^(?=---\+\+[^+])", re.MULTILINE)
_AUTHORS = ("HarrietOsei", "TomasRiva", "FaridNoor", "IngridDahl", "KeikoMori", "SilasOkoro")


class Revision(NamedTuple):
    """One saved text of a topic, in pieces that begin with a heading."""

    author: str
    saved: dt.datetime
    pieces: tuple[str, ...]


def topics(count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(name, text) of `count` topics, a week apart; the same ones for the same seed."""
    chance = random.Random(seed)
    samples = [f"{sample.read_text(encoding='utf-8').rstrip()}\n" for sample in SAMPLES]
    for number in range(count):
        day = dt.date(2003, 1, 7) + dt.timedelta(weeks=number)
        round_ = 100 * (number // len(samples))
        text = "".join(_other_numbers(line, chance, round_) for line in samples[number % len(samples)].splitlines(True))
        text = _INFO.sub(_info(_AUTHORS[-1], _meeting(day), STEPS), text, count=1)
        text = _SIGNATURE.sub(rf"-- \1 - {day - dt.timedelta(days=6):%d %b %Y}", text, count=1)
        yield f"{day:%Y-%m-%d}ProductionMeeting", text


def write(folder: Path, count: int, *, history: bool = False) -> list[Path]:
    """The topics as files, and with `history` the RCS file of each beside it."""
    paths = []
    for name, text in topics(count):
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
        if history:
            made = revisions(text, dt.date.fromisoformat(name[:10]))
            path.with_name(f"{path.name},v").write_bytes(rcs(made))
    return paths


def revisions(text: str, day: dt.date) -> list[Revision]:
    """How a topic grew to `text`, the oldest first: every section is an empty bullet until its lead fills it."""
    head, *sections = _HEADING.split(text)
    chance = random.Random(day.toordinal())
    filled_at = [chance.randint(1, STEPS - 1) for _ in sections]
    found = []
    for step in range(STEPS):
        saved = _meeting(day) - dt.timedelta(hours=7 * (STEPS - 1 - step))
        author = _AUTHORS[step % len(_AUTHORS)]
        first = _INFO.sub(_info(author, saved, step + 1), head, count=1)
        grown = (_at(piece, step - at) for piece, at in zip(sections, filled_at, strict=True))
        pieces = grown if step < STEPS - 1 else sections
        found.append(Revision(author, saved, (first, *pieces)))
    return found


def rcs(revisions: list[Revision]) -> bytes:
    """The `,v` file of some revisions: the newest whole, and the edits that make each older one of the next newer."""
    count = len(revisions)
    deltas = "".join(
        f"1.{number}\ndate\t{revisions[number - 1].saved:%Y.%m.%d.%H.%M.%S};\tauthor {revisions[number - 1].author};"
        f"\tstate Exp;\nbranches;\nnext\t{f'1.{number - 1}' if number > 1 else ''};\n\n"
        for number in range(count, 0, -1)
    )
    texts = ["".join(revisions[-1].pieces)]
    texts += [_edits(revisions[at + 1].pieces, revisions[at].pieces) for at in range(count - 2, -1, -1)]
    bodies = "".join(
        f"\n\n1.{count - at}\nlog\n@none\n@\ntext\n@{text.replace('@', '@@')}@\n" for at, text in enumerate(texts)
    )
    header = f"head\t1.{count};\naccess;\nsymbols;\nlocks; strict;\ncomment\t@# @;\n\n\n"
    return f"{header}{deltas}\ndesc\n@none\n@\n{bodies}".encode()


def _edits(newer: tuple[str, ...], older: tuple[str, ...]) -> str:
    """The edit script between two texts, piece by piece; every piece ends with a line end."""
    script = []
    line = 0
    for new, old in zip(newer, older, strict=True):
        length = new.count("\n")
        if new != old:
            script.append(f"d{line + 1} {length}\na{line + length} {old.count(chr(10))}\n{old}")
        line += length
    return "".join(script)


def _other_numbers(line: str, chance: random.Random, later: int) -> str:
    """A line of a sample with other figures; an action is the same from week to week, until its round is over."""
    if action := _ACTION.match(line):
        return f"{action[1]}{int(action[2]) + later}{line[action.end() :]}"
    return _NUMBER.sub(lambda match: str(chance.randint(10, 999_999)), line)


def _at(section: str, age: int) -> str:
    """A section so many revisions after its lead wrote it: as the template has it, begun, or whole."""
    lines = section.splitlines(keepends=True)
    if age < 0:
        return f"{lines[0]}   * \n\n"
    return "".join(lines[: len(lines) // 2]) if age == 0 and len(lines) > 12 else section


def _meeting(day: dt.date) -> dt.datetime:
    """When the page was saved last."""
    return dt.datetime(day.year, day.month, day.day, 20, 30, tzinfo=dt.UTC)


def _info(author: str, saved: dt.datetime, revision: int) -> str:
    return f'%META:TOPICINFO{{author="{author}" date="{int(saved.timestamp())}" format="1.1" version="1.{revision}"}}%'
