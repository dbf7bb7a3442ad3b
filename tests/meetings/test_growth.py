"""Reading a page to Minutes costs the same by the byte however large the page is, and whatever is in it."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

import pytest

from meetings import documents, minutes
from tests.benchmarks import corpus

SMALL, LARGE = 50_000, 500_000
#: Generous, for a busy machine; what is quadratic would be ten times as dear.
BOUND = 3


def seconds(text: str) -> float:
    """Processor time to read a text, the best of three."""
    data, times = text.encode(), []
    for _ in range(3):
        started = time.process_time()
        minutes.read(documents.read_page(data, "2012-10-30Page"), series="relay", zone=ZoneInfo("UTC"))
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("".join(text for _, text in corpus.topics(10)), id="minutes"),
        pytest.param("[", id="brackets"),
        pytest.param(" *x", id="unclosed stars"),
        pytest.param("word ", id="one line"),
        pytest.param("   * Ann, Bob Lee, Eve (CERN)\n---++ Attendees\n", id="rolls"),
        pytest.param("   * 12 - Ann: do it, due 3 Mar\n---++ Action Items\n", id="actions"),
        pytest.param("   * call +1 906-555-0142, PIN: 417-203#\n", id="numbers to call"),
        pytest.param("| a | 12:30 UTC |\n", id="rows"),
    ],
)
def test_time_grows_with_the_page(piece: str):
    small, large = (seconds(piece * max(1, size // len(piece))) for size in (SMALL, LARGE))
    assert large < BOUND * (LARGE / SMALL) * small
