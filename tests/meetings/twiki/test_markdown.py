"""Nodes -> Markdown: what it looks like (text cases), and that `markup` reads it back as the same nodes."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from meetings.markup import blocks, render
from meetings.twiki import nodes, parse
from meetings.twiki.markdown import markdown
from tests.meetings.twiki.trees import pages, shape_of_html, shape_of_nodes, words

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CASES = re.compile(r"^(\S[^\n]*)\n\.\n(.*?)\n?^\.\n(.*?)\n?^\.$", re.MULTILINE | re.DOTALL)
SPACES = str.maketrans({"␠": " ", "␉": "\t"})


def cases(folder):
    for path in sorted(folder.glob("*.txt")):
        for title, source, expected in CASES.findall(path.read_text(encoding="utf-8")):
            yield pytest.param(source.translate(SPACES), expected, id=f"{path.stem}: {title}")


def documents():
    seeds = ROOT.parent / "shared" / "seeds"
    paths = sorted([*(ROOT / "fixtures" / "twiki").rglob("*.txt"), *seeds.glob("production-*.txt")])
    missing = pytest.mark.skip(reason=f"{seeds} is not here")
    yield from (pytest.param(path.read_bytes(), id=path.name) for path in paths)
    if not seeds.exists():
        yield pytest.param(b"", id="seeds", marks=missing)


@pytest.mark.parametrize(("source", "expected"), list(cases(HERE / "cases" / "markdown")))
def test_case(source, expected):
    assert markdown(parse(source, "MyTopic").blocks) == expected


@pytest.mark.parametrize(
    "source", [*documents(), *(pytest.param(case.values[0], id=case.id) for case in cases(HERE / "cases"))]
)
def test_what_twiki_holds_renders_to_the_same_shape(source):
    page = parse(source, "MyTopic")
    text = markdown(page.blocks)
    assert shape_of_html(render(text)) == shape_of_nodes(page.blocks), text
    assert words(blocks(text)) == words(page.blocks)


@settings(max_examples=80, deadline=None)
@given(pages)
def test_any_tree_renders_back_to_the_same_shape(page):
    text = markdown(page)
    assert shape_of_html(render(text)) == shape_of_nodes(page), text


@settings(max_examples=60, deadline=None)
@given(pages)
def test_a_second_trip_changes_nothing_and_loses_no_word(page):
    once = markdown(blocks(markdown(page)))
    assert markdown(blocks(once)) == once
    assert words(blocks(once)) == words(page)


def paragraph(text):
    return nodes.Paragraph((nodes.Text(text),), 1, 1)


def test_trees_of_any_depth_keep_their_words():
    tree = paragraph("innermost")
    for depth in range(5_000):
        item = nodes.ListItem((paragraph(f"level {depth}"), tree), 1, 1)
        tree = nodes.List("ul", (item,), 1, 1) if depth % 2 else nodes.Quote((tree,), 1, 1)
    inline = nodes.Text("deep")
    for _ in range(5_000):
        inline = nodes.Strong((nodes.Emphasis((inline,)),))
    text = markdown((tree, nodes.Paragraph((inline,), 1, 1)))
    assert "innermost" in text
    assert "level 1\n" in text
    assert "deep" in text


def seconds(blocks):
    start = time.process_time()
    markdown(blocks)
    return time.process_time() - start


def test_thousands_of_line_breaks_take_no_time():
    assert seconds([nodes.Paragraph((nodes.LineBreak(),) * 50_000, 1, 1)]) < 1


def test_time_grows_with_the_length_only():
    for text in ("a *b* _c_ [d](e) <f> & `g` https://h.i/ ", "*", "[", "]( ", "\\", "a\n"):
        short = [paragraph(text * 2_000)]
        long = [paragraph(text * 20_000)]
        assert min(seconds(long) for _ in range(3)) < 20 * max(min(seconds(short) for _ in range(3)), 0.002)
