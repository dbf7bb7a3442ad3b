"""Merging texts: our rules, and those of `git merge-file` where lines are enough."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.merging import Chunk, merge

#: Few different lines, so that many are alike; words too.
LINES = st.sampled_from(["", "* a", "* b", "* a b c", "* a x c", "a b", "   * c"])
TEXTS = st.lists(LINES, max_size=9).map("\n".join)
CASES = settings(max_examples=500)
MORE = settings(max_examples=750)
#: Each starts a process; 20,000 take some minutes.
GIT_CASES = int(os.environ.get("GIT_CASES", "250"))


def drawn(base: str, ours: str, theirs: str) -> str:
    """A merge a line each: `=same`, `*merged`, and `<ours|theirs>`, with `/` between the lines of a side."""
    signs = {"same": "=", "merged": "*"}
    shown = []
    for chunk in merge(base, ours, theirs).chunks:
        if chunk.kind == "clash":
            shown.append(f"<{'/'.join(chunk.ours)}|{'/'.join(chunk.theirs)}>")
        else:
            shown += [signs[chunk.kind] + line for line in chunk.lines]
    return "\n".join(shown)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        pytest.param("a\nb\nc", "A\nb\nc", "a\nb\nC", "*A\n=b\n*C", id="different lines"),
        pytest.param("a\nb", "a\nb\nc", "a\nb\nc", "=a\n=b\n*c", id="the same on both sides"),
        pytest.param("* a\n* b", "* A\n* b", "* a\n* B", "*\x2a A\n*\x2a B", id="neighbouring lines"),
        pytest.param("* 1 2 3", "* 1 2 X", "* 0 2 3", "** 0 2 X", id="words of one line"),
        pytest.param("* 1 2", "* 1 2 3", "* 0 1 2", "** 0 1 2 3", id="the ends of one line"),
        pytest.param("* 1", "* 2", "* 3", "<* 2|* 3>", id="one word"),
        pytest.param("* 1 2", "* X 2", "* 1 Y", "<* X 2|* 1 Y>", id="words side by side"),
        pytest.param("", "mine", "theirs", "<mine|theirs>", id="two first texts"),
        pytest.param("", "a\nmine", "a\ntheirs", "*a\n<mine|theirs>", id="two first texts that begin alike"),
        pytest.param("a", "a\nmine", "a\ntheirs", "=a\n<mine|theirs>", id="both append"),
        pytest.param("a\nb", "a", "a\nb c", "=a\n<|b c>", id="taken out and changed"),
        pytest.param("a\nb", "", "a\nb c", "<|a/b c>", id="all taken out and changed"),
        pytest.param("a\nb\nc", "a", "a\nb\nc", "=a", id="only one side changed"),
        pytest.param("1\nx\n2", "1 mine\nx\n2 mine", "1 theirs\nx\n2 theirs",
                     "<1 mine|1 theirs>\n=x\n<2 mine|2 theirs>", id="two clashes"),
        pytest.param("1\n2\n3", "1 a\n2 a\n3 a", "1\n2 b\n3", "*1 a\n<2 a|2 b>\n*3 a", id="a clash among changes"),
    ],
)  # fmt: skip
def test_what_comes_out(base, ours, theirs, expected):
    assert drawn(base, ours, theirs) == expected


def test_clashes_are_chosen_one_by_one():
    merged = merge("1\nx\n2\ny\n3", "1m\nx\n2m\ny\n3m", "1t\nx\n2t\ny\n3t")
    assert merged.text(["ours", "theirs", "both"]) == "1m\nx\n2t\ny\n3t\n3m"


@pytest.mark.parametrize("choices", [[], ["ours", "ours"]])
def test_each_clash_needs_one_choice(choices):
    with pytest.raises(ValueError, match="1 clashes"):
        merge("1", "2", "3").text(choices)


@CASES
@given(TEXTS, TEXTS)
def test_one_side_alone_is_taken(base, text):
    assert merge(base, text, base).text() == text
    assert merge(base, base, text).text() == text
    assert merge(base, text, text).text() == text


@CASES
@given(TEXTS, TEXTS, TEXTS)
def test_the_sides_are_treated_alike(base, ours, theirs):
    here, there = merge(base, ours, theirs).chunks, merge(base, theirs, ours).chunks
    assert [Chunk(chunk.kind, chunk.lines, chunk.theirs, chunk.ours) for chunk in there] == list(here)


@MORE
@given(TEXTS, TEXTS, TEXTS)
def test_no_word_is_lost(base, ours, theirs):
    """Each new word of a side is in what is merged, or on that side of a clash, as often as it came."""
    merged = merge(base, ours, theirs)
    given_up = Counter(base.split())
    for side, text in (("ours", ours), ("theirs", theirs)):
        there = Counter(merged.text([side] * len(merged.clashes)).split())
        assert not Counter(text.split()) - given_up - there
    both = merged.text(["both"] * len(merged.clashes)).split()
    assert not (Counter(ours.split()) | Counter(theirs.split())) - given_up - Counter(both)


@pytest.fixture
def git(tmp_path):
    """`git merge-file` on three texts: the merged text, or None where it finds a clash."""
    program = shutil.which("git")
    if program is None:
        pytest.skip("git is not here to compare with")

    def merge_file(base: str, ours: str, theirs: str) -> str | None:
        names = [tmp_path / name for name in ("ours", "base", "theirs")]
        for name, text in zip(names, (ours, base, theirs), strict=True):
            name.write_text(f"{text}\n", encoding="utf-8", newline="")
        done = subprocess.run([program, "merge-file", "-p", "-q", *names], capture_output=True, check=False)
        assert 0 <= done.returncode < 128, done.stderr
        return None if done.returncode else done.stdout.decode().removesuffix("\n")

    return merge_file


def edited(text: str, chance: random.Random) -> str:
    """A text with a few lines put in, taken out and changed."""
    lines = text.split("\n")
    for _ in range(chance.randint(0, 4)):
        place = chance.randrange(len(lines) + 1)
        lines[place : place + chance.randint(0, 2)] = chance.sample(
            [*lines, "* new", "", "* a b x"], chance.randint(0, 2)
        )
    return "\n".join(lines)


def agrees(git, *, cases: int, longest: int, seed: int) -> int:
    """How many of these random merges git finds clean; each of them must be ours as well."""
    chance, clean = random.Random(seed), 0
    for _ in range(cases):
        alphabet = [f"* {'a b c'[: chance.choice((1, 3, 5))]} {n}" for n in range(chance.choice((2, 4, 12)))] + [""]
        base = "\n".join(chance.choices(alphabet, k=chance.randint(0, longest)))
        ours, theirs = edited(base, chance), edited(base, chance)
        expected = git(base, ours, theirs)
        if expected is not None:
            clean += 1
            merged = merge(base, ours, theirs)
            assert (merged.clashes, merged.text()) == ((), expected), (base, ours, theirs)
    return clean


def test_merges_are_those_of_git(git):
    assert agrees(git, cases=GIT_CASES, longest=10, seed=1) > GIT_CASES / 5


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("a\nb\n" * 30_000, "b\na\nc\n" * 20_000, "a\nc\n" * 30_000),
        ("a b " * 30_000, "b a c " * 20_000, "a c " * 30_000),
        *(
            (
                sign.join(map(str, range(30_000))),
                sign.join(map(str, reversed(range(30_000)))),
                sign.join(map(str, range(0, 60_000, 2))),
            )
            for sign in " \n"
        ),
        ("\n" * 100_000, "\n" * 50_000 + "x" + "\n" * 50_000, "\n" * 99_999),
        (" " * 100_000, "\t" * 100_000, "\r" * 100_000),
    ],
)
def test_the_worst_texts_take_no_time(base, ours, theirs):
    began = time.perf_counter()
    there, here = merge(base, theirs, ours), merge(base, ours, theirs)
    assert time.perf_counter() - began < 6
    assert [(chunk.ours, chunk.theirs) for chunk in here.clashes] == [
        (chunk.theirs, chunk.ours) for chunk in there.clashes
    ]
