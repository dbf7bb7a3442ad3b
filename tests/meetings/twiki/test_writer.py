"""Nodes -> TWiki text, which `parse` must read as the same minutes."""

import pytest
from hypothesis import given, settings

from meetings.markup import blocks
from meetings.twiki import parse
from meetings.twiki.markdown import markdown
from meetings.twiki.writer import twiki
from tests.meetings.twiki.test_markdown import HERE, cases, documents
from tests.meetings.twiki.trees import pages, shape_of_nodes

SOURCES = [*documents(), *(pytest.param(case.values[0], id=case.id) for case in cases(HERE / "cases"))]

WRITTEN = {
    "# Title\n\n### Sub": "---+ Title\n\n---+++ Sub",
    "- a\n  - b\n- c": "   * a\n      * b\n   * c",
    "7. a\n8. b": "   7. a\n   8. b",
    "a. x\nb. y": "   a. x\n   a. y",
    "CE\n: element": "   $ CE: element",
    "# Done!! At last": "---+ Done!&#33; At last",
    "**a**! and **b**!<u>c</u>": "*a*! and <b>b</b>&#33;<u>c</u>",
    "https://x.example/a? <https://x.example/b>?<u>c</u>": "https://x.example/a? [[https://x.example/b]]?<u>c</u>",
    "**b** _i_ `f` **`bf`** **_bi_**": "*b* _i_ =f= ==bf== __bi__",
    "in**side** and **out**!": "in<b>side</b> and *out*!",
    "HTCondorCE 2_6_2_rc3 \\*x\\* 50% %NOP": "<nop>HTCondorCE 2_6_2_rc3 &#42;x&#42; 50% &#37;NOP",
    "[[WeeklyMeetings]] [the year](wiki:Operations.YearPlan)": "[[WeeklyMeetings]] [[Operations.YearPlan][the year]]",
    "https://x.example/a, [b](https://x.example/c)": "https://x.example/a, [[https://x.example/c][b]]",
    "ops@example.org [x](attachment:a%20b.pdf)": "ops@example.org [[%ATTACHURL%/a%2520b.pdf][x]]",
    "| A | B |\n|---|--:|\n| 1 | x\\|y |": "| *A* |  *B* |\n| 1 |  x&#124;y |",
    "```\na *b*\n```": "<verbatim>\na *b*\n</verbatim>",
    "- a\n\n  b": "<ul>\n<li>\na\n\nb\n</li>\n</ul>",
    "> a": "<blockquote>\na\n</blockquote>",
    "a\\\nb": "a<br />b",
    "---": "---",
    '<font color="red">x</font>': '<font color="red">x</font>',
}


@pytest.mark.parametrize(("source", "expected"), WRITTEN.items())
def test_what_it_looks_like(source, expected):
    assert twiki(blocks(source)) == expected


@pytest.mark.parametrize("source", SOURCES)
def test_a_page_imported_exported_and_imported_again_is_the_same(source):
    first = markdown(parse(source, "MyTopic").blocks)
    second = markdown(parse(twiki(blocks(first)), "MyTopic").blocks)
    assert second.replace("<th></th>", "<td></td>") == first.replace("<th></th>", "<td></td>")


@pytest.mark.parametrize("source", SOURCES)
def test_the_nodes_of_a_page_can_be_written_as_they_are(source):
    page = parse(source, "MyTopic").blocks
    assert markdown(parse(twiki(page), "MyTopic").blocks).replace("<th></th>", "<td></td>") == markdown(page).replace(
        "<th></th>", "<td></td>"
    )


@settings(max_examples=60, deadline=None)
@given(pages)
def test_any_markdown_survives_the_trip(page):
    found = blocks(markdown(page))
    text = twiki(found)
    assert shape_of_nodes(parse(text, "MyTopic").blocks) == shape_of_nodes(found), text
