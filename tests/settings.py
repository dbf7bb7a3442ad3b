"""The settings under test: those of `config/settings.py`, away from whatever the environment or `.env` says.

The suite runs on SQLite and without Redis; with TEST_DATABASE=postgres it runs on Postgres with Redis as its cache,
on servers that `tests/servers.py` finds or starts. Tasks run at once on both, as a rolled-back test has nothing that
a worker could see; the tests marked `services` start a real worker.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import servers

TEMP = Path(tempfile.mkdtemp(prefix="opsminutes-test-"))
atexit.register(shutil.rmtree, TEMP, ignore_errors=True)
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _where() -> dict[str, str]:
    """Addresses of the database and of Redis for this process."""
    match os.environ.get("TEST_DATABASE", "sqlite"):
        case "sqlite":
            return {"DATABASE_URL": f"sqlite:///{TEMP}/main.sqlite3", "REDIS_URL": ""}
        case "postgres":
            return {"DATABASE_URL": servers.postgres(), "REDIS_URL": f"{servers.redis_server()}/{WORKER}"}
        case other:
            raise SystemExit(f"TEST_DATABASE is {other!r}; it may be sqlite or postgres.")


try:
    os.environ.update(_where())
except servers.NoServiceError as error:
    raise SystemExit(f"The suite cannot run on Postgres and Redis: {error}") from None
os.environ |= {
    "DEBUG": "false",
    "SECRET_KEY": "for tests only",
    "SITE_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "EMAIL_URL": "memorymail://",
    "OIDC_SERVER": "",
    "MEDIA_ROOT": str(TEMP / "media"),
    "STATIC_ROOT": str(TEMP / "not-collected"),
    "LOG_LEVEL": "WARNING",
}

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# A file, not memory: the threads of a live server then have connections of their own, as in production.
DATABASES["default"]["TEST"] = {
    "NAME": str(TEMP / "test.sqlite3") if os.environ["DATABASE_URL"].startswith("sqlite") else f"test_{os.getpid()}"
}
CELERY_TASK_ALWAYS_EAGER = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
