import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meetings import documents, minutes, twiki
from meetings.documents import plaintext
from meetings.minutes.hiding import MARKER
from meetings.minutes.names import spaced
from tests.meetings import shapes, words
from tests.meetings.textcases import load

CASES = Path(__file__).parent / "cases"
FIXTURES = Path(__file__).parents[2] / "fixtures"
PAGES = sorted((*FIXTURES.glob("twiki/*.txt"), *FIXTURES.glob("documents/*.txt")))
DAY = shapes.DAY

PAGE = """%META:TOPICINFO{author="MaudLane" date="1351627320" format="1.1" version="1.10"}%
-- Main.WimDeBoer - 09 Oct 2012
---++ Coordinates
   * 4:00 PM Eastern
   * Phone: +1-906-555-0142, 417203#
---++ Announcements
   * New form
---++ Action/Significant Items:
   *\x20
---++ Attendees: Maud, Wim
---++ CMS (Tony & Xin)
   * 341 khour/day
---+++ Tier 1
   * fine
---++ Atlas (Armen)
   * General status
      *\x20
---++ Security
   * Nothing to report.
---++ Software

---++ The full report with links is available at https://wiki.example.org/Weekly
"""


def read(text, name="Weekly", on=None, areas=None):
    page = twiki.parse(text, name)
    return minutes.read(page, series="production", zone=shapes.ZONE, on=on, areas=areas)


def section(found, heading):
    return next(one for one in found.sections if one.heading == heading)


@pytest.mark.parametrize(("text", "expected"), load(CASES / "headings.txt"))
def test_what_a_heading_means(text, expected):
    assert shapes.headings(text) == expected


@pytest.mark.parametrize(("text", "expected"), load(CASES / "rolls.txt"))
def test_who_was_there(text, expected):
    assert shapes.roll(text) == expected


@pytest.mark.parametrize(("text", "expected"), load(CASES / "actions.txt"))
def test_what_is_to_be_done(text, expected):
    assert shapes.actions(text) == expected


def test_a_page_whole():
    found = read(PAGE)
    assert (found.series, found.date, found.date_source) == ("production", date(2012, 10, 30), "topicinfo")
    assert (found.author, found.created_by, found.revision) == ("Maud Lane", "Wim De Boer", 10)
    assert found.saved_at == datetime(2012, 10, 30, 20, 2, tzinfo=UTC)
    assert found.coordinates == "- 4:00 PM Eastern\n- Phone: +1-906-555-0142, 417203#"
    assert [person.name for person in found.attendees] == ["Maud", "Wim"]
    assert [(one.kind, one.area, one.heading, one.leads, one.state, one.line) for one in found.sections] == [
        ("announcements", None, "Announcements", (), "ready", 6),
        ("items", None, "Action/Significant Items", (), "missing", 8),
        ("area", "cms", "CMS", ("Tony", "Xin"), "ready", 11),
        ("area", "atlas", "Atlas", ("Armen",), "ready", 15),
        ("area", "security", "Security", (), "nothing", 18),
        ("area", "software", "Software", (), "missing", 20),
    ]
    assert section(found, "CMS").body == "- 341 khour/day\n\n### Tier 1\n\n- fine"
    assert section(found, "Security").body == "- Nothing to report."
    assert [(problem.line, problem.level) for problem in found.problems] == [
        (2, "note"),
        (3, "note"),
        (10, "note"),
        (22, "note"),
    ]


def test_the_json_is_what_the_design_promises():
    made = json.loads(json.dumps(minutes.as_json(read(PAGE + "---++ Actions\n   * Tony: do it by 2012-11-06\n"))))
    assert list(made) == [
        "schema", "series", "date", "date_source", "author", "created_by", "revision", "saved_at", "coordinates",
        "attendees", "sections", "actions", "problems",
    ]  # fmt: skip
    assert (made["schema"], made["date"], made["saved_at"]) == (
        "opsminutes/1",
        "2012-10-30",
        "2012-10-30T20:02:00+00:00",
    )
    assert made["attendees"][0] == {"name": "Maud", "affiliation": None, "initials": None, "status": "present"}
    assert made["sections"][2] == {
        "kind": "area",
        "area": "cms",
        "heading": "CMS",
        "leads": ["Tony", "Xin"],
        "state": "ready",
        "body": "- 341 khour/day\n\n### Tier 1\n\n- fine",
        "line": 11,
    }
    assert made["actions"] == [
        {
            "number": None,
            "text": "do it by 2012-11-06",
            "owners": ["Tony"],
            "due": "2012-11-06",
            "status": "open",
            "note": "",
            "parent": None,
        }
    ]
    assert set(made["problems"][0]) == {"line", "level", "message"}


