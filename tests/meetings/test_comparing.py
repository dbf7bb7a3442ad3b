"""Comparing texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.comparing import line_diff

SIGNS = {"same": " ", "removed": "-", "added": "+", "gap": "~"}
TEXTS = st.lists(st.sampled_from(["a", "b", "c", "a b", ""]), max_size=12).map("\n".join)


def drawn(old: str, new: str, **options: int) -> str:
    """A comparison on one line: `~ a -b +c`."""
    return " ".join(f"{SIGNS[line.kind]}{line.text}".strip() for line in line_diff(old, new, **options))


def marked(old: str, new: str) -> str:
    """A comparison a line each, with the words in brackets that are not in both."""
    return "\n".join(
        SIGNS[line.kind] + "".join(f"[{part.text}]" if part.changed else part.text for part in line.parts)
        for line in line_diff(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("abc", "abc", ""),
        ("", "a", "+a"),
        ("a", "", "-a"),
        ("ab", "ac", "a -b +c"),
        ("aa", "a", "a -a"),
        ("abcdefgh", "abcdefgX", "~ f g -h +X"),
        ("abcdefgh", "Xabcdefgh", "+X a b ~"),
        ("abcdefghijkl", "abXdefghiYkl", "a b -c +X d e ~ h i -j +Y k l"),
        ("abcdefg", "aXcdeYg", "a -b +X c d e -f +Y g"),
    ],
)
def test_lines(old, new, expected):
    assert drawn("\n".join(old), "\n".join(new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("* 300 khour a day", "* 341 khour a day", "-* [300] khour a day\n+* [341] khour a day"),
        ("* fine", "* fine again", "-* fine\n+* fine [again]"),
        ("* one\n* two", "* one\n* three\n* two", " * one\n+* three\n * two"),
        ("a b\nc d", "a X\nY d", "-a [b]\n-[c] d\n+a [X]\n+[Y] d"),
        ("a", "", "-a"),
        ("a b\nc d", "a b\nx y\nc d e", " a b\n-c d\n+x y\n+c d [e]"),
    ],
)
def test_words(old, new, expected):
    assert marked(old, new) == expected


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_it(old, new):
    lines = line_diff(old, new, context=None)
    if old == new:
        assert lines == []
        return
    assert "\n".join(line.text for line in lines if line.kind != "added") == old
    assert "\n".join(line.text for line in lines if line.kind != "removed") == new
    assert line_diff(old, new, context=99) == lines


HOSTILE = [
    ("a\nb\n" * 50_000, "b\na\nc\n" * 33_000),
    ("\n".join(map(str, range(30_000))), "\n".join(map(str, reversed(range(30_000))))),
    ("\n".join("x" if n % 2 else f"{n}" for n in range(440)), "\n".join("x" if n % 3 else f"-{n}" for n in range(330))),
    ("a b " * 50_000, "b a c " * 33_000),
    (" ".join(map(str, range(30_000))), " ".join(map(str, reversed(range(30_000))))),
]


@pytest.mark.parametrize(("old", "new"), HOSTILE)
def test_the_worst_texts_take_no_time(old, new):
    began = time.process_time()
    assert line_diff(old, new)
    assert time.process_time() - began < 5
