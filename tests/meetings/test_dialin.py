"""What is a telephone number, a PIN or a way into a meeting, and what is only a number of operations."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

from meetings.minutes.dialin import is_secret

CASES = Path(__file__).parent / "cases"
SECRETS = (CASES / "secret_lines.txt").read_text().splitlines()
PUBLIC = (CASES / "public_lines.txt").read_text().splitlines()


@pytest.mark.parametrize("line", SECRETS)
def test_a_secret_is_known(line):
    assert is_secret(line)


@pytest.mark.parametrize("line", PUBLIC)
def test_numbers_of_operations_are_public(line):
    assert not is_secret(line)


def test_there_are_enough_public_lines():
    assert len(PUBLIC) > 60


@pytest.mark.parametrize("many", ["1 2 ", "phone ", "conference call ", "password is ", "12-", "zoom 1 ", "1.2"])
def test_a_long_line_is_read_in_no_time(many):
    before = perf_counter()
    is_secret(f"phone {many * 10_000}x")
    assert perf_counter() - before < 2
