"""RCS `,v` files -> the revisions of a topic.

Such a file holds the newest text whole, and for each older revision the edit script that makes it from the next
newer one: `d3 2` deletes two lines from line 3 on, `a5 1` adds the one line that follows behind line 5, where
line numbers are the newer text's. Strings stand between `@`, an `@` inside is doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_STRING = rb"@([^@]*(?:@@[^@]*)*)@(?!@)"
_HEAD = re.compile(rb"\s*head\s+([\d.]+)\s*;")
_DELTA = re.compile(rb"([\d.]+)\s+date\s+([\d.]+);\s*author\s+([^;]*);[^@]*?next\s*([\d.]*)\s*;")
_DESC = re.compile(rb"\bdesc\s+" + _STRING)
_TEXT = re.compile(rb"\s*([\d.]+)\s+log\s+" + _STRING + rb"\s+text\s+" + _STRING)
_COMMAND = re.compile(rb"([ad])(\d+) (\d+)\s*")


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved text of a topic; `number` counts from 1 as in `1.10`, `saved_at` is UTC."""

    number: int
    author: str
    saved_at: datetime
    text: bytes


@dataclass(frozen=True, slots=True)
class History:
    """Every revision that could be read, the oldest first; `damage` says in words what could not."""

    revisions: tuple[Revision, ...]
    damage: str = ""


class _DamageError(Exception):
    """The file breaks off or contradicts itself; the message says where."""


def read(data: bytes) -> History:
    """The revisions in an RCS file. Never raises: what is newer than the damage is kept, and the damage is told."""
    found: list[Revision] = []
    damage = ""
    try:
        for revision in _newest_first(data):
            found.append(revision)
    except _DamageError as error:
        damage = str(error)
    return History(tuple(reversed(found)), damage)


def _newest_first(data: bytes) -> Iterator[Revision]:
    head = _HEAD.match(data)
    if head is None:
        raise _DamageError("it does not begin like an RCS file")
    desc = _DESC.search(data)
    if desc is None:
        raise _DamageError("it breaks off before the texts")
    deltas = {name: rest for name, *rest in _DELTA.findall(data, head.end(), desc.start())}
    texts = dict(_texts(data, desc.end()))
    name, lines = head[1], None
    while name:
        if name not in deltas or name not in texts:
            raise _DamageError(f"revision {name.decode()} is missing")
        date, author, older = deltas.pop(name)
        lines = _lines(texts[name]) if lines is None else _edited(lines, _lines(texts[name]), name.decode())
        yield Revision(_number(name), author.decode("utf-8", "replace").strip(), _time(date, name), b"".join(lines))
        name = older


def _texts(data: bytes, position: int) -> Iterator[tuple[bytes, bytes]]:
    """The text or edit script of each revision, up to the first that is damaged."""
    while match := _TEXT.match(data, position):
        yield match[1], match[3].replace(b"@@", b"@")
        position = match.end()


def _lines(text: bytes) -> list[bytes]:
    """Lines with their ends; only a newline ends one."""
    lines = text.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _edited(newer: list[bytes], script: list[bytes], name: str) -> list[bytes]:
    """The older text that an edit script makes of the newer one."""
    older: list[bytes] = []
    copied = at = 0
    while at < len(script):
        command = _COMMAND.fullmatch(script[at])
        if command is None:
            raise _DamageError(f"the edit script of revision {name} cannot be read")
        line, count = int(command[2]), int(command[3])
        at += 1
        # A deletion names the first line that goes, an addition the last line that stays before it.
        keep = line - 1 if command[1] == b"d" else line
        if not copied <= keep <= len(newer) or at + count * (command[1] == b"a") > len(script):
            raise _DamageError(f"the edit script of revision {name} does not fit the next newer text")
        older += newer[copied:keep]
        copied = keep
        if command[1] == b"d":
            copied += count
        else:
            older += script[at : at + count]
            at += count
    return older + newer[copied:]


def _number(name: bytes) -> int:
    """The revision's count: 10 for `1.10`."""
    return int(name.rsplit(b".", 1)[-1] or b"0")


def _time(date: bytes, name: bytes) -> datetime:
    """`2012.10.30.20.02.00`, or with two digits `99.10.30.20.02.00`, which means 1999."""
    try:
        year, *rest = (int(part) for part in date.split(b"."))
        return datetime(year + 1900 if year < 100 else year, *rest, tzinfo=UTC)  # type: ignore[misc,arg-type]
    except (ValueError, TypeError, OverflowError):
        raise _DamageError(f"revision {name.decode()} has no date") from None