def test_an_undated_page_says_what_to_do():
    found = read("---++ CMS\n   * fine\n")
    assert (found.date, found.date_source) == (None, None)
    assert [(one.level, "--date YYYY-MM-DD" in one.message) for one in found.problems] == [("error", True)]
    assert read("---++ CMS\n   * fine\n", on=DAY).problems == ()


def test_the_areas_of_a_series_win_over_the_well_known():
    text = "---++ Tape Robots\n---++ CMS\n---++ Tape robots 2\n"
    found = read(text, on=DAY, areas={"tape robots": "tape", "Cms": "cms-nl"})
    assert [one.area for one in found.sections] == ["tape", "cms-nl", None]
    assert [one.kind for one in found.sections] == ["area", "area", "other"]


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("", "missing"),
        ("   * \n   * \n", "missing"),
        ("---+++ Last week\n---+++ This week\n   * \n", "missing"),
        ("   * Status:\n      * \n   * Issues:\n", "missing"),
        ("| *Name* | *Date* |\n", "missing"),
        ("NTR\n", "nothing"),
        ("   * No report this week.\n", "nothing"),
        ("N/A\n", "nothing"),
        ("None, but for one disk\n", "ready"),
        ("   * Status: fine\n", "ready"),
        ("%ATTACHURL%/plot.png\n", "ready"),
        ('<img src="https://example.org/plot.png">\n', "ready"),
    ],
)
def test_the_state_of_a_section(body, state):
    assert section(read(f"---++ CMS\n{body}", on=DAY), "CMS").state == state


def test_headings_and_labels_of_an_unfilled_section_are_kept():
    found = read("---++ CMS\n---+++ Last week\n   * \n   * Issues:\n", on=DAY)
    assert section(found, "CMS").body == "### Last week\n\n-\n- Issues:"


def test_a_heading_can_say_that_there_is_nothing_to_report():
    states = [section(read(f"---++ {text}\n", on=DAY), heading).state for text, heading in [
        ("CMS (Tony) - nothing to report", "CMS - nothing to report"),
        ("CMS (Tony; no report)", "CMS (no report)"),
        ("CMS (Tony) - new disks", "CMS - new disks"),
    ]]  # fmt: skip
    assert states == ["nothing", "nothing", "missing"]


def test_a_deeper_heading_of_another_area_is_noted_and_stays():
    text = "---++ CMS (Tony)\nfine\n---+++ Atlas (Xin)\ngood\n---+++ Last week\n---+++ CMS (Tony)\n---++ Security\n"
    found = read(text, on=DAY)
    assert [one.heading for one in found.sections] == ["CMS", "Security"]
    assert "Atlas (Xin)" in section(found, "CMS").body
    assert [(one.line, one.level) for one in found.problems] == [(3, "note")]
    assert "“Atlas (Xin)” is read as a part of “CMS”" in found.problems[0].message


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("---+ Production\n---++ CMS\n---++ Atlas\n", ["CMS", "Atlas"]),
        ("---+ CMS\n---+ Atlas\n---++ Status\n---++ Issues\n", ["CMS", "Atlas"]),
        ("---+++ CMS\n---+++ Atlas\n---++++ Tier 2\n", ["CMS", "Atlas"]),
        ("---++ Reports\n---+++ CMS\n---+++ Atlas\n---++ Other\nwords\n", ["CMS", "Atlas", "Other"]),
        ("---+ Call\nwords\n---++ CMS\n---++ Atlas\n", ["Call", "CMS", "Atlas"]),
        ("---+ Round (Tony)\n---++ CMS\n---++ Atlas\n", ["Round", "CMS", "Atlas"]),
        ("words\n---++ CMS\n---++ Atlas\n", ["Introduction", "CMS", "Atlas"]),
        ("words\n", ["Introduction"]),
    ],
)
def test_which_level_of_headings_begins_a_section(text, headings):
    assert [one.heading for one in read(text, on=DAY).sections] == headings


