"""Pages -> rows: what is made, what is matched, what is kept, and that a second time changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.importer import Importer, series_for_import
from meetings.importer.sources import Source
from meetings.models import (
    ActionItem,
    Area,
    Attendance,
    ImportedPage,
    Leadership,
    Meeting,
    Person,
    Section,
    SectionRevision,
    Series,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def page(
    day: int = 4, *, month: int = 3, cms: str = "   * 300 khour/day", lead: str = "Ottoline", extra: str = ""
) -> str:
    saved = int(dt.datetime(2014, month, day, 21, 5, tzinfo=dt.UTC).timestamp())
    return f"""%META:TOPICINFO{{author="WandaPruitt" date="{saved}" format="1.1" version="1.7"}}%
-- Main.FelixOrtega - {day:02} Mar 2014
---++ Action/Significant Items:
   * Ottoline to renew the certificate of the relay
---++ Attendees:
   * Ottoline, Basil R., Wanda
---++ CMS ({lead})
{cms}
---++ Grid Operations Center (Basil R.)
---+++ Last Week
   * Moved the ticket mirror
---++ Choir practice
   * Thursday at noon
{extra}"""


def store(text: str | bytes, name: str = "Mar4", **options) -> object:
    run = Importer(series_for_import("relay"), at=AT, **options)
    result = run.store(Source(f"{name}.txt", name, text.encode() if isinstance(text, str) else text))
    run.finish()
    return result


def counts() -> Counter[str]:
    return Counter({model.__name__: model.objects.count() for model in apps.get_app_config("meetings").get_models()})


def test_a_page_becomes_a_meeting():
    result = store(page())
    assert result.outcome == "imported", result.problems
    meeting = Meeting.objects.get()
    assert (meeting.date, meeting.state, meeting.author, meeting.created_by) == (
        dt.date(2014, 3, 4),
        Meeting.State.OPEN,
        "Wanda Pruitt",
        "Felix Ortega",
    )
    assert [(s.kind, s.area and s.area.slug, s.heading, s.leads, s.state) for s in meeting.sections.all()] == [
        ("items", None, "Action/Significant Items", [], "ready"),
        ("area", "cms", "CMS", ["Ottoline"], "ready"),
        ("area", "goc", "Grid Operations Center", ["Basil R."], "ready"),
        ("other", None, "Choir practice", [], "ready"),
    ]
    assert list(meeting.attendance.values_list("name", "person__name")) == [
        ("Ottoline", "Ottoline"),
        ("Basil R.", "Basil R."),
        ("Wanda", "Wanda"),
    ]
    assert meeting.imported_page.revision == 7
    assert meeting.imported_page.date_source == "topicinfo"
    revision = SectionRevision.objects.get(section__area__slug="cms")
    assert (revision.number, revision.origin, revision.author_name) == (1, "import", "Wanda Pruitt")
    assert revision.saved_at == dt.datetime(2014, 3, 4, 21, 5, tzinfo=dt.UTC)


def test_a_second_time_changes_nothing():
    store(page())
    before = counts()
    assert store(page()).outcome == "unchanged"
    assert counts() == before


def test_a_changed_page_is_a_new_revision_of_what_changed():
    store(page())
    assert store(page(cms="   * 310 khour/day")).outcome == "imported"
    cms = Section.objects.get(area__slug="cms")
    assert cms.body == "- 310 khour/day"
    assert list(cms.revisions.values_list("number", "body", "base__number")) == [
        (2, "- 310 khour/day", 1),
        (1, "- 300 khour/day", None),
    ]
    assert Section.objects.get(area__slug="goc").revisions.count() == 1
    assert Meeting.objects.count() == ImportedPage.objects.count() == 1


def test_what_somebody_wrote_here_survives_a_changed_page(django_user_model):
    store(page())
    cms = Section.objects.get(area__slug="cms")
    tony = django_user_model.objects.create(username="tony")
    cms.write("- 305 khour/day, says Tony", at=AT, author=tony)
    result = store(page(cms="   * 310 khour/day"))
    cms.refresh_from_db()
    assert cms.body == "- 305 khour/day, says Tony"
    assert [r.origin for r in cms.revisions.all()] == ["restore", "import", "web", "import"]
    assert any("was edited here since" in p.message for p in result.problems)


def test_a_published_meeting_that_is_opened_by_a_changed_page_is_told():
    store(page(), publish=True)
    result = store(page(cms="   * 310 khour/day"))
    assert Meeting.objects.get().state == Meeting.State.OPEN
    assert [p.message for p in result.problems if p.level == "warning"] == [
        "the meeting of 2014-03-04 was published, and is open again; publish it with this text (--publish)"
    ]


def test_a_section_that_left_the_page_keeps_its_text():
    store(page(extra="---++ Security (Basil R.)\n   * Nothing odd\n"))
    result = store(page())
    assert Section.objects.get(area__slug="security").body == "- Nothing odd"
    assert any("no longer on the page" in p.message for p in result.problems)


def test_two_topics_of_one_day_do_not_overwrite_each_other():
    store(page())
    before = counts()
    result = store(page(cms="   * something else"), name="Other")
    assert result.outcome == "failed"
    assert "has a meeting on 2014-03-04 already, imported from Mar4" in result.problems[-1].message
    assert counts() == before


def test_a_failed_page_leaves_no_row_and_no_memory_of_one():
    run = Importer(series_for_import("relay"), at=AT)
    run.store(Source("a.txt", "a", page().encode()))
    before = counts()
    clash = page(lead="Newcomer", extra="---++ LIGO (Newcomer)\n   * x\n")
    assert run.store(Source("b.txt", "b", clash.encode())).outcome == "failed"
    assert counts() == before
    assert run.store(Source("c.txt", "c", page(11, lead="Newcomer").encode())).outcome == "imported"
    assert Person.objects.filter(name="Newcomer").count() == 1


def test_a_meeting_opened_here_is_filled():
    series = series_for_import("relay")
    cms = Area.objects.create(slug="cms", name="CMS")
    meeting = Meeting.objects.create(series=series, date=dt.date(2014, 3, 4))
    section = Section.objects.create(meeting=meeting, area=cms)
    assert store(page()).outcome == "imported"
    section.refresh_from_db()
    assert (section.meeting_id, section.body) == (meeting.pk, "- 300 khour/day")


def test_a_date_given_by_hand_moves_the_meeting():
    store(page())
    assert store(page(), on=dt.date(2014, 3, 5)).outcome == "imported"
    assert Meeting.objects.get().date == dt.date(2014, 3, 5)
    assert store(page(), on=dt.date(2014, 3, 5)).outcome == "unchanged"


def test_aliases_match_the_areas_that_are_there():
    area = Area.objects.create(slug="choir", name="Choir")
    area.aliases.create(text="Choir practice")
    store(page())
    assert Section.objects.get(area=area).kind == "area"


def test_leads_change_hands_on_the_day_of_the_meeting():
    for day, lead in ((4, "Ottoline"), (11, "Ottoline"), (18, "Maud")):
        store(page(day, lead=lead), name=f"Mar{day}")
    rows = Leadership.objects.filter(area__slug="cms").values_list("person__name", "since", "until")
    assert list(rows) == [
        ("Ottoline", dt.date(2014, 3, 4), dt.date(2014, 3, 17)),
        ("Maud", dt.date(2014, 3, 18), None),
    ]


def test_leads_come_out_the_same_in_whatever_order_pages_come():
    for day, lead in ((18, "Maud"), (4, "Ottoline"), (11, "Ottoline")):
        store(page(day, lead=lead), name=f"Mar{day}")
    rows = Leadership.objects.filter(area__slug="cms").values_list("person__name", "since", "until")
    assert list(rows) == [
        ("Ottoline", dt.date(2014, 3, 4), dt.date(2014, 3, 17)),
        ("Maud", dt.date(2014, 3, 18), None),
    ]


def test_a_leadership_entered_by_hand_is_left_alone():
    person = Person.objects.create(name="Ottoline")
    area = Area.objects.create(slug="cms", name="CMS")
    by_hand = Leadership.objects.create(area=area, person=person, since=dt.date(2010, 1, 1))
    store(page())
    assert list(Leadership.objects.filter(area=area)) == [by_hand]


def test_a_new_series_gets_its_agenda_from_its_newest_page():
    store(page())
    assert list(Series.objects.get().agenda.values_list("area__slug", flat=True)) == ["cms", "goc"]


def test_items_are_followed_from_week_to_week():
    store(page())
    store(page(11), name="Mar11")
    item = ActionItem.objects.get()
    assert (item.number, item.text) == (1, "Ottoline to renew the certificate of the relay")
    assert item.opened_in.date == dt.date(2014, 3, 4)
    assert item.updates.count() == 2


@pytest.mark.parametrize("days", [(4, 11), (11, 4)])
def test_the_newest_page_says_who_owns_an_action(days):
    owner = {4: "Ottoline", 11: "Basil R."}
    for day in days:
        item = f"---++ New action items\n   * 41 - {owner[day]}: renew the certificate\n"
        store(page(day).replace("---++ Attendees", f"{item}---++ Attendees"), name=f"Mar{day}")
    assert list(ActionItem.objects.get(number=41).owners.values_list("name", flat=True)) == ["Basil R."]


def test_numbered_actions_keep_numbers_and_children():
    text = "Attendance\nLab: Ada Vale (AV)\n\nReview of Open Actions\n\n41 - no news\n42 and children –\n"
    text += "Relay: has the form\nMirror: waits\n43 - closed\n"
    run = Importer(series_for_import("relay"), at=AT, on=dt.date(2010, 7, 27))
    result = run.store(Source("minutes.txt", "minutes", text.encode()))
    assert result.outcome == "imported", result.problems
    labels = {item.label: (item.state, item.text) for item in ActionItem.objects.all()}
    assert labels["41"][0] == "open"
    assert labels["43"][0] == "done"
    assert {labels["42.1"][1], labels["42.2"][1]} == {"Relay: has the form", "Mirror: waits"}
    assert ActionItem.objects.get(number=42, sub_number=1).parent.label == "42"
    assert Series.objects.get().last_action_number == 43
    ada = Attendance.objects.get()
    assert (ada.name, ada.affiliation, ada.initials) == ("Ada Vale", "Lab", "AV")


def test_a_closed_action_is_closed_where_it_was_said():
    def text(state: str) -> bytes:
        return f"Review of Open Actions\n\n41 - {state}\n".encode()

    for day, state in ((27, "closed"), (20, "no news")):
        run = Importer(series_for_import("relay"), at=AT, on=dt.date(2010, 7, day))
        run.store(Source(f"{day}.txt", str(day), text(state)))
    item = ActionItem.objects.get()
    assert item.state == "done"
    assert (item.opened_in.date.day, item.closed_in.date.day) == (20, 27)


def test_queries_do_not_grow_with_the_page():
    def queries(sections: int, name: str, day: int) -> int:
        run = Importer(series_for_import("relay"), at=AT)
        areas = "".join(f"---++ Corner {i} (Maud)\n   * text {i}\n" for i in range(sections))
        with CaptureQueriesContext(connection) as captured:
            assert run.store(Source(name, name, page(day, extra=areas).encode())).outcome == "imported"
        return len(captured)

    store(page(4, extra="---++ Corner 0 (Maud)\n   * x\n"), name="before")
    assert queries(2, "small", 11) == queries(40, "large", 18)


def test_queries_do_not_grow_with_the_pages_before():
    def queries(name: str, day: int) -> int:
        run = Importer(series_for_import("relay"), at=AT)
        with CaptureQueriesContext(connection) as captured:
            assert run.store(Source(name, name, page(day).encode())).outcome == "imported"
        return len(captured)

    store(page(1), name="Mar1")
    few = queries("Mar2", 2)
    for day in range(3, 28):
        store(page(day), name=f"Mar{day}")
    assert queries("Mar28", 28) == few


def test_publish_puts_each_meeting_out_once():
    store(page(), publish=True)
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.revision) == ("published", 1)
    assert store(page(), publish=True).outcome == "unchanged"
    meeting.refresh_from_db()
    assert meeting.revision == 1
    store(page(cms="   * 310 khour/day"), publish=True)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.revision) == ("published", 2)


class TestCommand:
    """The command line: what it prints, how it exits, what it leaves."""

    def run(self, capsys, *args: object, code: int = 0) -> tuple[str, str]:
        try:
            call_command("import_minutes", *map(str, args))
            ended: object = 0
        except SystemExit as stop:
            ended = stop.code
        captured = capsys.readouterr()
        assert ended == code, captured
        return captured.out, captured.err

    def test_one_bad_page_among_ten(self, tmp_path: Path, capsys):
        for day in range(1, 10):
            (tmp_path / f"Mar{day:02},2014Relay.txt").write_text(page(day))
        (tmp_path / "Mar10,2014Relay.txt").write_bytes(bytes(range(256)) * 40)
        out, err = self.run(capsys, tmp_path, "--series", "relay", code=1)
        assert out.splitlines()[-1] == "9 imported, 0 unchanged, 1 failed"
        assert "Mar10,2014Relay.txt:1: error: " in out
        assert "Traceback" not in out + err
        assert Meeting.objects.count() == 9

    def test_bad_input_gets_a_line_and_leaves_nothing(self, tmp_path: Path, capsys):
        (tmp_path / "empty2014-03-04.txt").write_bytes(b"")
        (tmp_path / "undated.txt").write_text("---++ CMS (Maud)\n   * 1 khour\n")
        out, _ = self.run(capsys, tmp_path, tmp_path / "nowhere.txt", "--series", "relay", code=1)
        assert "empty2014-03-04.txt:1: error: " in out
        assert "--date YYYY-MM-DD" in next(line for line in out.splitlines() if "undated.txt" in line)
        assert "nowhere.txt:1: error: cannot be read: No such file or directory" in out
        assert out.splitlines()[-1] == "0 imported, 0 unchanged, 3 failed"
        assert Meeting.objects.count() == 0

    def test_latin_1_and_large_pages(self, tmp_path: Path, capsys):
        (tmp_path / "Mar4,2014.txt").write_bytes(page(cms="   * Übertragung läuft").encode("latin-1"))
        (tmp_path / "Mar11,2014.txt").write_text(page(11, cms="   * a line of some length\n" * 180_000))
        out, _ = self.run(capsys, tmp_path, "--series", "relay")
        assert out.splitlines()[-1] == "2 imported, 0 unchanged, 0 failed"
        assert Section.objects.get(area__slug="cms", meeting__date="2014-03-04").body == "- Übertragung läuft"

    def test_dry_run_says_all_and_changes_nothing(self, tmp_path: Path, capsys):
        file = tmp_path / "Mar4,2014.txt"
        file.write_text(page())
        before = counts()
        out, _ = self.run(capsys, file, "--series", "relay", "--dry-run")
        assert out.splitlines()[-1] == "1 imported, 0 unchanged, 0 failed"
        assert counts() == before

    def test_json_is_a_list_on_standard_output_alone(self, tmp_path: Path, capsys):
        (tmp_path / "Mar4,2014.txt").write_text(page())
        (tmp_path / "undated.txt").write_text("---++ CMS (Maud)\n   * 1 khour\n")
        out, err = self.run(capsys, tmp_path, "--series", "relay", "--json", code=1)
        first, second = json.loads(out)
        assert (first["schema"], first["series"], first["date"], first["date_source"]) == (
            "opsminutes/1",
            "relay",
            "2014-03-04",
            "topic",
        )
        assert second["date"] is None
        assert any(problem["level"] == "error" for problem in second["problems"])
        assert err.splitlines()[-1] == "1 imported, 0 unchanged, 1 failed"
        again, _ = self.run(capsys, tmp_path, "--series", "relay", "--json", code=1)
        assert json.loads(again) == [first, second]

    def test_a_series_is_made_only_for_pages(self, tmp_path: Path, capsys):
        (tmp_path / "undated.txt").write_text("---++ CMS (Maud)\n   * 1 khour\n")
        self.run(capsys, tmp_path, "--series", "relay", code=1)
        assert not Series.objects.exists()
        Series.objects.create(slug="relay", title="Relay")
        self.run(capsys, tmp_path, "--series", "relay", code=1)
        assert Series.objects.exists()

    def test_two_pages_of_one_name_in_two_folders(self, tmp_path: Path, capsys):
        for folder, cms in (("a", "   * 1 khour"), ("b", "   * 2 khour")):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "Mar4,2014.txt").write_text(page(cms=cms))
        for last in ("1 imported, 0 unchanged, 1 failed", "0 imported, 1 unchanged, 1 failed"):
            out, _ = self.run(capsys, tmp_path, "--series", "relay", code=1)
            assert out.splitlines()[-1] == last
            assert f"{tmp_path}/b/Mar4,2014.txt:1: error: {tmp_path}/a/Mar4,2014.txt is a page of that name too" in out
        assert Section.objects.get(area__slug="cms").body == "- 1 khour"

    def test_a_date_given_once_is_told_ever_after(self, tmp_path: Path, capsys):
        (tmp_path / "undated.txt").write_text("---++ CMS (Maud)\n   * 1 khour\n")
        self.run(capsys, tmp_path, "--series", "relay", "--date", "2014-03-04")
        out, _ = self.run(capsys, tmp_path, "--series", "relay", "--json")
        assert [minutes["date"] for minutes in json.loads(out)] == ["2014-03-04"]

    def test_a_terminal_gets_a_bar(self, tmp_path: Path, capsys, monkeypatch):
        for day in (4, 11):
            (tmp_path / f"Mar{day:02},2014.txt").write_text(page(day))
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        _, err = self.run(capsys, tmp_path, "--series", "relay")
        assert f"[{'#' * 15}{'.' * 15}] 1 pages" in err
        assert f"[{'#' * 30}] 2 pages" in err
        assert err.endswith("\r\x1b[K")

    def test_headings_are_mapped_by_a_file(self, tmp_path: Path, capsys):
        (tmp_path / "Mar4,2014.txt").write_text(page())
        (tmp_path / "Mar11,2014.txt").write_text(page(11))
        out, _ = self.run(capsys, tmp_path, "--series", "relay")
        assert "headings without an area, and on how many pages: “Choir practice” (2); " in out.splitlines()[-2]
        areas = tmp_path / "areas"
        areas.write_text("# ours\n\nChoir practice = choir\n")
        out, _ = self.run(capsys, tmp_path, "--series", "other", "--areas", areas)
        assert "headings without an area" not in out
        assert Section.objects.filter(meeting__series__slug="other", area__slug="choir").count() == 2

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("Choir practice", "areas:2: write the line as"),
            ("Choir = no slug!", "areas:2: "),
            ("= x", "areas:2: write"),
        ],
    )
    def test_a_file_of_headings_that_cannot_be(self, tmp_path: Path, line: str, words: str):
        (tmp_path / "areas").write_text(f"CMS = cms\n{line}\n")
        with pytest.raises(CommandError, match=words):
            call_command("import_minutes", str(tmp_path), series="relay", areas=tmp_path / "areas")

    def test_a_series_that_cannot_be(self, tmp_path: Path):
        with pytest.raises(CommandError, match="is the address of another page"):
            call_command("import_minutes", str(tmp_path), series="desk")
        assert not Series.objects.exists()


class TestHistory:
    """Revisions from the RCS file beside a topic."""

    @staticmethod
    def rcs(*texts: str, author: str = "MaudLane") -> bytes:
        """A `,v` file whose older texts are whole replacements of the next newer one."""
        names = [f"1.{number}" for number in range(len(texts), 0, -1)]
        newest_first = list(reversed(texts))
        out = [f"head {names[0]};\naccess;\nsymbols;\nlocks; strict;\n\n"]
        for number, name in enumerate(names):
            older = names[number + 1] if number + 1 < len(names) else ""
            minute = len(names) - number
            out.append(
                f"\n{name}\ndate 2014.03.04.20.{minute:02}.00; author {author}; state Exp;\nbranches;\nnext {older};\n"
            )
        out.append("\ndesc\n@none\n@\n")
        for number, name in enumerate(names):
            text = newest_first[number]
            if number:
                newer = newest_first[number - 1].count("\n")
                text = f"d1 {newer}\na{newer} {text.count(chr(10))}\n{text}"
            out.append(f"\n\n{name}\nlog\n@none\n@\ntext\n@{text.replace('@', '@@')}@\n")
        return "".join(out).encode()

    def store(self, *texts: str, history: bytes | None = None):
        data = texts[-1].encode()
        run = Importer(series_for_import("relay"), at=AT)
        return run.store(Source("Mar4.txt", "Mar4", data, self.rcs(*texts) if history is None else history))

    def test_a_section_has_a_revision_where_its_text_changed(self):
        texts = [page(cms="   * "), page(cms="   * 290 khour/day"), page(cms="   * 300 khour/day")]
        result = self.store(*(text + "\n" for text in texts))
        assert result.outcome == "imported", result.problems
        cms = Section.objects.get(area__slug="cms")
        assert list(cms.revisions.values_list("number", "body", "author_name", "base__number", "saved_at__minute")) == [
            (2, "- 300 khour/day", "Wanda Pruitt", 1, 5),
            (1, "- 290 khour/day", "Maud Lane", None, 2),
        ]
        goc = Section.objects.get(area__slug="goc")
        assert list(goc.revisions.values_list("author_name", "saved_at__minute")) == [("Maud Lane", 1)]
        assert (cms.head, goc.head) == (2, 1)

    def test_a_damaged_history_is_said_and_the_newest_text_imported(self):
        texts = [page(cms="   * 290 khour/day") + "\n", page() + "\n"]
        result = self.store(*texts, history=self.rcs(*texts)[:-400])
        assert result.outcome == "imported"
        assert Section.objects.get(area__slug="cms").body == "- 300 khour/day"
        [problem] = [p for p in result.problems if p.level == "warning"]
        assert "the history of this page, Mar4.txt,v, is damaged" in problem.message
