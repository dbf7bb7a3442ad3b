"""Every rule of the markup with its boundary cases, from text files: a title, the source, the dumped nodes."""

import re
from pathlib import Path

import pytest

from meetings.twiki import parse
from tests.meetings.twiki.dumping import dump

CASES = re.compile(r"^(\S[^\n]*)\n\.\n(.*?)\n?^\.\n(.*?)\n?^\.$", re.MULTILINE | re.DOTALL)
SPACES = str.maketrans({"␠": " ", "␉": "\t"})


def cases():
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt")):
        for title, source, expected in CASES.findall(path.read_text(encoding="utf-8")):
            yield pytest.param(title, source.translate(SPACES), expected, id=f"{path.stem}: {title}")


@pytest.mark.parametrize(("title", "source", "expected"), list(cases()))
def test_case(title, source, expected):
    assert dump(parse(source, "MyTopic"), lines="[lines]" in title) == expected
