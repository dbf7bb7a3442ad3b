"""Style sheets and scripts as they are served for real: collected, hashed, and kept for ever."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

LOOK = """
from django.test import Client
from django.templatetags.static import static
import django
django.setup()
for page in ("/accounts/login/", static("css/opsminutes.css")):
    response = Client().get(page, headers={"host": "localhost"})
    print(response.status_code, page, response.get("Cache-Control"))
"""


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "REDIS_URL": "",
        "STATIC_ROOT": str(tmp_path / "static"),
    }


def run(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_pages_and_files_are_served_before_and_after_collecting(environment):
    run("manage.py", "migrate", "--verbosity=0", environment=environment)
    before = run("-W", "error::UserWarning", "-c", LOOK, environment=environment).splitlines()
    run("manage.py", "collectstatic", "--no-input", "--verbosity=0", environment=environment)
    after = run("-c", LOOK, environment=environment).splitlines()
    assert [line.split()[0] for line in before + after] == ["200"] * 4
    assert "max-age=315360000" in after[1]
    assert before[1].split()[1] != after[1].split()[1]