@pytest.mark.parametrize(
    "text",
    [
        "   * Phone: +1-906-555-0142, PIN 417203#\n---++ CMS\nfine\n",
        "4:00 PM Eastern\n\n(Toll): 906-555-0142\n\nPIN: 417 203\n---++ CMS\nfine\n",
        "---+ Call\n   * Join: https://example.zoom.us/j/417203\n---++ CMS\nfine\n---++ Atlas\n",
        "---++ Dial-in\n417203\n---++ CMS\nfine\n",
        "---++ Call +1 906-555-0142, PIN 417203\n---++ CMS\nfine\n",
        "---++ CMS\n   * fine\n   * call us on +1 906-555-0142, passcode 417203\n",
        "Attendees: Tim, +1 906-555-0142 417203#\n---++ CMS\nfine\n",
        "---++ CMS\nfine\n---++ Next\nsame number: 1-906-555-0142, code 4170000\n",
        "---++ Attendees\n   * Tim\n   * by phone: +1 906-555-0142 417203#\n---++ CMS\nfine\n",
        "---++ Action Items\n   * Tim: dial (906) 555-0142, code 417203#\n---++ CMS\nfine\n",
    ],
)
def test_dial_in_details_are_in_the_coordinates_and_nowhere_else(text):
    found = read(text, on=DAY)
    shown = minutes.as_json(found)
    hidden = shown.pop("coordinates")
    assert "417" in hidden
    assert "417" not in json.dumps(shown)
    assert "0142" not in json.dumps(shown)
    assert section(found, "CMS").body.replace(f"\n- {MARKER}", "").strip("- ") == "fine"


@pytest.mark.parametrize(
    "line",
    [
        "10,826,344 hours, 781844.0 of them (727948.8 / 53895.2 = 93.1%)",
        "see OSG-SEC-2012-10-26 and ticket 68768, or https://example.org/?id=906-555-0142",
        "host 129.79.53.21 is down since 2017-01-30",
        "a conference call on 2012-10-30 about 1200 jobs, ticket #12345",
        "RHEL 3 - 5, 58-65K slots, 1/31-2/6",
    ],
)
def test_numbers_that_are_no_telephone_stay(line):
    found = read(f"---++ CMS\n{line}\n", on=DAY)
    assert found.coordinates is None
    assert section(found, "CMS").state == "ready"


MORE = "---++ ATLAS\n   * fine\n"


@pytest.mark.parametrize(
    ("page", "body"),
    [
        (
            "   * Sites\n      * KIT is up\n      * ring 630-555-0142\n         * not on Friday\n   * No news\n",
            "- Sites\n  - KIT is up\n  - {}\n    - not on Friday\n- No news",
        ),
        ("Two holes were closed. One is open. Call Ann at 630-555-0142.\n", "Two holes were closed. One is open. {}"),
        ("Two holes.\nPhone: 630-555-0142\nNo more.\n", "Two holes.\n{}\nNo more."),
        ("Ask Ann (630-555-0142) about *all* of it.\n", "Ask Ann {} about **all** of it."),
        ("The room is [[https://zoom.us/j/55501][here]].  All is well.\n", "{}  All is well."),
        ("| *Who* | *Phone* |\n| Ann | 630-555-0142 |\n| Tim | none |\n", "| Ann | {} |\n| Tim | none |"),
        ("   $ Ann: 630-555-0142\n   $ Tim: is away\n", "{}"),
        ("<pre>\nmeasured  12\ndial      630-555-0142\n</pre>\n", "measured  12\n{}"),
        ("---+++ Calls (630-555-0142)\n   * all quiet\n", "### Calls {}\n\n- all quiet"),
        ("   * call 630-555-0142\n", "- {}"),
    ],
)
def test_only_what_is_secret_goes_out_of_a_section(page, body):
    found = read(f"---++ Security (Mine)\n{page}{MORE}", on=DAY)
    security = section(found, "Security")
    assert body.replace("{}", MARKER) in security.body
    assert (security.leads, security.state) == (("Mine",), "ready")
    assert re.search(r"0142|zoom\.us/j/55501", found.coordinates or "")
    assert not re.search(r"0142|zoom\.us", str(replace(found, coordinates="")))


