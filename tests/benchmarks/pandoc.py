"""What everything is measured against: pandoc, which merely converts the same topics to HTML."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.benchmarks.corpus import write


@cache
def speed(topics: int) -> float | None:
    """Topics a second of one core's time, all in one process; None where pandoc is not installed."""
    if not shutil.which("pandoc"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder), topics)
        command = ["pandoc", "-f", "twiki", "-t", "html", "--file-scope", *map(str, paths)]
        before = os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
    return topics / (after.children_user + after.children_system - before.children_user - before.children_system)
