"""RCS files -> revisions, against files written by hand here and against the real `ci` where it is installed."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.twiki.history import read

FILE = b"""head\t1.3;
access;
symbols;
locks; strict;
comment\t@# @;


1.3
date\t2014.03.04.21.05.00;\tauthor WandaPruitt;\tstate Exp;
branches;
next\t1.2;

1.2
date\t2014.03.04.20.00.00;\tauthor MaudLane;\tstate Exp;
branches;
next\t1.1;

1.1
date\t99.03.03.09.30.00;\tauthor FelixOrtega;\tstate Exp;
branches;
next\t;


desc
@none
@


1.3
log
@none
@
text
@one
two@@example.org
three
four
@


1.2
log
@none
@
text
@d1 1
a3 2
added
more
@


1.1
log
@none
@
text
@a0 1
first
d3 2
@
"""


def test_each_revision_comes_out_whole():
    history = read(FILE)
    assert history.damage == ""
    assert [(r.number, r.author, r.text) for r in history.revisions] == [
        (1, "FelixOrtega", b"first\ntwo@example.org\nthree\nfour\n"),
        (2, "MaudLane", b"two@example.org\nthree\nadded\nmore\nfour\n"),
        (3, "WandaPruitt", b"one\ntwo@example.org\nthree\nfour\n"),
    ]
    assert [r.saved_at for r in history.revisions] == [
        dt.datetime(1999, 3, 3, 9, 30, tzinfo=dt.UTC),
        dt.datetime(2014, 3, 4, 20, 0, tzinfo=dt.UTC),
        dt.datetime(2014, 3, 4, 21, 5, tzinfo=dt.UTC),
    ]


@pytest.mark.parametrize(
    ("damaged", "kept", "words"),
    [
        (b"", [], "does not begin like an RCS file"),
        (b"head 1.3;\naccess;", [], "breaks off before the texts"),
        (FILE.replace(b"d1 1\n", b"x1 1\n"), [3], "edit script of revision 1.2 cannot be read"),
        (FILE.replace(b"d3 2\n", b"d9 2\n"), [2, 3], "revision 1.1 does not fit"),
        (FILE.replace(b"a3 2\n", b"a3 9\n"), [3], "revision 1.2 does not fit"),
        (FILE[: FILE.index(b"added")], [3], "revision 1.2 is missing"),
        (FILE.replace(b"99.03.03.09.30.00", b"99.13.03.09.30.00"), [2, 3], "revision 1.1 has no date"),
        (FILE.replace(b"next\t1.1", b"next\t1.3"), [2, 3], "revision 1.3 is missing"),
    ],
)
def test_what_is_newer_than_the_damage_is_kept(damaged: bytes, kept: list[int], words: str):
    history = read(damaged)
    assert [r.number for r in history.revisions] == kept
    assert words in history.damage


@given(st.binary(max_size=200), st.integers(0, len(FILE)), st.integers(0, len(FILE)))
@settings(max_examples=300)
def test_never_raises(noise: bytes, start: int, end: int):
    history = read(FILE[:start] + noise + FILE[end:])
    assert [r.number for r in history.revisions] == sorted(r.number for r in history.revisions) or history.damage


TEXTS = st.lists(st.text(alphabet="ab@;\n ", max_size=40), min_size=1, max_size=6)


@pytest.mark.skipif(shutil.which("ci") is None, reason="RCS is not installed here")
@given(TEXTS)
@settings(max_examples=25, deadline=None)
def test_agrees_with_rcs_itself(tmp_path_factory: pytest.TempPathFactory, texts: list[str]):
    folder = tmp_path_factory.mktemp("rcs")
    saved = []
    for minute, text in enumerate(texts):
        if saved and saved[-1] == text.encode():
            continue
        (folder / "Topic.txt").write_bytes(text.encode())
        _check_in(folder, minute)
        saved.append(text.encode())
    history = read((folder / "Topic.txt,v").read_bytes())
    assert history.damage == ""
    assert [r.text for r in history.revisions] == saved
    assert [r.saved_at.minute for r in history.revisions] == sorted(r.saved_at.minute for r in history.revisions)


def _check_in(folder: Path, minute: int) -> None:
    command = ["ci", "-q", "-l", "-mnone", "-t-none", "-wWandaPruitt", f"-d2014/03/04 10:{minute:02}:00", "Topic.txt"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
