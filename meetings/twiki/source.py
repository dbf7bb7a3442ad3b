"""Bytes -> lines and `%META` records: encoding, newlines, control characters, once and first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from meetings.twiki.nodes import Attachment, Meta, Problem

STASH_OPEN, STASH_CLOSE, ATTACHED, GHOST = "\ue000", "\ue001", "\ue002", "\ue003"
"""Marks of our own inside the working text: a stashed piece, the attachment folder, a swallowed newline."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ue000-\ue003]")
_META = re.compile(r"%META:([A-Za-z][\w:]*)\{(.*)\}%\s*\Z")
_USUAL = frozenset(("TOPICINFO", "TOPICPARENT", "FORM", "FIELD", "FILEATTACHMENT", "PREFERENCE", "REVINFO"))
_PAIR = re.compile(r'(\w+)="([^"]*)"')
_HEX = re.compile(r"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Source:
    """A page before its markup is read; `body` is as long as `lines`, with META lines blank."""

    lines: tuple[str, ...]
    body: list[str]
    meta: tuple[Meta, ...]
    problems: list[Problem]


def read(data: bytes | str) -> Source:
    """Split `data` into the page's own lines, its body and its META records."""
    problems: list[Problem] = []
    text = _decode(data, problems) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if unwanted := _UNWANTED.search(text):
        line = text.count("\n", 0, unwanted.start()) + 1
        problems.append(Problem(line, "note", "Control and private characters, which show nothing, were left out."))
        text = _UNWANTED.sub("", text)
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    if "%META:" not in text:
        return Source(tuple(lines), lines, (), problems)
    return _take_meta(lines, problems)


def _decode(data: bytes, problems: list[Problem]) -> str:
    """UTF-8 as it should be; else UTF-16 with its mark, else what Windows or Latin-1 wrote."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    pieces = [_decode_line(written) for written in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    names = " or ".join(dict.fromkeys(name for _, name in pieces if name))
    problems.append(
        Problem(line, "note", f"From this line on the page is not all UTF-8; such lines were read as {names}.")
    )
    return "\n".join(text for text, _ in pieces)


def _decode_line(written: bytes) -> tuple[str, str]:
    """A line of a page in which people's browsers mixed encodings, and the encoding where it is not UTF-8."""
    for encoding, name in (("utf-8", ""), ("cp1252", "Windows-1252")):
        try:
            return written.decode(encoding), name
        except UnicodeDecodeError:
            continue
    return written.decode("latin-1"), "Latin-1"


def _take_meta(lines: list[str], problems: list[Problem]) -> Source:
    """Pull the `%META:TYPE{...}%` lines out, leaving blank ones so that line numbers hold."""
    meta: list[Meta] = []
    body = lines.copy()
    for index, line in enumerate(lines):
        if not line.startswith("%META:"):
            continue
        if match := _META.match(line):
            fields = {key: _value(value) for key, value in _PAIR.findall(match[2])}
            meta.append(Meta(match[1], fields, index + 1))
            body[index] = ""
            if note := _unshown(match[1], fields):
                problems.append(Problem(index + 1, "note", note))
        else:
            problems.append(
                Problem(index + 1, "warning", "This META line is damaged; it was kept as text. Check what it says.")
            )
    return Source(tuple(lines), body, tuple(meta), problems)


def _unshown(kind: str, fields: dict[str, str]) -> str:
    """What to say of a record that readers of the wiki may have seen and readers of the minutes will not."""
    if kind == "TOPICMOVED":
        return f"The topic was moved from {fields.get('from', '?')} to {fields.get('to', '?')}; that is not shown."
    return "" if kind in _USUAL else f"The page's {kind} record is kept but not shown."


def _value(raw: str) -> str:
    """Undo both of TWiki's escapings of a META value: `%_Q_%` of format 1.0, `%22` of format 1.1."""
    if "%" not in raw:
        return raw
    raw = raw.replace("%_N_%", "\n").replace("%_Q_%", '"').replace("%_P_%", "%")
    return _CONTROL.sub("", _HEX.sub(lambda match: chr(int(match[1], 16)), raw))


@dataclass(frozen=True, slots=True)
class Saved:
    """Who saved the page when, as which revision: what TOPICINFO says, None where it says nothing sound."""

    author: str | None = None
    at: datetime | None = None
    revision: int | None = None


def saved(meta: tuple[Meta, ...], problems: list[Problem]) -> Saved:
    """Read the first `%META:TOPICINFO{author="..." date="epoch" version="1.4"}%`."""
    info = next((record for record in meta if record.type == "TOPICINFO"), None)
    if info is None:
        return Saved()
    at = _moment(info.fields.get("date", ""))
    if at is None and info.fields.get("date"):
        problems.append(Problem(info.line, "warning", f"The page's time {info.fields['date'][:40]!r} is no time."))
    return Saved(info.fields.get("author") or None, at, _revision(info.fields.get("version", "")))


def _moment(epoch: str) -> datetime | None:
    """Seconds since 1970 as a UTC moment, or None for nonsense."""
    if not re.fullmatch(r"[0-9]{1,11}", epoch.strip()):
        return None
    return datetime.fromtimestamp(int(epoch), UTC)


def _revision(version: str) -> int | None:
    """`1.10` and `10` are both the tenth revision."""
    match = re.fullmatch(r"\s*(?:1\.)?([0-9]{1,9})\s*", version)
    return int(match[1]) if match else None


def attachments(meta: tuple[Meta, ...]) -> tuple[Attachment, ...]:
    """What `%META:FILEATTACHMENT{name="..." size="..." comment="..."}%` lines name."""
    return tuple(
        Attachment(name, record.line, record.fields.get("comment", ""), _size(record.fields.get("size", "")))
        for record in meta
        if record.type == "FILEATTACHMENT" and (name := record.fields.get("name") or record.fields.get("attachment"))
    )


def _size(written: str) -> int | None:
    """A size in bytes, where it is a plain number."""
    return int(written) if re.fullmatch(r"[0-9]{1,15}", written) else None
