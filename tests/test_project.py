"""What holds the project's papers together: each of these would otherwise be forgotten one day."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT

PAPERS = sorted(path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def names_in_settings() -> set[str]:
    return set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", read("config/settings.py")))


def documented() -> set[str]:
    first_column = [line.split("|")[1] for line in read("docs/settings.md").splitlines() if line.startswith("|")]
    return set(re.findall(r"`([A-Z_]+)`", " ".join(first_column)))


def test_every_setting_is_documented():
    assert names_in_settings() - documented() == set()


def test_every_documented_setting_is_read_somewhere():
    elsewhere = read("compose.yaml") + read("Makefile")
    assert {name for name in documented() - names_in_settings() if name not in elsewhere} == set()


def test_the_example_of_an_environment_names_only_settings():
    names = set(re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    assert "SECRET_KEY" in names
    assert names - documented() == set()


def test_a_setting_that_is_wrong_is_said_in_one_line():
    wrong = {"DJANGO_SETTINGS_MODULE": "config.settings", "SITE_URL": "https://example.org", "SECRET_KEY": ""}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | wrong, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Settings: Set SECRET_KEY")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_between_papers_lead_somewhere(paper):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", paper.read_text(encoding="utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_the_readme_names_only_targets_that_exist():
    targets = set(re.findall(r"^([\w.-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)(?:PORT=\d+ )?make ([\w.-]+)", read("README.md"), re.MULTILINE))
    assert {"demo", "test", "lint", "format"} <= named
    assert named - targets == set()


def test_the_changelog_knows_the_version():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## .*\b{re.escape(version)}\b", read("CHANGELOG.md"), re.MULTILINE)


def test_no_secret_is_in_the_compose_file():
    assert re.findall(r"(?i)(?:password|secret\w*): (?!\$\{)\S+", read("compose.yaml")) == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_asks_the_database(path):
    """`.all` of what was fetched ahead is no query; these always are one."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?<!paginator)\.(?:exists|count|latest|earliest)\b|\w_set\b", text) == []
