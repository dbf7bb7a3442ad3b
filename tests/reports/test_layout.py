from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from meetings import markup
from meetings.twiki.nodes import Image, List, ListItem, Paragraph, Text
from reports.layout import WIDTH, Footnotes, stacked

CASES = Path(__file__).parent / "texts" / "layout.txt"
_CASE = re.compile(r"^(?P<title>.+)\n\.\n(?P<given>(?:.*\n)*?)\.\n(?P<wanted>(?:(?!.+\n\.\n).*\n)*)", re.MULTILINE)


def cases() -> Iterator[object]:
    """The cases of the file: a title, Markdown and the text it becomes, with a line of one stop between them."""
    for case in _CASE.finditer(CASES.read_text()):
        yield pytest.param(case["given"], case["wanted"].rstrip("\n"), id=case["title"])


def laid_out(markdown: str) -> str:
    notes = Footnotes("https://minutes.example.org/production/2026-11-17/")
    lines = stacked(markup.blocks(markdown), notes)
    return "\n".join([*lines, *(["", *notes.lines()] if notes.lines() else [])])


@pytest.mark.parametrize(("markdown", "text"), list(cases()))
def test_layout(markdown, text):
    assert laid_out(markdown) == text


def test_the_file_of_cases_is_read_whole():
    assert len(list(cases())) == CASES.read_text().count("\n.\n") // 2


def listed(style: str, start: int = 1) -> list[str]:
    items = tuple(ListItem((Paragraph((Text("x"),), 1, 1),), 1, 1) for _ in range(5))
    return stacked([List("ol", items, 1, 1, style, start)], Footnotes(""))


@pytest.mark.parametrize(
    ("style", "start", "wanted"),
    [
        ("a", 1, ["a. x", "b. x", "c. x", "d. x", "e. x"]),
        ("A", 24, ["X. x", "Y. x", "Z. x", "27. x", "28. x"]),
        ("i", 1, ["i. x", "ii. x", "iii. x", "iv. x", "v. x"]),
        ("I", 37, ["XXXVII. x", "XXXVIII. x", "XXXIX. x", "40. x", "41. x"]),
    ],
)
def test_numbering(style, start, wanted):
    assert listed(style, start) == wanted


def test_a_term_stands_above_what_it_means():
    item = ListItem((Paragraph((Text("what carries messages"),), 1, 1),), 1, 1, term=(Text("Broker"),))
    assert stacked([List("dl", (item,), 1, 1)], Footnotes("")) == ["Broker", "    what carries messages"]


def test_an_image_inside_the_page_is_no_footnote():
    notes = Footnotes("")
    assert stacked([Paragraph((Image("data:image/png;base64,AAAA", "Plot"),), 1, 1)], notes) == ["Plot"]
    assert notes.lines() == []


def test_deep_lists_keep_some_room_for_words():
    nested = Paragraph((Text("word " * 30),), 1, 1)
    for _ in range(60):
        nested = List("ul", (ListItem((nested,), 1, 1),), 1, 1)
    lines = stacked([nested], Footnotes(""))
    assert max(len(line.split()) for line in lines[1:]) >= 4


@pytest.mark.parametrize("columns", [3, 40, 200])
def test_a_table_of_long_words_is_laid_out_all_the_same(columns):
    row = "| " + " | ".join(["x" * 60] * columns) + " |\n"
    rule = "|" + " --- |" * columns + "\n"
    assert laid_out(row + rule + row).count("x" * 60) == 2 * columns


def test_no_line_of_words_is_too_long():
    text = laid_out("* " + "several words of some length " * 200)
    assert max(map(len, text.splitlines())) <= WIDTH