@pytest.mark.parametrize(
    ("heading", "name", "leads"),
    [
        ("CMS (Tony 630-555-0142)", "CMS", ("Tony",)),
        ("CMS (Tony, Xin: phone 630-555-0142)", "CMS", ("Tony", "Xin")),
        ("CMS (630-555-0142)", "CMS", ()),
        ("CMS 630-555-0142", "CMS", ()),
        ("[[https://zoom.us/j/5550142][CMS]] (Tony)", "CMS", ("Tony",)),
        ("Any other business (ring Ann at 630-555-0142)", "Any other business", ()),
        ("Atlas (Armen), Zoom ID: 555 014 2770", "Atlas", ("Armen",)),
    ],
)
def test_a_heading_with_somebodys_number_is_still_a_heading(heading, name, leads):
    found = read(f"---++ {heading}\n   * all is well\n{MORE}", on=DAY)
    one = section(found, name)
    assert (one.leads, one.body, one.state) == (leads, "- all is well", "ready")
    assert re.search("0142|014 2770", found.coordinates or "")
    assert not re.search("0142|014 2770", str(replace(found, coordinates="")))


@pytest.mark.parametrize(
    "roll",
    [
        "---++ Attendees: Tim (630-555-0142), Brian\n",
        "---++ Attendees: Tim 630-555-0142, Brian\n",
        "---++ Attendees\nTim (630-555-0142), Brian\n",
        "---++ Attendees\n   * Tim, 630-555-0142\n   * Brian\n",
        "---++ Attendees\n   * Tim (phone: 630-555-0142)\n   * Brian\n",
        "---++ Attendees\n| Tim | 630-555-0142 |\n| Brian | |\n",
        "Attendees: Tim 630-555-0142, Brian\n",
        "---++ Attendees: Tim (FNAL, 630-555-0142), Brian\n",
        "---++ Attendees\n   * Tim (630-555-0142, FNAL)\n   * Brian: 630-555-0142\n",
    ],
)
def test_a_number_in_the_roll_leaves_everybody_on_it(roll):
    found = read(f"{roll}---++ CMS\n   * fine\n{MORE}", on=DAY)
    assert [one.name for one in found.attendees] == ["Tim", "Brian"]
    assert "0142" in (found.coordinates or "")
    assert "0142" not in str(replace(found, coordinates=""))


def test_an_action_with_a_number_to_ring_keeps_its_own():
    found = read("---++ Action Items\n   * 75: Tim: ring 630-555-0142, due 2020-02-01\n", on=DAY)
    [action] = found.actions
    assert (action.number, action.owners) == ("75", ("Tim",))
    assert "2020" in str(action)
    assert MARKER in str(action)


def test_a_form_is_kept_in_notes():
    page = '---++ CMS\nfine\n%META:FORM{name="CallForm"}%\n%META:FIELD{name="Chair" title="Chair" value="Maud Lane"}%\n'
    found = read(page, on=DAY)
    assert [one.message for one in found.problems] == [
        "the topic's form: “CallForm”",
        "the topic's form: “Chair” is “Maud Lane”",
    ]
    assert section(found, "CMS").body == "fine"


@pytest.mark.parametrize("top", [1, 2, 3])
def test_headings_in_a_section_are_below_it_whatever_level_the_page_begins_with(top):
    text = "".join(
        f"---{'+' * (top + deeper)} {name}\n   * x\n" for name, deeper in (("CMS", 0), ("Tapes", 1), ("New", 2))
    )
    found = read(text + f"---{'+' * top} ATLAS\n   * x\n")
    assert section(found, "CMS").body == "- x\n\n### Tapes\n\n- x\n\n#### New\n\n- x"


def test_a_bold_line_heads_only_what_is_below_it():
    found = read("*CMS*\n\nfine\n\n*no meeting next week*\n", on=DAY)
    assert [(one.heading, one.body) for one in found.sections] == [("CMS", "fine\n\n**no meeting next week**")]


def test_the_footer_of_a_mail_is_no_section():
    found = read(
        "---++ CMS\nfine\n\nThe full report with links is available at https://wiki.example.org/Weekly\n", on=DAY
    )
    assert section(found, "CMS").body == "fine"
    assert "https://wiki.example.org/Weekly" in found.problems[0].message


def test_a_footer_with_text_below_is_a_section_after_all():
    found = read("---++ CMS\nfine\n---++ Full report is available at https://example.org/x\nand more\n", on=DAY)
    assert [one.heading for one in found.sections] == ["CMS", "Full report is available at https://example.org/x"]


