"""A thousand weekly topics of a real page's size, made of the sample pages with other dates and numbers."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from pathlib import Path

SAMPLES = sorted((Path(__file__).parents[2] / "fixtures" / "twiki").glob("*.txt"))
_INFO = re.compile(r"%META:TOPICINFO\{.*\}%")
_SIGNATURE = re.compile(r"^-- (\w+\.\w+) - .*$", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w./:+-])\d{2,6}(?![\w./:-])")


def topics(count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(name, text) of `count` topics, a week apart; the same ones for the same seed."""
    chance = random.Random(seed)
    samples = [sample.read_text(encoding="utf-8") for sample in SAMPLES]
    for number in range(count):
        day = dt.date(2003, 1, 7) + dt.timedelta(weeks=number)
        text = samples[number % len(samples)]
        saved = int(dt.datetime(day.year, day.month, day.day, 20, 30, tzinfo=dt.UTC).timestamp())
        info = f'%META:TOPICINFO{{author="HarrietOsei" date="{saved}" format="1.1" version="1.{number % 12 + 1}"}}%'
        text = _INFO.sub(info, text, count=1)
        text = _SIGNATURE.sub(rf"-- \1 - {day - dt.timedelta(days=6):%d %b %Y}", text, count=1)
        text = _NUMBER.sub(lambda match: str(chance.randint(10, 999_999)), text)
        yield f"{day:%Y-%m-%d}ProductionMeeting", text


def write(folder: Path, count: int) -> list[Path]:
    """The topics as files."""
    paths = []
    for name, text in topics(count):
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
