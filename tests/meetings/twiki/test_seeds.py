"""Real pages, where they are at hand: no word of theirs is lost, and every block lies on its lines."""

import re
from pathlib import Path

import pytest

from meetings.twiki import parse
from tests.meetings.twiki.test_properties import shown

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
PAGES = sorted(SEEDS.glob("production-*.txt"))


@pytest.mark.skipif(not PAGES, reason="the seeds are not beside this checkout")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_word_is_kept(path):
    source = path.read_text(encoding="utf-8")
    page = parse(source, path.stem)
    kept = shown(page.blocks)
    body = re.sub(r"^%META:.*$|%TABLE\{.*\}%|<[^>]*>|&\w+;|%ATTACHURL%", " ", source, flags=re.MULTILINE)
    assert [word for word in re.findall(r"\w+", body) if word not in kept] == []


@pytest.mark.skipif(not PAGES, reason="the seeds are not beside this checkout")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_blocks_lie_on_their_lines(path):
    page = parse(path.read_bytes(), path.stem)
    ends = [0]
    for block in page.blocks:
        assert ends[-1] < block.line <= block.end_line <= len(page.lines)
        assert page.lines[block.line - 1].strip()
        ends.append(block.end_line)
