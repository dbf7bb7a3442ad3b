"""Pipe tables, as GFM has them; with nothing in the header row there is no header."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from .lines import Source, Words

_DELIMITERS = re.compile(r" *\|?(?: *:?-+:? *\|)* *(?::?-+:? *)?$")
_PIPE = re.compile(r"(?<!\\)\|")


def table(source: Source, at: int, parent: Element) -> int | None:
    """`| a | b |` over `|---|--:|`, and rows as long as they have a pipe."""
    if not starts_table(source, at):
        return None
    node = SubElement(parent, "table")
    aligns = [_alignment(cell.strip(" ")) for cell in _cells(source.lines[at + 1])]
    if any(_cells(source.lines[at])):
        _row(SubElement(node, "thead"), "th", _cells(source.lines[at]), aligns)
    at += 2
    body = SubElement(node, "tbody")
    while at < len(source.lines) and _PIPE.search(source.lines[at]):
        _row(body, "td", _cells(source.lines[at]), aligns)
        at += 1
    return at


def starts_table(source: Source, at: int) -> bool:
    """Whether this line is a header row: the line under it is one of dashes, with as many cells."""
    if at + 1 >= len(source.lines) or "|" not in source.lines[at]:
        return False
    below = source.lines[at + 1]
    if "|" not in below or "-" not in below or not _DELIMITERS.match(below):
        return False
    return len(_cells(source.lines[at])) == len(_cells(below))


def _cells(line: str) -> list[str]:
    line = line.strip(" ").removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    return [cell.strip(" ").replace("\\|", "|") for cell in _PIPE.split(line)]


def _alignment(mark: str) -> str:
    left, right = mark.startswith(":"), mark.endswith(":")
    return "center" if left and right else "left" if left else "right" if right else ""


def _row(parent: Element, tag: str, cells: list[str], aligns: list[str]) -> None:
    """A row of as many cells as it has: filling it up to the header's width would let 64 KB make millions.

    An empty header cell heads nothing, so it is a plain one.
    """
    row = SubElement(parent, "tr")
    for at, words in enumerate(cells):
        cell = SubElement(row, tag if words else "td")
        cell.text = Words(words)
        if at < len(aligns) and aligns[at]:
            cell.set("align", aligns[at])
