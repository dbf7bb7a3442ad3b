"""Cases in text files: a title, a line with a dot, the input, a dot, what is expected, a dot."""

import re
from pathlib import Path

import pytest

_CASE = re.compile(r"^(?P<title>\S.*)\n\.\n(?P<given>(?:.*\n)*?)\.\n(?P<expected>(?:.*\n)*?)\.\n", re.MULTILINE)


def load(path: Path):
    """The cases of a file as parameters; `·` at the end of a line stands for the space before it."""
    text = path.read_text(encoding="utf-8")
    cases = list(_CASE.finditer(text))
    assert text.count("\n.\n") == 3 * len(cases), f"a case in {path.name} is not closed"
    return [
        pytest.param(case["given"].replace("·\n", "\n").rstrip("\n"), case["expected"].rstrip("\n"), id=case["title"])
        for case in cases
    ]
