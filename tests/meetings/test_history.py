"""The texts that a section had."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import NOW

AT = datetime(2026, 11, 17, 22, 3, tzinfo=UTC)  # 16:03 in Chicago


def text(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_history_shows_who_when_and_what_changed(lead, coordinator, section):
    section.write("* one\n* two", at=NOW, author=lead.user)
    section.write("* one\n* 2", at=AT, author=coordinator.user)
    section.write("* imported", at=AT, author_name="Tony T.", origin="import")
    page = text(lead.get(f"/desk/sections/{section.pk}/history/"))
    assert page.index("Revision 3, Tony T.") < page.index("Revision 2, Cora Coordinator")
    assert page.index("Revision 2, Cora Coordinator") < page.index("Revision 1, Lea Lead")
    assert "CST</time> · imported" in page
    assert "<del>− *<mark> two</mark></del><ins>+ *<mark> 2</mark></ins>" in page
    assert "<ins>+ <mark>* one</mark></ins><ins>+ <mark>* two</mark></ins>" in page
    assert "16:03 CST" in page


def test_an_empty_history_says_what_to_do(lead, section):
    assert "Write the first one" in lead.get(f"/desk/sections/{section.pk}/history/").content.decode()


@pytest.mark.parametrize(("number", "shown"), [("1", (45, 26)), ("3", (5, 1)), ("99", (5, 1)), ("x", (45, 26))])
def test_a_long_history_has_pages(number, shown, lead, section):
    for count in range(45):
        section.write(f"* text {count}", at=NOW, author=lead.user)
    page = lead.get(f"/desk/sections/{section.pk}/history/", {"page": number}).content.decode()
    newest, oldest = shown
    assert f'id="revision-{newest}"' in page
    assert f'id="revision-{oldest}"' in page
    assert page.count('id="revision-') == newest - oldest + 1
    # The oldest of a page is compared with the one before it, which is on the next page.
    assert (f"<del>− * text<mark> {oldest - 2}</mark></del>" in page) == (oldest > 1)


def test_history_asks_no_more_for_more_revisions(lead, section):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(f"/desk/sections/{section.pk}/history/").status_code == 200
        return len(asked)

    section.write("* text", at=NOW, author=lead.user)
    section.write("* text 0", at=NOW, author=lead.user)
    few = queries()
    for count in range(9):
        section.write(f"* text {count + 1}", at=NOW, author=lead.user)
    assert queries() == few