def test_a_link_in_a_heading_is_kept():
    found = read("---++ [[https://example.org/cms][CMS]] (Tony)\nfine\n", on=DAY)
    assert (found.sections[0].heading, found.sections[0].area) == ("CMS", "cms")
    assert "https://example.org/cms" in found.problems[0].message


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("-- Main.MaudLane - 09 Oct 2012\n---++ CMS\nfine\n", "fine"),
        ("---++ CMS\nfine\n\n-- Main.MaudLane - 09 Oct 2012\n", "fine"),
        ("---++ CMS\nfine\n-- [[Main.MaudLane][Maud]] - 09 Oct 2012\n", None),
    ],
)
def test_the_signature_is_the_first_or_the_last_line(text, body):
    found = read(text, on=DAY)
    assert found.created_by == "Maud Lane"
    assert "09 Oct 2012" in found.problems[0].message
    assert body is None or section(found, "CMS").body == body


def test_a_signature_inside_is_text():
    found = read("---++ CMS\nfine\n\n-- Main.MaudLane - 09 Oct 2012\n\nmore\n", on=DAY)
    assert found.created_by is None
    assert "09 Oct 2012" in section(found, "CMS").body


def test_the_words_of_a_heading_over_the_way_in_are_kept():
    found = read(
        "---+ [[https://example.org/room][Room]] (Tony)\ncall 1-906-555-0142\n---++ CMS\n---++ Atlas\n", on=DAY
    )
    assert "https://example.org/room" in found.coordinates
    assert found.problems[0].message == "“Room, Tony” is kept for members only"


def test_a_guest_is_nobody():
    info = '%META:TOPICINFO{author="TWikiGuest" date="1351627320" format="1.1" version="1.1"}%\n'
    assert read(info + "-- Main.TWikiGuest - 30 Oct 2012\n---++ CMS\nfine\n").author is None


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_word_of_a_sample_is_lost(path):
    data = path.read_bytes()
    found = minutes.read(documents.read_page(data, path.name), series="production", zone=shapes.ZONE)
    assert found.sections
    assert not [problem for problem in found.problems if problem.level == "error"]
    assert words.lost(data.decode(), minutes.as_json(found)) == {}


def test_the_count_of_words_can_fail():
    found = minutes.as_json(read(PAGE))
    assert words.lost(PAGE, found) == {}
    found["sections"] = found["sections"][:3]
    lost = {"General", "status", "Nothing", "to", "Atlas", "Armen", "Security", "Software"}
    assert set(words.lost(PAGE, found)) == lost


PIECES = st.sampled_from(
    [
        "---++ ", "---+ ", "   * ", "      * ", "\n", "\n", "Attendees", "Apologies: ", "CMS", " (Tony & Xin)", "79 - ",
        "and children", "Tim, ", "Rob Q.", "(DH)", ": ", "closed", "by Nov 13", "+1 906-555-0142", "PIN 4172#",
        "Coordinates",
        "Action Items", "The full report is available at ", "https://example.org/x", " [[", "]] ", "|", "(", ")", "- ",
        "1. ", "-- Main.MaudLane - 09 Oct 2012\n",
        '%META:TOPICINFO{author="MaudLane" date="1351627320" version="1.4"}%\n',
        "[bookmark: _Toc1]", "Present: ", "=====\n", "&amp;", "é", "\t", "\xa0", "*", "_", "<br>",
        "*Present:* ", "Remote: ", "BNL (", ",",
        "words of a sentence", "; BNL: ", " - ", "+ ", "@", "?", "2. ", " (apologies: ", "and apologies from ",
        "AOB\n", "Xin", "/", "CMS - Tony", "[Tony]", "14 and 15 - ", "---+++ ",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.booleans())
@example("---++ Attendees: Tim (Fermilab), Tim (CERN), and\n", False)
def test_nothing_raises_and_no_word_of_the_blocks_is_lost(text, typed):
    page = plaintext.parse(text, "x") if typed else twiki.parse(text, "x")
    kept = words.of_json(minutes.as_json(shapes.read(page)))
    lost = words.of_blocks(page.blocks) - kept
    assert {word for word in lost if not set(spaced(word).split()) <= set(kept)} <= words.CONNECTING
