"""Autosaves that nobody will miss, a month later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from meetings.models import SectionRevision
from meetings.saving import Clash, restore, save
from meetings.thinning import thin
from tests.conftest import NOW

LATER = NOW + timedelta(days=31)


def left(section) -> list[int]:
    return list(section.revisions.order_by("number").values_list("number", flat=True))


def autosave(section, user, *minutes: float) -> None:
    for minute in minutes:
        section.write(f"* text at {minute} by {user}", at=NOW + timedelta(minutes=minute), author=user)


def test_the_last_text_of_each_sitting_stays(lead, section):
    autosave(section, lead.user, 0, 1, 2, 45, 46)
    assert thin(at=LATER) == 3
    assert left(section) == [3, 5]
    section.refresh_from_db()
    assert (section.head, section.body) == (5, "* text at 46 by lea")
    assert [revision.base and revision.base.number for revision in section.revisions.order_by("number")] == [None, 3]
    assert thin(at=LATER) == 0


@pytest.mark.parametrize(("days", "number"), [(29.9, 2), (30.01, 1)])
def test_nothing_is_thinned_before_a_month(days, number, lead, section):
    autosave(section, lead.user, 0, 1)
    thin(at=NOW + timedelta(days=days))
    assert len(left(section)) == number


def test_what_another_wrote_on_stays(lead, coordinator, section):
    autosave(section, lead.user, 0, 1)
    autosave(section, coordinator.user, 2, 3)
    autosave(section, lead.user, 4, 5)
    thin(at=LATER)
    assert left(section) == [2, 4, 6]


def test_what_was_merged_stays_with_all_that_it_was_made_of(lead, coordinator, section):
    section.write("* a\n* b\n* c", at=NOW, author=lead.user)
    autosaved = {"at": NOW + timedelta(minutes=1), "state": "draft"}
    save(section, "* a 1\n* b\n* c", base=1, author=lead.user, **autosaved)
    save(section, "* a\n* b\n* c 2", base=1, author=coordinator.user, **autosaved)
    save(section, "* a 1\n* b 3\n* c", base=2, author=lead.user, **autosaved)
    before = left(section)
    assert thin(at=LATER) == 0
    assert left(section) == before


def test_what_was_set_aside_stays(lead, coordinator, section):
    section.write("* a", at=NOW, author=lead.user)
    section.write("* b", at=NOW, author=lead.user)
    clash = save(section, "* c", base=1, at=NOW, state="draft", author=coordinator.user)
    assert isinstance(clash, Clash)
    assert thin(at=LATER) == 0


def test_what_was_restored_and_imported_stays(lead, section):
    section.write("* 1", at=NOW, author_name="Tony T.", origin="import")
    section.write("* 2", at=NOW, author_name="Tony T.", origin="import")
    autosave(section, lead.user, 0, 1)
    restore(section, SectionRevision.objects.get(section=section, number=3), at=NOW, author=lead.user)
    assert thin(at=LATER) == 0


def test_other_sections_are_left_alone(lead, section):
    other = section.meeting.sections.exclude(pk=section.pk).get()
    autosave(section, lead.user, 0)
    autosave(other, lead.user, 1)
    assert thin(at=LATER) == 0


def test_it_runs_with_what_is_due(lead, section, time_machine):
    autosave(section, lead.user, 0, 1)
    time_machine.move_to(LATER, tick=False)
    call_command("run_due")
    assert left(section) == [2]
    autosave(section, lead.user, 2, 3)
    call_command("run_due")
    assert left(section) == [2, 3, 4]
