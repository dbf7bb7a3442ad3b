"""What outsiders read in place of dial-in details: text in, text out."""

from __future__ import annotations

import re
import time
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import markup
from meetings.minutes.hiding import MARKER, hide, hide_words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("All is well.\n\nNo news.", "All is well.\n\nNo news."),
        ("- fine\n  - ring +1 (812) 555-7060\n    - and this stays", "- fine\n  - {}\n    - and this stays"),
        (
            "Two sites are down. Ring me at 812-555-7060. Both are up.",
            "Two sites are down. {} Both are up.",
        ),
        ("https://zoom.us/j/123456789", "{}"),
        ("Join [here](https://zoom.us/j/123456789?pwd=x).\nThe rest", "{}\nThe rest"),
        ("> 1. **Phone: 812-555-7060**", "> 1. {}"),
        ("## CMS (812-555-7060)", "## CMS {}"),
        ("PIN: **231000**#, `PIN` 2310", "{}"),
        ("&#43;1 812 555 7060", "{}"),
        ("\\+1 812\\-555\\-7060", "{}"),
        ("PIN:\n231000", "PIN:\n{}"),
        ("- PIN:\n\n  231000", "- PIN:\n\n  {}"),
        ("ring 812-555-\n7060 today", "{}\n{}"),
        ("| who | phone |\n|---|---|\n| Tim | 555-123-4567 |", "| who | phone |\n|---|---|\n| Tim | {} |"),
        ("| who | PIN |\n|---|---|\n| Tim | 4711 |", "| who | PIN |\n|---|---|\n| Tim | {} |"),
        ("| PIN | 4711 | 250 jobs |", "| PIN | {} | 250 jobs |"),
        ("| jobs | 250 | 340 | 1200 |", "| jobs | 250 | 340 | 1200 |"),
        ("Conf. ID 12345678. Phone 812-555-7060.", "{}"),
        ("**Ring. 812-555-7060** now", "{}"),
        ("[call]: https://zoom.us/j/123456789\nSee [the call][call].", "{}\nSee [the call][call]."),
    ],
)
def test_the_least_around_a_secret_gives_way(typed, read):
    assert hide(typed) == read.replace("{}", MARKER)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Tim (555-123-4567)", "Tim {}"), ("+1 812 555 7060", "{}"), ("Rob Q.", "Rob Q."), ("", "")],
)
def test_names(typed, read):
    assert hide_words(typed) == read.replace("{}", MARKER)


def test_what_is_hidden_stays_as_it_is():
    once = hide("- ring +1 (812) 555-7060, PIN 231000#\n- fine")
    assert hide(once) == once


@pytest.mark.parametrize("many", ["- ", "> ", "| - ", "(", "[x](", "a\n", "PIN:\n", "1 ", "<b "])
def test_a_strange_text_is_read_in_no_time(many):
    before = perf_counter()
    hide(f"{many * 20_000}x")
    assert perf_counter() - before < 5


SECRETS = ("+1 812 555 7060", "812-555-7060", "PIN: 231000#", "https://zoom.us/j/123456789", "password is grid4ever")
AROUND = st.sampled_from(
    "- ;  - ;\n;\n\n;> ;1. ;| ; |;**;_;`; (;) ;. ;, ;## ;    ;```\n;<b>;</b>;\n|---|---|\n;PIN;:;fine;All is well"
    ";[here](https://example.org/x);250 jobs".split(";")
)


@given(st.lists(AROUND, max_size=8), st.sampled_from(SECRETS), st.lists(AROUND, max_size=8))
def test_wherever_a_secret_stands_it_is_not_shown(before, secret, after):
    shown = markup.render(hide(f"{''.join(before)} {secret} {''.join(after)}"))
    assert not re.search(r"7060|231000|123456789|grid4ever", shown)


def test_time_is_linear():
    def cost(times: int) -> float:
        text = "password .   * https://zoom.us/j/" * times
        began = time.process_time()
        hide(text)
        return time.process_time() - began

    assert min(cost(4000) for _ in range(3)) < 1
