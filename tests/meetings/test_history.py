"""The texts that a section had: in sittings, compared, and brought back."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from meetings.markup import compared, render
from meetings.models import Meeting, SectionRevision
from meetings.sittings import sittings
from tests.conftest import NOW

AT = datetime(2026, 11, 17, 22, 3, tzinfo=UTC)  # 16:03 in Chicago
TEXTS = st.lists(
    st.sampled_from(
        [
            "* a",
            "* b **c** d",
            "text & more",
            "",
            "   * in [a link](https://example.org)",
            "| a | b |",
            "![x > y](https://example.org/i.png)",
        ]
    ),
    max_size=8,
).map("\n".join)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def address(section) -> str:
    return f"/desk/sections/{section.pk}/history/"


def text(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def saved(author: int, minute: float, number: int, *, aside: bool = False, name: str = "") -> SectionRevision:
    at = NOW + timedelta(minutes=minute)
    return SectionRevision(author_id=author or None, author_name=name, saved_at=at, number=number, aside=aside)


def grouped(revisions: list[SectionRevision]) -> list[list[int]]:
    return [[revision.number for revision in sitting.revisions] for sitting in sittings(revisions)]


@pytest.mark.parametrize(
    ("saves", "expected"),
    [
        ([], []),
        ([(1, 0), (1, 29.9), (1, 59.8)], [[1, 2, 3]]),
        ([(1, 0), (1, 30)], [[2], [1]]),
        ([(1, 0), (2, 1), (1, 2)], [[1, 3], [2]]),
        ([(1, 0), (2, 1), (1, 31)], [[3], [2], [1]]),
        ([(1, 0), (2, 1), (1, 2), (2, 3)], [[2, 4], [1, 3]]),
    ],
)
def test_sittings(saves, expected):
    assert grouped([saved(*save, number) for number, save in enumerate(saves, 1)]) == expected


def test_imported_authors_sit_apart():
    assert grouped(
        [saved(0, 0, 1, name="Tony T."), saved(0, 1, 2, name="Rita R."), saved(0, 2, 3, name="Tony T.")]
    ) == [
        [1, 3],
        [2],
    ]


def test_a_sitting_ends_with_what_the_section_showed():
    (sitting,) = sittings([saved(1, 0, 1), saved(1, 1, 2, aside=True)])
    assert sitting.last.number == 1


def test_history_shows_who_when_and_what_changed(lead, coordinator, section, address):
    section.write("* one", at=NOW, author=lead.user)
    section.write("* one\n* two", at=NOW + timedelta(minutes=5), author=lead.user)
    section.write("* one\n* 2", at=AT, author=coordinator.user)
    section.write("* imported", at=AT, author_name="Tony T.", origin="import")
    page = text(lead.get(address))
    assert re.findall(r'<h2 id="revision-(\d)">([^,]+),', page) == [
        ("4", "Tony T."),
        ("3", "Cora Coordinator"),
        ("2", "Lea Lead"),
    ]
    assert "12:00 CST</time> to <time" in page
    assert "12:05</time></h2>" in page
    assert "· imported" in page
    assert "<del>− * <mark>two</mark></del><ins>+ * <mark>2</mark></ins>" in page
    assert "<ins>+ * one</ins><ins>+ * two</ins>" in page
    assert "16:03:00" in page


def test_a_text_that_was_set_aside_is_marked_with_the_way_to_its_choice(lead, coordinator, section, address):
    section.write("* one", at=NOW, author=coordinator.user)
    section.set_aside("* mine", at=AT, base=None, author=lead.user)
    page = text(lead.get(address))
    assert f'href="/desk/sections/{section.pk}/clash/2/"' in page
    assert "<del>− * <mark>one</mark></del><ins>+ * <mark>mine</mark></ins>" in page


def test_an_empty_history_says_what_to_do(lead, section, address):
    assert "Write the first one" in lead.get(address).content.decode()


@pytest.mark.parametrize(("number", "shown"), [("1", (45, 26)), ("3", (5, 1)), ("99", (5, 1)), ("x", (45, 26))])
def test_a_long_history_has_pages(number, shown, lead, section, address):
    for count in range(45):
        section.write(f"* text {count}", at=NOW + timedelta(hours=count), author=lead.user)
    page = lead.get(address, {"page": number}).content.decode()
    newest, oldest = shown
    assert f'id="revision-{newest}"' in page
    assert f'id="revision-{oldest}"' in page
    assert page.count('id="revision-') == newest - oldest + 1
    # The oldest of a page is compared with the one before it, which is on the next page.
    assert (f"<del>− * text <mark>{oldest - 2}</mark></del>" in page) == (oldest > 1)


@pytest.mark.parametrize("minutes", [1, 60])
@pytest.mark.parametrize("page", ["", "compare/"])
def test_history_asks_no_more_for_more_revisions(minutes, page, lead, section, address):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(address + page).status_code == 200
        return len(asked)

    def write(count: int) -> None:
        section.write(f"* text {count}", at=NOW + timedelta(minutes=minutes * count), author=lead.user)

    write(0)
    write(1)
    few = queries()
    for count in range(2, 15):
        write(count)
    assert queries() == few


def test_two_texts_are_compared_as_read_and_as_typed(lead, coordinator, section, address):
    section.write("* **300** khour & more", at=NOW, author=lead.user)
    section.write("* other", at=NOW, author=coordinator.user)
    section.write("* **341** khour & more", at=AT, author=coordinator.user)
    page = text(lead.get(address + "compare/", {"from": "1", "to": "3"}))
    assert "Revision 1: Lea Lead" in page
    assert "Revision 3: Cora Coordinator" in page
    assert "<strong><del>300</del> <ins>341</ins></strong> khour &amp; more" in page
    assert "<del>− * <mark>**300**</mark> khour &amp; more</del>" in page


def test_one_text_is_compared_with_what_the_section_showed_before(lead, coordinator, section, address):
    section.write("* one", at=NOW, author=lead.user)
    section.set_aside("* aside", at=AT, base=None, author=coordinator.user)
    section.write("* three", at=AT, author=lead.user)
    assert "from revision 1 to 3" in text(lead.get(address + "compare/"))
    assert "from revision 1 to 2" in text(lead.get(address + "compare/", {"to": "2"}))
    assert "CMS: revision 1</h1>" in text(lead.get(address + "compare/", {"to": "1"}))


@pytest.mark.parametrize("query", [{"to": "9"}, {"from": "x"}, {"from": "-1"}, {"to": "9" * 30}])
def test_what_is_not_there_cannot_be_compared(query, lead, section, address):
    section.write("* one", at=NOW, author=lead.user)
    assert lead.get(address + "compare/", query).status_code == 404


def test_restoring_is_a_new_revision(lead, coordinator, section, address):
    section.write("* one", at=NOW, author=lead.user)
    section.write("* two", at=NOW, author=lead.user, state="ready")
    page = text(coordinator.post(address, {"revision": "1"}, follow=True))
    assert "the section has the text of revision 1 again" in page
    section.refresh_from_db()
    assert (section.body, section.state, section.head) == ("* one", "ready", 3)
    newest = section.revisions.get(number=3)
    assert (newest.origin, newest.author, newest.base.number, newest.saved_at) == ("restore", coordinator.user, 1, AT)


def test_a_text_comes_back_over_nothing_to_report(lead, section, address):
    section.write("* one", at=NOW, author=lead.user)
    section.write("", at=NOW, author=lead.user, state="nothing")
    lead.post(address, {"revision": "1"})
    section.refresh_from_db()
    assert (section.body, section.state) == ("* one", "draft")


def test_restoring_the_newest_text_is_no_revision(lead, section, address):
    section.write("* one", at=NOW, author=lead.user)
    assert "has the text of revision 1 already" in text(lead.post(address, {"revision": "1"}, follow=True))
    assert section.revisions.count() == 1


@pytest.mark.parametrize("number", ["", "x", "7"])
def test_a_text_that_is_not_there_cannot_be_restored(number, lead, section, address):
    assert lead.post(address, {"revision": number}).status_code == 404


def test_a_published_section_can_be_compared_and_not_restored(lead, section, address):
    section.write("* one", at=NOW, author=lead.user)
    section.write("* two", at=NOW, author=lead.user)
    Meeting.objects.update(state="published")
    for page in (address, address + "compare/?to=1"):
        assert "Restore" not in lead.get(page).content.decode()
    assert lead.post(address, {"revision": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b", "a c", "<p>a <del>b</del> <ins>c</ins></p>"),
        ("a", "a b c", "<p>a <ins>b c</ins></p>"),
        ("a b c", "c", "<p><del>a b</del> c</p>"),
        ("a **b** c", "a c", "<p>a <del>b</del> c</p>"),
        ("a", "", "<p><del>a</del></p>"),
        ("", "a", "<p><ins>a</ins></p>"),
        ("a", "**a**", "<p><strong>a</strong></p>"),
        ("a", "a <b title='>'>", "<p>a <ins>&lt;b title='&gt;'&gt;</ins></p>"),
        ("[a](https://x.example/?q=1)", "[b](https://x.example/)",
         '<p><a href="https://x.example/" rel="noopener noreferrer"><del>a</del> <ins>b</ins></a></p>'),
    ],
)  # fmt: skip
def test_words_are_marked_as_readers_see_them(old, new, expected):
    assert compared(old, new).strip() == expected


@given(TEXTS, TEXTS)
def test_marks_change_nothing_else(old, new):
    """Without the words that went and without the marks it is the new text; the words that went are old ones."""
    marked = compared(old, new)
    bare = re.sub(r"<del>.*?</del>", "", marked)
    bare = re.sub(r"</?ins>", "", bare)
    assert re.sub(r"\s+|<p></p>", "", bare) == re.sub(r"\s+", "", render(new))
    went = " ".join(re.findall(r"<del>(.*?)</del>", marked)).split()
    assert set(went) <= set(re.sub(r"<[^>]*>", " ", render(old)).split())
    assert (compared(new, new)) == render(new)


def test_what_is_compared_cannot_be_script(lead, section, address):
    section.write("<script>alert(1)</script> & [x](javascript:alert(1))", at=NOW, author=lead.user)
    section.write("<img src=x onerror=alert(1)>", at=NOW, author=lead.user)
    page = lead.get(address + "compare/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "onerror" in html.unescape(page)
