"""What holds for every page: no exception, no lost word, sound lines, a bounded depth, linear time."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meetings.twiki import parse
from meetings.twiki.nodes import Image, Link, List, Table, Text
from tests.meetings.twiki.dumping import dump

PIECES = [
    "   * ", "      * ", "  * ", "\t* ", "   1 ", "   a. ", "   $ ", ": ", "---+ ", "---++!! ", "---\n",
    "| ", " |\n", "|^|", "||", "*", "_", "__", "=", "==", "[[", "][", "]]", "[", "]", "!", "<nop>",
    "<b>", "</b>", "<br>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<ul>", "<li>", "</ul>",
    "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<verbatim>", "</verbatim>", "<literal>",
    "</literal>", "<noautolink>", "<h2>", "</h2>", "<p>", "<div>", "<a href=\"", "\">", "</a>",
    "<img src=\"x\">", "%TOC%", "%RED%", "%ENDCOLOR%", "%INCLUDE{", "}%", "%TABLE{", "%BR%",
    "%ATTACHURL%/f", "\\\n", "\n", "\n\n", "   ", " ", "&amp;", "&#65;", "http://a.b/c", "me@a.bc",
    "WikiWord", "Web.WikiWord", "Bugs:1", "#AnchorName", "> ", "<!--", "-->", "\ue000", "<x>", "</x>",
    "(", ")", ".", ":", "%META:X{a=\"b\"}%", "%", "\"",
]  # fmt: skip
noise = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(noise)
def test_no_page_is_refused(text):
    page = parse(text)
    assert deepest(page.blocks) <= 60
    for block in page.blocks:
        assert 1 <= block.line <= block.end_line <= len(page.lines)
    assert dump(page) == dump(parse(text))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
def test_no_bytes_are_refused(data):
    page = parse(data, "Noise")
    assert page.name == "Noise"
    assert all(1 <= block.line <= block.end_line <= len(page.lines) for block in page.blocks)


WORD = st.from_regex(r"w[a-z]{2,7}x", fullmatch=True)
words = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
spans = st.one_of(
    words,
    st.builds("*{}*".format, words),
    st.builds("_{}_".format, words),
    st.builds("=={}==".format, words),
    st.builds("[[http://example.org/][{}]]".format, words),
    st.builds("[[{}]]".format, WORD),
    st.builds("<font color='red'>{}</font>".format, words),
    st.builds("<foo>{}</foo>".format, words),
    st.builds("%RED% {} %ENDCOLOR%".format, words),
    st.builds('%INCLUDE{{"{}"}}%'.format, WORD),
    st.builds('%ACTION{{who="{}"}}% {} %ENDACTION%'.format, WORD, words),
    st.builds("*{} _{}".format, words, words),
    st.builds("[[{} ".format, words),
    st.builds("<b>{}".format, words),
)
text = st.lists(spans, min_size=1, max_size=2).map(" ".join)
lines = st.one_of(
    text,
    st.builds("{}{} {}".format, st.sampled_from(["---+", "---++", "---+++!!"]), st.just(""), text),
    st.builds("{}* {}".format, st.integers(1, 14).map(" ".__mul__), text),
    st.builds("{}*{}".format, st.integers(1, 14).map(" ".__mul__), words),
    st.builds("{}{} {}".format, st.integers(1, 9).map(" ".__mul__), st.sampled_from(["1.", "a.", "b.", "I."]), text),
    st.builds("   $ {}: {}".format, words, text),
    st.builds("   {}: {}".format, WORD, text),
    st.builds("{}{}".format, st.integers(0, 12).map(" ".__mul__), text),
    st.builds("| {} | {} |".format, text, text),
    st.builds("| *{}* ||  {} |".format, words, text),
    st.builds("|^| {} |".format, text),
    st.builds("<verbatim>{}</verbatim>".format, words),
    st.builds("<pre>\n{}\n</pre>".format, words),
    st.builds("<ul><li>{}<li>{}</ul>".format, text, text),
    st.builds("<table><tr><td>{}<td>{}</table>".format, text, text),
    st.builds("<td>{}</td>".format, text),
    st.builds("<blockquote>{}".format, text),
    st.builds("%META:FIELD{{name=\"a\" value=\"{}\"}}%".format, words),
    st.sampled_from(["", "---", "%TOC%", "</blockquote>", "<!-- hidden -->", "%TABLE{sort=\"off\"}%", "<div>"]),
)  # fmt: skip
pages = st.lists(lines, max_size=8).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(pages)
def test_every_visible_word_is_kept(source):
    page = parse(source)
    kept = shown(page.blocks).lower()
    for word in re.findall(r"\bw[a-z]{2,7}x\b", source):
        assert word in kept


def shown(nodes):
    """Every word in some nodes, and what links and images name."""
    parts = []
    for node in nodes:
        match node:
            case Text(text):
                parts.append(text)
            case Image():
                parts += (node.alt, node.source)
            case Link():
                parts += (node.target, shown(node.children))
            case List():
                parts += (shown((*item.term, *item.children)) for item in node.items)
            case Table():
                parts += (shown(cell.children) for row in node.rows for cell in row.cells)
            case _:
                parts.append(shown(getattr(node, "children", ())))
    return " ".join(parts)


def deepest(nodes):
    """How many nodes stand inside each other at most."""
    inner = [
        child
        for node in nodes
        for child in (
            *getattr(node, "children", ()),
            *getattr(node, "items", ()),
            *getattr(node, "rows", ()),
            *getattr(node, "cells", ()),
        )
    ]
    return 1 + deepest(inner) if inner else len(nodes[:1])


HOSTILE = {
    "open brackets": lambda n: "[" * n,
    "open links": lambda n: "[[a][b " * n,
    "nested bullets": lambda n: "\n".join("   " * depth + "* x" for depth in range(1, max(2, int((n / 2) ** 0.5)))),
    "zigzag bullets": lambda n: "\n".join("   " * (at % 30 + 1) + "* x" for at in range(n // 20)),
    "unclosed bold": lambda n: "*a " * n,
    "unclosed emphasis": lambda n: " *a _b =c __d ==e" * n,
    "bold that closes far away": lambda n: " *a" * n + "*",
    "bold closed on another line": lambda n: "*a\n" * n + "b*",
    "one long word": lambda n: "a" * n,
    "capitals": lambda n: "A" * n,
    "web names": lambda n: "Aa." * n,
    "macros never closed": lambda n: "%A{" * n,
    "nested macros": lambda n: "%A{" * n + "}%" * n,
    "tags never closed": lambda n: "<a " * n,
    "nested tags": lambda n: "<b>" * n,
    "unknown tags": lambda n: "<foo>a</foo>" * n,
    "nested tables": lambda n: "<table><tr><td>" * n,
    "cells": lambda n: "<table><tr>" + "<td>x" * n,
    "comments never closed": lambda n: "<!-- " * n,
    "regions": lambda n: "<verbatim>" * n,
    "scripts never closed": lambda n: "<script>" * n,
    "bars": lambda n: "|" * n,
    "wide rowspans": lambda n: "|a" * n + "|\n" + "|^" * n + "|",
    "tall rowspans": lambda n: "| a |\n" + "|^|\n" * n,
    "ampersands": lambda n: "&amp" * n,
    "addresses": lambda n: "(http://)." * n,
    "mail addresses": lambda n: "a@" + "a." * n + "!",
    "terms": lambda n: "   $ " + ":a" * n,
    "attachments": lambda n: '%META:FILEATTACHMENT{name="a" comment="' * n,
    "quotes in a macro": lambda n: "%INCLUDE{" + 'a="' * n + "}%",
    "broken tag": lambda n: "<a " + "b=\n" * n + ">",
    "spaces": lambda n: "|" + " " * n + "x",
    "joined lines": lambda n: "a\\\n" * n,
    "letters": lambda n: "   a. x\n   b. y\n" * n,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_is_linear(make):
    small, large = make(2_000), make(12_000)
    allowed = 3 * len(large) / len(small) * best(small) + 0.05
    assert best(large) < allowed


def best(text, runs=3):
    """The processor time of the quickest of some parses."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        parse(text)
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize(
    "opening", ["<blockquote>", "<ul>", "<ul><li>", "<table>", "<table><tr><td>", "<dl><dt>", "<b>"]
)
def test_a_deep_page_keeps_its_words(opening):
    page = parse(opening * 500 + "word\n   * bullet\n" + "   " * 500 + "* deep\n| cell |\n\nlast")
    assert deepest(page.blocks) < 100
    assert set(shown(page.blocks).split()) >= {"word", "bullet", "deep", "cell", "last"}
