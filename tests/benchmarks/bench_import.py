"""How fast weekly topics with their history become rows, in SQLite and in Postgres, beside pandoc's converting.

Each database is measured in a process of its own, so that what one leaves in memory does not count for the other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import pandoc
from tests.benchmarks.corpus import STEPS, write

TOPICS = 1000
EARLY = TOPICS // 4
"""After so many topics memory and queries are looked at for the first time."""


def main() -> int:
    """Print the figures; fail where a promise is broken."""
    other = pandoc.speed(TOPICS)
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), TOPICS, history=True)
        print(f"import of {TOPICS:,} topics of {STEPS} revisions each, database and all")
        for database in ("sqlite", "postgres"):
            environment = os.environ | {"TEST_DATABASE": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
            command = [sys.executable, "-m", __spec__.name, folder]
            run = subprocess.run(command, env=environment, capture_output=True, text=True)
            if run.returncode:
                print(f"{database}: not measured: {run.stderr.strip().splitlines()[-1]}")
                broken |= database == "sqlite"
            else:
                broken |= _show(database, json.loads(run.stdout), other)
    return int(broken)


def _show(database: str, found: dict[str, float], other: float | None) -> bool:
    """Print one database's figures; whether they break a promise."""
    speed, again = TOPICS / found["cpu"], TOPICS / found["again"]
    beside = f"{speed / other:.1f} times pandoc (at least 2)" if other else "pandoc is not installed: no comparison"
    print(f"{database:8} {speed:7.0f} topics/s ({TOPICS / found['wall']:.0f} by the clock)   {beside}")
    print(f"         {again:7.0f} topics/s again, nothing changed   {again / speed:.0f} times as fast (at least 10)")
    rows, growth = found["queries_late"] / found["queries_early"], found["memory_late"] - found["memory_early"]
    print(
        f"         {found['queries_late']:.1f} queries a topic, {rows:.2f} times those of the first {EARLY}; "
        f"{found['memory_late']:.0f} MB, {growth:+.0f} MB since topic {EARLY}"
    )
    return bool((other and speed < 2 * other) or again < 10 * speed or rows > 1.1 or growth > 16)


def measure(folder: Path) -> dict[str, float]:
    """Import a folder into an empty database, twice."""
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from meetings.importer import Importer, series_for_import
    from meetings.importer.sources import sources

    connection.creation.create_test_db(verbosity=0, serialize=False)
    queries = 0

    def counted(execute, sql, params, many, context):
        nonlocal queries
        queries += 1
        return execute(sql, params, many, context)

    figures: dict[str, float] = {}
    with connection.execute_wrapper(counted), _clock(figures, "cpu", "wall"):
        run = Importer(series_for_import("bench"), at=timezone.now())
        for count, source in enumerate(sources([folder]), 1):
            assert run.store(source).outcome == "imported"
            if count == EARLY:
                figures["queries_early"], queries = queries / EARLY, 0
                figures["memory_early"] = _peak()
        figures["queries_late"] = queries / (TOPICS - EARLY)
        run.finish()
        figures["memory_late"] = _peak()
    with _clock(figures, "again", "wall_again"):
        run = Importer(series_for_import("bench"), at=timezone.now())
        assert all(run.store(source).outcome == "unchanged" for source in sources([folder]))
        run.finish()
    connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return figures


@contextmanager
def _clock(figures: dict[str, float], cpu: str, wall: str) -> Iterator[None]:
    """Seconds of this process and of its database's, and of the clock."""
    began, started = _spent(), time.perf_counter()
    yield
    figures[cpu], figures[wall] = _spent() - began, time.perf_counter() - started


def _spent() -> float:
    """Processor seconds so far of this process and, on Postgres, of the one that serves it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        served_by = cursor.fetchone()[0]
    # A process' state: after its name in parentheses the 12th and 13th field are its ticks.
    state = Path(f"/proc/{served_by}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(state[11]) + int(state[12])) / os.sysconf("SC_CLK_TCK")


def _peak() -> float:
    """The most memory that this program ever had, in MB; `getrusage` would count what its parent had."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        sys.exit(main())
