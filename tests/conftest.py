"""What every test may ask for.

People: `outsider`, `member`, `lead` (of the area of `section`), `deputy` (of that lead), `other_lead` (of another
area), `coordinator` and `superuser` are clients; `lead.user` is who is signed in. `meeting` is an open
meeting with two sections.

Time is an argument in this project, so most tests pass it. Where a page reads the clock, freeze it:

    def test_it(time_machine, lead):
        time_machine.move_to(NOW, tick=False)   # the server's clock, in threads of `live_server` too
        page.clock.set_fixed_time(NOW)          # the browser has one of its own

Services: a test that needs Postgres or Redis asks for `postgres_url` or `redis_url` and is skipped where there is
none; with REQUIRE_SERVICES=1 (as in CI) it fails instead. Which database the whole suite runs on: `tests/settings.py`.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client

from meetings.accounts import COORDINATORS
from meetings.models import AgendaItem, Area, Deputy, Leadership, Meeting, Person, Section, Series
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"
#: A Tuesday, two hours into the meeting of `meeting`.
NOW = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)

# The same examples each time, because the suite decides whether a change lands, and as slow as a busy machine is;
# HYPOTHESIS_PROFILE=search looks further.
_patient = hypothesis.settings(hypothesis.settings.default, deadline=None)
hypothesis.settings.register_profile("suite", parent=_patient, derandomize=True)
hypothesis.settings.register_profile("search", parent=_patient, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


class SignedInClient(Client):
    """A client that knows who is signed in."""

    user: User


@pytest.fixture(autouse=True)
def _empty_cache():
    """Limits and cached pages of one test are not the next one's."""
    cache.clear()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of real minutes, which is not part of this repository."""
    if not SEEDS.is_dir():
        pytest.skip("the seeds are not here (../shared/seeds)")
    return SEEDS


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A Postgres whose user may create databases."""
    try:
        return servers.postgres()
    except servers.NoServiceError as error:
        servers.unavailable(str(error))


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis, without a database number; the suite itself uses the low ones."""
    try:
        return servers.redis_server()
    except servers.NoServiceError as error:
        servers.unavailable(str(error))


def sign_in(user: User) -> SignedInClient:
    """A client with somebody signed in."""
    client = SignedInClient()
    client.force_login(user)
    client.user = user
    return client


def account(name: str) -> User:
    """An account whose password is "secret", of somebody whom the record knows as `user.person`."""
    first, _, last = name.partition(" ")
    user = User.objects.create_user(
        first.lower(), f"{first.lower()}@example.org", "secret", first_name=first, last_name=last
    )
    Person.objects.create(name=name, email=user.email, user=user)
    return user


@pytest.fixture
def series(db) -> Series:
    return Series.objects.create(
        slug="production",
        title="Production meeting",
        timezone="America/Chicago",
        recurrence="FREQ=WEEKLY;BYDAY=TU",
        coordinates="Phone: +1 555 0100, PIN 424242#",
    )


@pytest.fixture
def area(series) -> Area:
    area = Area.objects.create(slug="cms", name="CMS")
    AgendaItem.objects.create(series=series, area=area, position=1)
    return area


@pytest.fixture
def other_area(series) -> Area:
    area = Area.objects.create(slug="atlas", name="ATLAS")
    AgendaItem.objects.create(series=series, area=area, position=2)
    return area


@pytest.fixture
def meeting(series) -> Meeting:
    return Meeting.objects.create(series=series, date=date(2026, 11, 17), state=Meeting.State.OPEN)


@pytest.fixture
def section(meeting, area, other_area) -> Section:
    """The section of `area` in `meeting`; that of `other_area` is there as well."""
    Section.objects.create(meeting=meeting, area=other_area, position=2)
    return Section.objects.create(meeting=meeting, area=area, position=1)


@pytest.fixture
def outsider() -> Client:
    return Client()


@pytest.fixture
def member(db) -> SignedInClient:
    return sign_in(account("Mo Member"))


@pytest.fixture
def lead(area) -> SignedInClient:
    user = account("Lea Lead")
    Leadership.objects.create(area=area, person=user.person)
    return sign_in(user)


@pytest.fixture
def deputy(area) -> SignedInClient:
    """Somebody who stands in for the leads of `area` on the day of `meeting`."""
    user = account("Dee Deputy")
    Deputy.objects.create(area=area, person=user.person, since=date(2026, 11, 17), until=date(2026, 11, 17))
    return sign_in(user)


@pytest.fixture
def other_lead(other_area) -> SignedInClient:
    user = account("Otto Otherlead")
    Leadership.objects.create(area=other_area, person=user.person)
    return sign_in(user)


@pytest.fixture
def coordinator(db) -> SignedInClient:
    user = account("Cora Coordinator")
    user.groups.add(Group.objects.get(name=COORDINATORS))
    user.is_staff = True
    user.save()
    return sign_in(user)


@pytest.fixture
def superuser(db) -> SignedInClient:
    return sign_in(User.objects.create_superuser("root", "root@example.org", "secret"))
