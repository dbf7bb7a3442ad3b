"""How fast pages become Minutes, beside pandoc's TWiki reader in the same run; and that no page is dear by the byte."""

from __future__ import annotations

import sys
import time
from zoneinfo import ZoneInfo

from meetings import documents, minutes
from tests.benchmarks import pandoc
from tests.benchmarks.corpus import topics

TOPICS = 1000
UTC = ZoneInfo("UTC")


def read(data: bytes, name: str) -> minutes.Minutes:
    return minutes.read(documents.read_page(data, name), series="bench", zone=UTC)


def ours() -> float:
    """Topics a second of one core's time, so that a busy machine does not count."""
    pages = [(text.encode(), name) for name, text in topics(TOPICS)]
    started = time.process_time()
    for data, name in pages:
        assert read(data, name).date is not None
    return TOPICS / (time.process_time() - started)


def hostile() -> dict[str, str]:
    """Pages that are dear for a reader that looks back or ahead too far."""
    weeks = "".join(text for _, text in topics(50))
    return {
        "5 MB of minutes": weeks * (5_000_000 // len(weeks)),
        "100,000 [": "[" * 100_000,
        "50,000 nested bullets": "".join(f"{'   ' * (1 + n % 500)}* x\n" for n in range(50_000)),
        "10,000 unclosed *": " *x" * 10_000,
        "one 1 MB line": "   * " + "word " * 200_000,
    }


def cost(text: str) -> float:
    """Nanoseconds a byte, the best of three."""
    data = text.encode()
    best = min(_timed(data) for _ in range(3))
    return best * 1e9 / len(data)


def _timed(data: bytes) -> float:
    started = time.process_time()
    read(data, "2012-10-30Page")
    return time.process_time() - started


def main() -> int:
    """Print the figures; fail where a promise is broken."""
    other = pandoc.speed(TOPICS)
    speed = ours()
    print(f"parsing to Minutes: {speed:8.0f} topics/s")
    broken = False
    if other is None:
        print("pandoc is not installed: no comparison")
    else:
        broken |= speed < 7 * other
        print(f"pandoc to HTML:     {other:8.0f} topics/s   ours is {speed / other:.1f} times as fast (at least 7)")
    usual = [text for _, text in topics(50)]
    base = sum(cost(text) for text in usual) / len(usual)
    print(f"a page of {len(usual[0]) / 1000:.0f} KB: {base:6.0f} ns a byte")
    for name, text in hostile().items():
        ratio = cost(text) / base
        broken |= ratio > 1.3
        print(f"{name:22} {ratio * base:6.0f} ns a byte   {ratio:.2f} times that (at most 1.3)")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
