"""Throw-away Postgres and Redis for tests that talk to the real thing.

TEST_POSTGRES_URL and TEST_REDIS_URL name servers that are there already: a Postgres user that may create databases,
and a Redis whose databases may be emptied. Without them a server is started from the programs that the machine has,
on a free port of 127.0.0.1, in a folder that goes away with it. Where there are none either, `NoServiceError` says so;
the tests are then skipped, or fail where REQUIRE_SERVICES is set (as in CI), so that nothing is left out unseen.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import psycopg2
import pytest
import redis

START_SECONDS = 30
STOP_SECONDS = 10


class NoServiceError(Exception):
    """A program that a test needs is not on this machine, or does not start."""


def unavailable(reason: str) -> NoReturn:
    """Skip the test for a reason, or fail it where the machine was said to have everything."""
    if os.environ.get("REQUIRE_SERVICES"):
        pytest.fail(f"REQUIRE_SERVICES is set, and {reason}")
    pytest.skip(reason)


def program(name: str) -> str | None:
    """Where a program is; Debian keeps those of Postgres outside the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    return shutil.which(name) or (str(versions[-1]) if versions else None)


def postgres() -> str:
    """The address of a Postgres, started where needed; the same one in every process of a run."""
    if "TEST_POSTGRES_URL" not in os.environ:
        os.environ["TEST_POSTGRES_URL"] = _start_postgres()
    return os.environ["TEST_POSTGRES_URL"]


def redis_server() -> str:
    """The address of a Redis without its database number, started where needed."""
    if "TEST_REDIS_URL" not in os.environ:
        os.environ["TEST_REDIS_URL"] = _start_redis()
    return os.environ["TEST_REDIS_URL"].rstrip("/")


def _start_postgres() -> str:
    server, initdb = program("postgres"), program("initdb")
    if not server or not initdb:
        raise NoServiceError("there is no Postgres here: install it, or set TEST_POSTGRES_URL")
    account = _unprivileged()
    folder = _folder(account)
    made = subprocess.run(
        [initdb, "-D", folder / "data", "-U", "opsminutes", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd=folder,
        user=account,
        capture_output=True,
        text=True,
        timeout=2 * START_SECONDS,
    )
    if made.returncode:
        raise NoServiceError(f"Postgres could not be set up: {made.stderr.strip()}")
    port = free_port()
    url = f"postgres://opsminutes@127.0.0.1:{port}/postgres"
    options = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60"]
    _start(
        [server, "-D", f"{folder}/data", "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
        + [part for option in options for part in ("-c", option)],
        lambda: psycopg2.connect(url, connect_timeout=2).close(),
        folder=folder,
        account=account,
    )
    return url


def _start_redis() -> str:
    server = program("redis-server")
    if not server:
        raise NoServiceError("there is no Redis here: install it, or set TEST_REDIS_URL")
    folder, port = _folder(None), free_port()
    url = f"redis://127.0.0.1:{port}"
    options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no", "--databases": "64"}
    _start(
        [server, *(part for option in options.items() for part in option)],
        lambda: redis.Redis.from_url(url, socket_timeout=2).ping(),
        folder=folder,
        account=None,
    )
    return url


def _start(command: list[str], answers: Callable[[], object], *, folder: Path, account: str | None) -> None:
    """Start a server and come back when it answers; it ends, and its folder goes, with this process."""
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, user=account, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    atexit.register(_stop, process)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answers()
        except (psycopg2.OperationalError, redis.RedisError, OSError):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace").strip().splitlines()[-3:]
                raise NoServiceError(f"{Path(command[0]).name} does not start: {' / '.join(said)}") from None
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server: SIGINT tells both not to wait until everybody has left."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


def _unprivileged() -> str | None:
    """Postgres refuses to run as root: somebody else to run it as, or None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _folder(account: str | None) -> Path:
    """A folder for one server, owned by whom it runs as."""
    folder = Path(tempfile.mkdtemp(prefix="opsminutes-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if account:
        shutil.chown(folder, account)
    return folder


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
