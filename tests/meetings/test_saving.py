"""Saving beside others: what does not clash is merged, what does is chosen, and every text stays."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from meetings.models import Section, SectionRevision
from tests.conftest import NOW, sign_in

AT = datetime(2026, 11, 17, 22, 3, tzinfo=UTC)  # 16:03 in Chicago


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def address(section) -> str:
    return f"/desk/sections/{section.pk}/"


@pytest.fixture
def clash(section, lead, coordinator, address):
    """Two changed one line; the lead came second, with revision 3, which is set aside."""
    section.write("* one\n* old\n* three", at=NOW, author=lead.user)
    section.write("* one\n* theirs & more\n* three", at=NOW, author=coordinator.user)
    response = lead.post(address, typed("* one!\n* mine\n* three", base=1))
    assert response.status_code == 409
    return response


def typed(body: str, base: int | str = 0, do: str = "draft") -> dict[str, str]:
    return {"body": body, "base": str(base), "do": do}


def chosen(*choices: str, do: str = "draft", theirs: int = 2) -> dict[str, str]:
    return {"do": do, "theirs": str(theirs)} | {f"choice-{n}": choice for n, choice in enumerate(choices)}


def text(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def kept(section: Section) -> list[tuple[object, ...]]:
    """Number, text, base, origin and whether it is aside, of every revision."""
    rows = section.revisions.order_by("number")
    return list(rows.values_list("number", "body", "base__number", "origin", "aside"))


def test_a_stale_save_is_merged_and_says_with_whom(lead, coordinator, section, address):
    section.write("* one\n* two\n* three", at=NOW, author=lead.user)
    section.write("* one\n* two\n* three theirs", at=NOW, author=coordinator.user)
    page = text(lead.post(address, typed("* mine one\n* two\n* three", base=1, do="ready"), follow=True))
    assert "Saved 16:03 CST: ready. Merged with Cora Coordinator’s change." in unescape(page)
    section.refresh_from_db()
    assert section.body == "* mine one\n* two\n* three theirs"
    assert kept(section)[2:] == [
        (3, "* mine one\n* two\n* three", 1, "web", True),
        (4, "* mine one\n* two\n* three theirs", 1, "merge", False),
    ]
    assert set(section.revisions.filter(number__gt=2).values_list("author__username", flat=True)) == {"lea"}
    assert (section.head, section.state) == (4, "ready")


def test_a_merge_of_several_names_them_all(lead, coordinator, superuser, section, address):
    section.write("* 1\n* 2\n* 3\n* 4", at=NOW, author=lead.user)
    section.write("* 1 a\n* 2\n* 3\n* 4", at=NOW, author=coordinator.user)
    section.write("* 1 a\n* 2\n* 3\n* 4 b", at=NOW, author=superuser.user)
    page = text(lead.post(address, typed("* 1\n* 2 mine\n* 3\n* 4", base=1), follow=True))
    assert "Merged with Cora Coordinator’s and root’s changes." in unescape(page)
    section.refresh_from_db()
    assert section.body == "* 1 a\n* 2 mine\n* 3\n* 4 b"


def test_two_windows_of_one_lead_are_two_people(lead, section, address):
    section.write("* 1\n* 2\n* 3", at=NOW, author=lead.user)
    phone = sign_in(lead.user)
    assert lead.post(address, typed("* 1 desktop\n* 2\n* 3", base=1)).status_code == 302
    page = text(phone.post(address, typed("* 1\n* 2\n* 3 phone", base=1), follow=True))
    assert "Merged with your own other change." in page
    assert phone.post(address, typed("* 1 phone\n* 2\n* 3", base=1)).status_code == 409


def test_a_text_that_holds_the_other_one_is_kept_once(lead, coordinator, section, address):
    section.write("* 1\n* 2\n* 3", at=NOW, author=lead.user)
    section.write("* 1\n* 2\n* 3 b", at=NOW, author=coordinator.user)
    lead.post(address, typed("* 1 a\n* 2\n* 3 b", base=1))
    assert kept(section)[2:] == [(3, "* 1 a\n* 2\n* 3 b", 1, "merge", False)]


def test_an_unchanged_stale_text_changes_nothing_but_the_state(lead, coordinator, section, address):
    section.write("* 1", at=NOW, author=lead.user)
    section.write("* 1 b", at=NOW, author=coordinator.user)
    lead.post(address, typed("* 1", base=1, do="ready"))
    section.refresh_from_db()
    assert (section.body, section.state, len(kept(section))) == ("* 1 b", "ready", 2)


def test_nothing_to_report_does_not_hide_what_somebody_wrote(lead, coordinator, section, address):
    section.write("* theirs", at=NOW, author=coordinator.user)
    lead.post(address, typed("", do="nothing"))
    section.refresh_from_db()
    assert (section.body, section.state) == ("* theirs", "draft")


def test_a_clash_shows_both_sides_in_place(clash):
    page = clash.content.decode()
    assert "the same words were changed while you were writing" in text(clash)
    assert page.count("<fieldset>") == 1
    assert "by Cora Coordinator</label>" in text(clash)
    assert "* one!\n" in page.split("<fieldset>")[0]
    assert "* three\n" in page.split("</fieldset>")[1]
    assert "* <mark>mine</mark>" in page
    assert "* <mark>theirs &amp; more</mark>" in page


def test_what_clashed_is_in_the_history_at_once(clash, section):
    section.refresh_from_db()
    assert (section.head, section.body) == (2, "* one\n* theirs & more\n* three")
    assert kept(section)[2] == (3, "* one!\n* mine\n* three", 1, "web", True)


def test_sending_it_again_keeps_it_once(clash, lead, section, address):
    assert lead.post(address, typed("* one!\n* mine\n* three", base=1)).status_code == 409
    assert len(kept(section)) == 3


@pytest.mark.parametrize(
    ("choice", "line"),
    [("ours", "* mine"), ("theirs", "* theirs & more"), ("both", "* theirs & more\n* mine")],
)
def test_choosing(choice, line, clash, lead, section, address):
    response = lead.post(f"{address}clash/3/", chosen(choice, do="ready"))
    assert (response.status_code, response["Location"]) == (302, address)
    section.refresh_from_db()
    assert (section.body, section.state) == (f"* one!\n{line}\n* three", "ready")
    assert kept(section)[3] == (4, section.body, 2, "merge", False)


def test_the_choice_can_be_edited_before_it_is_saved(clash, lead, section, address):
    page = lead.post(f"{address}clash/3/", chosen("both", do="edit")).content.decode()
    assert "* one!\n* theirs &amp; more\n* mine\n* three</textarea>" in page
    assert 'name="base" value="2"' in page
    assert "data-unsaved" in page
    assert len(kept(section)) == 3


def test_the_page_can_be_opened_later_by_another(clash, coordinator, address):
    page = text(coordinator.get(f"{address}clash/3/"))
    assert "while Lea Lead was writing" in page
    assert page.count("<fieldset>") == 1


@pytest.mark.parametrize(
    "form", [chosen(), chosen("neither"), chosen("ours", do=""), chosen("ours", do="burn"), {"do": "draft"}]
)
def test_an_unfinished_choice_is_asked_again(form, clash, lead, section, address):
    response = lead.post(f"{address}clash/3/", form)
    assert response.status_code == 422
    assert "Not saved." in text(response)
    assert ('value="ours" required checked' in text(response)) == (form.get("choice-0") == "ours")
    assert len(kept(section)) == 3


def test_somebody_who_saves_while_one_chooses_is_merged_as_well(clash, lead, coordinator, section, address):
    coordinator.post(address, typed("* one\n* theirs & more\n* three\n* four", base=2))
    lead.post(f"{address}clash/3/", chosen("ours"))
    section.refresh_from_db()
    assert section.body == "* one!\n* mine\n* three\n* four"
    assert kept(section)[4:] == [
        (5, "* one!\n* mine\n* three", 2, "web", True),
        (6, section.body, 2, "merge", False),
    ]


@pytest.mark.parametrize("theirs", ["", "x", "99", "9" * 30, "-1", "²"])
def test_a_choice_from_nothing_known_is_one_from_the_newest(theirs, clash, lead, section, address):
    response = lead.post(f"{address}clash/3/", chosen("ours") | {"theirs": theirs})
    section.refresh_from_db()
    assert (response.status_code, section.body) == (302, "* one!\n* mine\n* three")


@pytest.mark.parametrize("number", [1, 2, 99])
def test_only_a_text_that_was_set_aside_can_be_put_back(number, clash, lead, address):
    assert lead.get(f"{address}clash/{number}/").status_code == 404


def test_every_choice_is_asked_for(lead, coordinator, section, address):
    section.write("1\nx\n2", at=NOW, author=lead.user)
    section.write("1t\nx\n2t", at=NOW, author=coordinator.user)
    page = lead.post(address, typed("1m\nx\n2m", base=1)).content.decode()
    assert re.findall("Choice . of .", page) == ["Choice 1 of 2", "Choice 2 of 2"]
    assert lead.post(f"{address}clash/3/", chosen("ours")).status_code == 422
    lead.post(f"{address}clash/3/", chosen("ours", "both"))
    section.refresh_from_db()
    assert section.body == "1m\nx\n2t\n2m"


def test_a_text_that_was_taken_out_says_so(lead, coordinator, section, address):
    section.write("1\n2", at=NOW, author=lead.user)
    section.write("1\n2 b", at=NOW, author=coordinator.user)
    page = lead.post(address, typed("1", base=1)).content.decode()
    assert "Taken out" in page


def test_an_empty_section_takes_whatever_it_is_based_on(lead, section, address):
    assert lead.post(address, typed("* mine", base=7)).status_code == 302
    assert section.revisions.get().body == "* mine"


def test_a_text_in_the_way_of_a_number_is_passed_over(clash, lead, section, address):
    """Revision 3 was set aside, so the next one is 4 and is based on 2."""
    lead.post(address, typed("* anew", base=2))
    assert kept(section)[3] == (4, "* anew", 2, "web", False)
    section.refresh_from_db()
    assert section.head == 4
    assert SectionRevision.objects.get(section=section, number=section.head).body == section.body
