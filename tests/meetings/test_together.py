"""Many people saving at once, each on a connection of their own: on the database that the suite runs on."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections, transaction

from meetings.models import Meeting, Section
from tests.conftest import NOW, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
SAVES = 8


@pytest.fixture
def writers() -> list[User]:
    return [User.objects.create_superuser(f"writer{number}") for number in range(WRITERS)]


def at_once(writers: list[User], work: Callable[..., Any]) -> list[Any]:
    """What each writer's thread comes back with."""

    def run(number: int):
        try:
            return work(number, sign_in(writers[number]))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(writers)) as threads:
        return list(threads.map(run, range(len(writers))))


def written(section: Section, body: str) -> None:
    with transaction.atomic():
        section.write(body, at=NOW)


def test_lines_of_many_people_all_arrive(section, writers):
    """Each changes lines of their own, always in the first text that there was."""
    lines = [line for number in range(WRITERS * SAVES) for line in (f"* line {number}", "")]
    written(section, "\n".join(lines))

    def work(number, client):
        for count in range(SAVES):
            place = 2 * (number * SAVES + count)
            body = "\n".join([*lines[:place], f"* {number} says {count}", *lines[place + 1 :]])
            form = {"body": body, "base": "1", "do": "draft"}
            assert client.post(f"/desk/sections/{section.pk}/", form).status_code == 302

    at_once(writers, work)
    section.refresh_from_db()
    said = [f"* {number} says {count}" for number in range(WRITERS) for count in range(SAVES)]
    assert section.body.split("\n")[::2] == said


def test_every_text_that_was_answered_is_in_the_history(section, writers):
    """Everybody changes whatever they like on whatever old text they have."""
    body = "\n".join(f"* line {number}" for number in range(6))
    other = Section.objects.exclude(pk=section.pk).get()
    for one in (section, other):
        written(one, body)

    def work(number, client):
        chance, sent = random.Random(number), []
        for count in range(SAVES):
            here = chance.choice([section, other])
            base = chance.choice(list(here.revisions.filter(aside=False)))
            lines = base.body.split("\n")
            lines[chance.randrange(len(lines))] = f"* {number} says {count}"
            typed = "\n".join(lines)
            form = {"body": typed, "base": str(base.number), "do": "draft"}
            sent.append((here.pk, typed, client.post(f"/desk/sections/{here.pk}/", form).status_code))
        return sent

    answers = [answer for sent in at_once(writers, work) for answer in sent]
    assert {status for *_, status in answers} <= {302, 409}
    for one in (section, other):
        one.refresh_from_db()
        kept = dict(one.revisions.values_list("number", "body"))
        assert {typed for pk, typed, _ in answers if pk == one.pk} <= set(kept.values())
        assert kept[one.head] == one.body
        assert sorted(kept) == list(range(1, len(kept) + 1))


def test_nothing_is_saved_once_the_meeting_is_out(section, writers):
    """One publishes while the others save: what the report was made of is what the sections hold."""

    def work(number, client):
        if number == 0:
            assert client.post("/desk/production/2026-11-17/", {"do": "publish"}).status_code == 302
            return list(Section.objects.filter(pk=section.pk).values_list("head", flat=True))
        form = {"body": f"* {number}", "base": "0", "do": "draft"}
        return [client.post(f"/desk/sections/{section.pk}/", form).status_code for _ in range(SAVES)]

    published, *answers = at_once(writers, work)
    section.refresh_from_db()
    assert Meeting.objects.get().state == "published"
    assert [section.head] == published
    assert {status for sent in answers for status in sent} <= {302, 403, 409}
    assert all(sent == sorted(sent, key=lambda status: status == 403) for sent in answers)
