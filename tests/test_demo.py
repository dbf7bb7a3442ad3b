"""`manage.py demo`, as people meet it first: from nothing to a page, and again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.conftest import ROOT
from tests.servers import free_port

PATIENCE = 90


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "REDIS_URL": "",
        "PYTHONUNBUFFERED": "1",
    }


def command(port: int | str) -> list[str]:
    return [sys.executable, "manage.py", "demo", "--port", str(port)]


@contextmanager
def demo(folder: Path, port: int) -> Iterator[Path]:
    """A demo that runs for as long as the block does; what it prints is in the file."""
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(command(port), cwd=ROOT, env=environment(folder), stdout=output, stderr=output)
    try:
        yield said
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def page(port: int, path: str) -> str:
    """A page, as soon as somebody serves it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
                return str(response.read().decode())
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_a_demo_shows_the_newest_week_and_keeps_what_was_typed(tmp_path):
    port = free_port()
    with demo(tmp_path, port) as said:
        assert "17 November 2026" in page(port, "/")
        first = said.read_text()
    assert f"http://127.0.0.1:{port}/desk/" in first
    assert "coordinator" in first
    assert "Traceback" not in first

    renamed = ["shell", "-c", "from meetings.models import Series; Series.objects.update(title='Typed in')"]
    subprocess.run([sys.executable, "manage.py", *renamed], cwd=ROOT, env=environment(tmp_path), check=True, timeout=60)
    with demo(tmp_path, port) as said:
        assert "Typed in" in page(port, "/")
        assert "Loading" not in said.read_text()


@pytest.mark.parametrize("wanted", ["taken", "0", "70000", "http"])
def test_a_port_that_cannot_be_had_is_said_in_one_line(wanted):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1]) if wanted == "taken" else wanted
        with pytest.raises(CommandError) as refused:
            call_command("demo", port=port)
    said = str(refused.value)
    assert port in said
    assert "PORT=" in said
    assert "\n" not in said
