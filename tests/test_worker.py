"""Publishing through a real worker, on Postgres and Redis: what tests in one transaction cannot show."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from config.celery import app
from tests.conftest import ROOT

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("services")]

PAGE = "fixtures/twiki/October13,2026ProductionMeeting.txt"
PATIENCE = 60
#: A number that the suite's own caches do not reach.
QUEUE = 40


class Site:
    """An installation of its own: a new database, an empty queue."""

    def __init__(self, database_url: str, queue_url: str) -> None:
        self.database_url = database_url
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url,
            "REDIS_URL": queue_url,
            "LOG_LEVEL": "INFO",
        }

    def manage(self, *arguments: str, **environment: str) -> str:
        """What a command of manage.py prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def reports(self) -> list[tuple[str, bool]]:
        """(state, whether there is a page) of every report."""
        with closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT state, html <> '' FROM reports_weeklyreport ORDER BY id")
            return list(cursor.fetchall())

    @contextmanager
    def worker(self, log: os.PathLike[str]) -> Iterator[None]:
        """A worker that runs for as long as the block does."""
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app=config", "worker", "--pool=solo", "--loglevel=INFO"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(15)


@pytest.fixture
def site(postgres_url, redis_url) -> Iterator[Site]:
    name = f"opsminutes_worker_{os.getpid()}"
    queue_url = f"{redis_url}/{QUEUE}"
    redis.Redis.from_url(queue_url).flushdb()
    with closing(psycopg2.connect(postgres_url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE {name}")
        site = Site(urlsplit(postgres_url)._replace(path=f"/{name}").geturl(), queue_url)
        site.manage("migrate", "--verbosity=0")
        yield site
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_worker_renders_what_was_published(site, tmp_path):
    log = tmp_path / "worker.log"
    with site.worker(log):
        site.manage("import_minutes", PAGE, "--series=production", "--publish")
        deadline = time.monotonic() + PATIENCE
        while site.reports() != [("rendered", True)] and time.monotonic() < deadline:
            time.sleep(0.1)
    assert site.reports() == [("rendered", True)], log.read_text()
    assert "reports.tasks.render_report" in log.read_text()


def test_nothing_is_lost_while_redis_is_down(site):
    nowhere = "redis://127.0.0.1:1/0"
    site.manage("import_minutes", PAGE, "--series=production", "--publish", REDIS_URL=nowhere)
    assert site.reports() == [("pending", False)]
    site.manage("run_due", REDIS_URL=nowhere)
    assert site.reports() == [("rendered", True)]


def test_what_the_beat_sends_is_a_task_that_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled
    assert scheduled <= set(app.tasks)
