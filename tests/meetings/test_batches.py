"""Imports in the browser, below the browser: what is foreseen, what is stored, and what undoing brings back."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.importer import Importer, batches, series_for_import, unpacking
from meetings.importer import run as importer
from meetings.importer.sources import Source
from meetings.models import (
    ActionItem,
    ActionUpdate,
    Area,
    Attendance,
    BatchPage,
    ImportBatch,
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
LATER = AT + dt.timedelta(hours=1)


def page(day: int = 4, *, cms: str = "   * 300 khour/day", lead: str = "Ottoline", extra: str = "") -> str:
    saved = int(dt.datetime(2014, 3, day, 21, 5, tzinfo=dt.UTC).timestamp())
    return f"""%META:TOPICINFO{{author="WandaPruitt" date="{saved}" format="1.1" version="1.7"}}%
---++ Action/Significant Items:
   * Ottoline to renew the certificate of the relay
---++ Attendees:
   * Ottoline, Basil R., Wanda
---++ CMS ({lead})
{cms}
---++ Choir practice
   * Thursday at noon
{extra}"""


def upload(files: Mapping[str, str | bytes], slug: str = "relay", **options) -> ImportBatch:
    """A batch that has been read."""
    given = [(name, io.BytesIO(text.encode() if isinstance(text, str) else text)) for name, text in files.items()]
    batch = ImportBatch(slug=slug, **options)
    batches.begin(batch, given, by=None, at=AT)
    return run(batch)


def run(batch: ImportBatch, at: dt.datetime = AT) -> ImportBatch:
    while batches.work(batch.pk, at=at):
        pass
    return ImportBatch.objects.get(pk=batch.pk)


def stored(files: Mapping[str, str | bytes], **options) -> ImportBatch:
    batch = upload(files, **options)
    batches.commit(batch, at=AT)
    return run(batch)


def undone(batch: ImportBatch, at: dt.datetime = LATER) -> ImportBatch:
    batches.undo(batch, at=at)
    return run(batch, at)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def states(batch: ImportBatch) -> list[tuple[str, str]]:
    return list(batch.pages.values_list("topic", "state"))


def record(*, without: tuple[str, ...] = ()) -> dict[str, dict[str, object]]:
    """Everything there is but batches; of revisions and of what is learned only the text, as their rows come anew."""
    skipped = {"meetings.importbatch", "meetings.batchpage", *without}
    rows: dict[str, dict[str, object]] = {}
    for model in apps.get_app_config("meetings").get_models():
        if model._meta.label_lower in skipped:
            continue
        for row in json.loads(serializers.serialize("json", model.objects.all())):
            key = f"{row['model']} {row['pk']}" if model is not Leadership else f"{row['fields']}"
            rows[key] = row["fields"]
    return rows


class TestPreview:
    """What a batch would do; nothing of it is in the record."""

    def test_nothing_is_written(self):
        before = record()
        batch = upload({"Mar4.txt": page(), "Mar11.txt": page(11)})
        assert (batch.state, states(batch)) == ("ready", [("Mar11", "new"), ("Mar4", "new")])
        assert record() == before
        assert not Series.objects.exists()

    def test_what_it_says_of_a_page(self):
        [row] = upload({"Mar4.txt": page()}).pages.all()
        assert (row.date, row.date_source, row.summary["attendees"], row.summary["actions"]) == (
            dt.date(2014, 3, 4),
            "topicinfo",
            3,
            1,
        )
        assert [(s["title"], s["area"], s["leads"], s["change"]) for s in row.summary["sections"]] == [
            ("Action/Significant Items", None, [], "new"),
            ("CMS", "cms", ["Ottoline"], "new"),
            ("Choir practice", None, [], "new"),
        ]

    def test_what_would_change(self):
        stored({"Mar4.txt": page()})
        cms = Section.objects.get(area__slug="cms")
        Section.objects.get(heading="Choir practice").write("Friday", at=LATER, origin="web")
        new = page(cms="   * 310 khour/day", extra="---++ Security (Wanda)\n   * quiet\n")
        batch = upload({"Mar4.txt": new.replace("Thursday at noon", "Thursday at one"), "Mar11.txt": page(11)})
        assert states(batch) == [("Mar11", "new"), ("Mar4", "changed")]
        changes = {s["title"]: s["change"] for s in batch.pages.get(topic="Mar4").summary["sections"]}
        assert changes == {
            "Action/Significant Items": "same",
            "CMS": "changed",
            "Choir practice": "kept",
            "Security": "new",
        }
        cms.refresh_from_db()
        assert cms.body == "- 300 khour/day"

    def test_a_page_that_is_known_is_unchanged(self):
        stored({"Mar4.txt": page()})
        batch = upload({"Mar4.txt": page()})
        assert states(batch) == [("Mar4", "unchanged")]

    def test_problems_have_their_line_and_its_text(self):
        [row] = upload({"Mar4.txt": page(extra="      *loose\n")}).pages.all()
        told = [(p["line"], p["level"], p["source"]) for p in row.problems]
        assert (10, "note", "      *loose") in told

    def test_two_pages_of_one_day(self):
        batch = upload({"Mar4.txt": page(), "March4.txt": page()})
        assert states(batch) == [("Mar4", "new"), ("March4", "failed")]
        assert (
            "Mar4, another page of this import, is of 2014-03-04 as well" in batch.pages.last().problems[-1]["message"]
        )

    def test_an_undated_page_gets_a_date(self):
        batch = upload({"notes.txt": "---++ CMS (Maud)\n   * 1 khour\n", "Mar4.txt": page()})
        row = batch.pages.get(topic="notes")
        assert row.state == "failed"
        assert "--date" not in row.problems[-1]["message"]
        batches.set_date(row, dt.date(2014, 3, 18), at=AT)
        run(batch)
        row.refresh_from_db()
        assert (row.state, row.date, row.date_source) == ("new", dt.date(2014, 3, 18), "option")

    def test_reading_again_sees_what_changed_since(self):
        batch = upload({"Mar4.txt": page()})
        assert batch.headings == [["Choir practice", 1]]
        choir = Area.objects.create(slug="choir", name="Choir")
        choir.aliases.create(text="Choir practice")
        batches.preview(batch, at=LATER)
        assert run(batch).headings == []
        assert batch.pages.get().summary["sections"][-1]["area"] == "choir"

    def test_a_date_for_a_single_page(self):
        [row] = upload({"notes.txt": "---++ CMS (Maud)\n   * 1 khour\n"}, on=dt.date(2014, 3, 4)).pages.all()
        assert (row.state, row.date) == ("new", dt.date(2014, 3, 4))

    def test_queries_do_not_grow_with_what_is_known(self):
        def queries(name: str, day: int) -> int:
            batch = ImportBatch(slug="relay")
            batches.begin(batch, [(f"{name}.txt", io.BytesIO(page(day).encode()))], by=None, at=AT)
            with CaptureQueriesContext(connection) as asked:
                batches.work(batch.pk, at=AT)
            return len(asked)

        stored({"Mar4.txt": page()})
        few = queries("Mar5", 5)
        stored({f"Mar{day}.txt": page(day) for day in range(10, 20)})
        assert queries("Mar6", 6) == few


class TestUploads:
    """What comes in from outside, and what is said of it."""

    def said(self, files: Mapping[str, bytes | str]) -> dict[str, str]:
        batch = upload(files)
        assert batch.state == "ready"
        return {
            row.path: f"{row.state}: {row.problems[0]['message'] if row.problems else ''}" for row in batch.pages.all()
        }

    def test_archives_and_histories(self):
        archive = zipped({"web/Mar4.txt": page(), "web/Mar4.txt,v": "damaged", "web/picture.png": b"x"})
        batch = upload({"web.zip": archive, "Mar11.txt": page(11), "Mar11.txt,v": b"damaged"})
        assert list(batch.pages.values_list("path", flat=True)) == ["Mar11.txt", "web.zip/web/Mar4.txt"]
        assert [unpacking.source_of(row).history for row in batch.pages.all()] == [b"damaged", b"damaged"]
        assert [file["name"] for file in batch.files] == ["web.zip", "Mar11.txt", "Mar11.txt,v"]

    def test_hostile_ones_get_a_sentence_each(self):
        said = self.said(
            {
                "bomb.zip": zipped({"One.txt": b"0" * (15 * 1024 * 1024)}),
                "out.zip": zipped({"../../etc/Two.txt": b"1"}),
                "bytes.txt": bytes(range(256)) * 40,
                "broken.tar.gz": b"\x1f\x8b nothing",
                "blank.txt": b"   \n",
            }
        )
        assert {path: words.partition(";")[0] for path, words in said.items()} == {
            "bomb.zip/One.txt": "failed: unpacks to far more than its packed size",
            "out.zip/../../etc/Two.txt": "failed: its name points outside the archive",
            "bytes.txt": "failed: this is not text, nor a Word document: if it belongs to the minutes, attach it",
            "broken.tar.gz": said["broken.tar.gz"],
            "blank.txt": "failed: the page is empty: there is nothing to import",
        }
        assert said["broken.tar.gz"].startswith("failed: cannot be unpacked: ")
        assert "/" not in said["broken.tar.gz"].replace("broken.tar.gz", "")

    def test_names_that_are_no_text_or_point_elsewhere(self):
        batch = upload({"../../evil/Mar4.txt": page(), "..\\..\\Mar11.txt": page(11)})
        assert list(batch.pages.values_list("path", flat=True)) == ["Mar11.txt", "Mar4.txt"]

    def test_five_megabytes(self):
        batch = stored({"Mar4.txt": page(cms="   * a line of some length\n" * 190_000)})
        assert states(batch) == [("Mar4", "imported")]

    def test_pages_of_one_name(self):
        batch = upload({"a.zip": zipped({"2013/Mar4.txt": page(), "2014/Mar4.txt": page(11)})})
        assert states(batch) == [("Mar4", "new"), ("Mar4", "failed")]
        message = batch.pages.last().problems[0]["message"]
        assert message.startswith("another page of this upload, a.zip/2013/Mar4.txt, has the same name")

    def test_more_than_we_take(self, monkeypatch):
        monkeypatch.setattr(unpacking, "MAX_PAGES", 2)
        batch = upload({f"Mar{day}.txt": page(day) for day in (4, 5, 6, 7)})
        assert [state for _, state in states(batch)] == ["new", "new", "failed"]
        monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 500)
        batch = upload({f"Mar{day}.txt": page(day) for day in (4, 5, 6, 7)})
        assert [state for _, state in states(batch)] == ["new", "failed"]

    def test_files_that_a_failed_upload_left_are_not_taken_for_this_one_s(self):
        left = upload({"Mar4.txt": page()})
        pk, folder = left.pk, left.folder
        left.delete()
        (folder / "upload").mkdir()
        (folder / "upload" / "other.txt").write_text("x")
        batch = upload({"Mar11.txt": page(11)}, pk=pk)
        assert states(batch) == [("Mar11", "new")]

    def test_an_archive_without_pages(self):
        assert upload({"a.zip": zipped({"picture.png": b"x"})}).pages.count() == 0


class TestCommit:
    """What is stored, whatever happens to the worker."""

    def test_the_same_as_the_importer(self):
        batch = stored({"Mar4.txt": page(), "Mar11.txt": page(11)})
        assert (batch.state, states(batch)) == ("done", [("Mar11", "imported"), ("Mar4", "imported")])
        other = Importer(series_for_import("other"), at=AT)
        for day, name in ((11, "Mar11"), (4, "Mar4")):
            other.store(Source(f"{name}.txt", name, page(day).encode()))
        other.finish()
        for model, names in {
            Section: ("heading", "area__slug", "leads", "body", "state"),
            Attendance: ("name", "person", "status"),
            ActionUpdate: ("note", "state", "action__number"),
        }.items():
            at = "action__series__slug" if model is ActionUpdate else "meeting__series__slug"
            rows = {slug: list(model.objects.filter(**{at: slug}).values_list(*names)) for slug in ("relay", "other")}
            assert rows["relay"] == rows["other"]
        assert list(batch.series.agenda.values_list("area__slug", flat=True)) == ["cms"]

    def test_a_lost_worker_is_followed_by_the_next(self, monkeypatch):
        """A page is stored with its note or not at all, so a second worker does the rest and no more."""
        batch = upload({f"Mar{day}.txt": page(day) for day in (4, 5, 6)})
        batches.commit(batch, at=AT)
        store = Importer.store

        def lost(self, source):
            result = store(self, source)
            if source.name == "Mar5":
                raise KeyboardInterrupt
            return result

        with monkeypatch.context() as patch:
            patch.setattr(Importer, "store", lost)
            with pytest.raises(KeyboardInterrupt):
                batches.work(batch.pk, at=AT)
        assert [state for _, state in states(batch)] == ["imported", "new", "new"]
        assert Meeting.objects.count() == 1
        # The claim holds for a while, in which nobody else takes it.
        assert batches.run_due(at=AT + dt.timedelta(minutes=9)) == 0
        assert batches.run_due(at=AT + dt.timedelta(minutes=11)) == 1
        batch.refresh_from_db()
        assert batch.state == "done"
        assert Meeting.objects.count() == SectionRevision.objects.filter(section__area__slug="cms").count() == 3
        undone(batch)
        assert not Meeting.objects.exists()

    def test_a_slice_leaves_the_rest_to_the_next(self):
        batch = upload({f"Mar{day}.txt": page(day) for day in (4, 5, 6)})
        batches.commit(batch, at=AT)
        assert batches.work(batch.pk, at=AT, seconds=0)
        assert [state for _, state in states(batch)] == ["imported", "new", "new"]
        assert batches.work(batch.pk, at=AT, seconds=0)
        assert not batches.work(batch.pk, at=AT, seconds=0) or not batches.work(batch.pk, at=AT, seconds=0)
        assert ImportBatch.objects.get().state == "done"

    def test_it_is_given_up_in_the_end_and_taken_up_by_hand(self, monkeypatch):
        batch = upload({"Mar4.txt": page()})
        batches.commit(batch, at=AT)
        at = AT
        with monkeypatch.context() as patch:
            patch.setitem(batches._WORK, ImportBatch.State.STORING, None)
            for _ in range(ImportBatch.MAX_ATTEMPTS):
                with pytest.raises(TypeError):
                    batches.work(batch.pk, at=at)
                at += dt.timedelta(minutes=11)
        assert not batches.work(batch.pk, at=at)
        batch.refresh_from_db()
        assert batch.is_given_up
        batches.try_again(batch, at=at)
        assert run(batch, at).state == "done"

    def test_a_page_on_which_the_program_fails_holds_up_no_other(self, monkeypatch):
        store = importer.store_attachments

        def broken(meeting, *others):
            if meeting.date.day == 5:
                raise ZeroDivisionError
            return store(meeting, *others)

        monkeypatch.setattr(importer, "store_attachments", broken)
        batch = stored({f"Mar{day}.txt": page(day) for day in (4, 5, 6)})
        assert [state for _, state in states(batch)] == ["imported", "failed", "imported"]
        assert batch.pages.get(topic="Mar5").note.startswith("the program failed on this page (ZeroDivisionError)")
        assert [meeting.date.day for meeting in Meeting.objects.all()] == [6, 4]

    def test_everything_at_its_moment(self):
        batch = upload({"Mar4.txt": page()})
        with pytest.raises(batches.WrongMomentError, match="waiting for your word"):
            batches.undo(batch, at=AT)
        batches.commit(batch, at=AT)
        with pytest.raises(batches.WrongMomentError, match="being imported"):
            batches.commit(batch, at=AT)

    def test_a_series_that_got_nothing_is_not_made(self):
        batch = stored({"blank.txt": "  "})
        assert (batch.state, batch.series) == ("done", None)
        assert not Series.objects.exists()

    def test_queries_do_not_grow_with_the_page(self):
        def queries(sections: int, name: str, day: int) -> int:
            areas = "".join(f"---++ Corner {i} (Maud)\n   * text {i}\n" for i in range(sections))
            batch = upload({f"{name}.txt": page(day, extra=areas)})
            batches.commit(batch, at=AT)
            with CaptureQueriesContext(connection) as asked:
                run(batch)
            return len(asked)

        stored({"before.txt": page(4, extra="---++ Corner 0 (Maud)\n   * x\n")})
        small = queries(2, "small", 11)
        assert queries(40, "large", 18) <= small

    def test_files_go_after_a_while(self):
        batch = stored({"Mar4.txt": page()})
        batches.run_due(at=AT + batches.KEEP_FILES)
        assert batch.folder.exists()
        batches.run_due(at=AT + batches.KEEP_FILES + dt.timedelta(minutes=1))
        assert not batch.folder.exists()
        batch.refresh_from_db()
        assert batch.files_deleted_at
        # It can be taken back all the same.
        undone(batch)
        assert not Meeting.objects.exists()

    def test_nothing_is_stored_of_files_that_went(self):
        batch = upload({"Mar4.txt": page()})
        batches.run_due(at=AT + batches.KEEP_FILES + dt.timedelta(minutes=1))
        with pytest.raises(batches.WrongMomentError, match="deleted"):
            batches.commit(batch, at=LATER)


class TestUndo:
    """What undoing brings back, and what it leaves alone."""

    def test_of_a_new_series_nothing_is_left(self):
        before = record()
        batch = undone(stored({"Mar4.txt": page(), "Mar11.txt": page(11)}))
        assert record() == before
        assert batch.said == [
            "2 meetings that came with this import went.",
            "What it had made besides, and nothing else referred to, went too: 1 action item, 3 names, 1 area.",
            "The series relay, which it had made, went with them.",
        ]
        assert (batch.state, batch.series, states(batch)) == ("undone", None, [("Mar11", "undone"), ("Mar4", "undone")])

    def test_what_was_there_before_is_as_it_was(self):
        """Every row is as before but for the text of a changed section, which came back as a new revision."""
        stored({"Mar4.txt": page(lead="Wanda"), "Mar18.txt": page(18)})
        kept = Meeting.objects.get(date="2014-03-04")
        kept.attendance.filter(name="Wanda").update(affiliation="Relay House")
        Series.objects.filter(slug="relay").update(last_action_number=9)
        before = record(without=("meetings.sectionrevision",))
        revisions = set(SectionRevision.objects.values_list("pk", flat=True))
        changed = page(cms="   * 310 khour/day", lead="Maud", extra="---++ Security (Nils)\n   * quiet\n")
        changed = changed.replace("Ottoline to renew", "Basil R. to burn").replace("Ottoline, ", "Ada, ")
        batch = stored({"Mar4.txt": changed, "Mar11.txt": page(11)})
        assert Area.objects.count() == 2
        assert Person.objects.filter(name__in=["Ada", "Maud", "Nils"]).count() == 3
        batch = undone(batch)
        after = record(without=("meetings.sectionrevision",))
        cms, series = Section.objects.get(meeting=kept, area__slug="cms"), batch.series
        for section in (cms, Section.objects.get(meeting=kept, kind="items")):
            name = f"meetings.section {section.pk}"
            assert after.pop(name) | {"head": 1} == before.pop(name)
        # A number that was given to an action is not given again.
        assert series.last_action_number == 10
        assert after.pop(f"meetings.series {series.pk}") | {"last_action_number": 9} == before.pop(
            f"meetings.series {series.pk}"
        )
        assert after == before
        assert revisions < set(SectionRevision.objects.values_list("pk", flat=True))
        assert list(cms.revisions.values_list("number", "origin", "body", "author_name")) == [
            (3, "restore", "- 300 khour/day", "Wanda Pruitt"),
            (2, "import", "- 310 khour/day", "Wanda Pruitt"),
            (1, "import", "- 300 khour/day", "Wanda Pruitt"),
        ]
        assert batch.said[:2] == [
            "1 meeting that came with this import went.",
            "2 sections got the earlier text back, as a new revision.",
        ]

    def test_and_can_be_imported_again(self):
        stored({"Mar4.txt": page()})
        undone(stored({"Mar4.txt": page(cms="   * 310 khour/day")}))
        batch = stored({"Mar4.txt": page(cms="   * 310 khour/day")})
        assert Section.objects.get(area__slug="cms").body == "- 310 khour/day"
        undone(batch)
        assert Section.objects.get(area__slug="cms").body == "- 300 khour/day"

    def test_a_meeting_that_somebody_wrote_in_stays(self, member):
        batch = stored({"Mar4.txt": page(), "Mar11.txt": page(11)})
        section = Section.objects.get(area__slug="cms", meeting__date="2014-03-04")
        section.write("* 301", at=LATER, author=member.user)
        batch = undone(batch)
        assert [meeting.date.day for meeting in Meeting.objects.all()] == [4]
        assert states(batch) == [("Mar11", "undone"), ("Mar4", "kept")]
        assert batch.said[-1] == (
            "Kept: Relay, 4 March 2014: “CMS” was written by Mo Member on 20 November 2026, after the import."
        )
        assert ImportedPage.objects.get().topic == "Mar4"
        assert {person.name for person in Person.objects.all()} >= {"Ottoline", "Wanda"}
        assert Series.objects.get().slug == "relay"

    @pytest.mark.parametrize("what", ["publish", "roll", "update", "add", "hide", "date", "again", "attach"])
    def test_a_meeting_that_somebody_built_on_stays(self, what, member):
        batch = stored({"Mar4.txt": page()})
        meeting, section = Meeting.objects.get(), Section.objects.get(area__slug="cms")
        match what:
            case "publish":
                meeting.publish(at=LATER)
                meeting.reopen()
                words = "was published since"
            case "roll":
                meeting.attendance.filter(name="Wanda").update(said_by=member.user)
                words = "somebody changed its roll since"
            case "update":
                meeting.action_updates.update(author=member.user)
                words = "somebody followed up its actions since"
            case "add":
                Section.objects.create(meeting=meeting, heading="Choir", kind="other")
                words = "“Choir” was added since"
            case "hide":
                Section.objects.filter(pk=section.pk).update(visibility="members")
                words = "“CMS” was changed since"
            case "date":
                Meeting.objects.update(coordinates="Room 4")
                words = "its date or its details were changed since"
            case "again":
                stored({"Mar4.txt": page(cms="   * 310 khour/day")})
                words = "“CMS” was written by Wanda Pruitt on 4 March 2014, after the import"
            case "attach":
                section.attachments.create(file="x", name="x", size=1, sha256="0")
                words = "a file was attached to “CMS” since"
        before = record()
        said = undone(batch).said
        assert words in said[-1]
        assert record(without=("meetings.agendaitem",)) == {
            key: row for key, row in before.items() if not key.startswith("meetings.agendaitem")
        }

    def test_a_section_that_somebody_wrote_in_stays(self, member):
        stored({"Mar4.txt": page()})
        extra = "---++ Security (Nils)\n   * quiet\n"
        batch = stored({"Mar4.txt": page(cms="   * 310 khour/day", extra=extra)})
        Section.objects.get(area__slug="cms").write("* 311", at=LATER, author=member.user)
        batch = undone(batch)
        assert Section.objects.get(area__slug="cms").body == "* 311"
        assert not Section.objects.filter(area__slug="security").exists()
        assert batch.said[-1] == (
            "Kept, while the rest of its page went: "
            "“CMS” was written by Mo Member on 20 November 2026, after the import."
        )

    def test_what_was_written_here_before_stays_the_newest(self, member):
        stored({"Mar4.txt": page()})
        section = Section.objects.get(area__slug="cms")
        section.write("* mine", at=AT, author=member.user)
        undone(stored({"Mar4.txt": page(cms="   * 310 khour/day")}))
        section.refresh_from_db()
        assert section.body == "* mine"

    def test_an_action_that_others_follow_up_stays(self):
        first = stored({"Mar4.txt": page()})
        stored({"Mar11.txt": page(11)})
        batch = undone(first)
        action = ActionItem.objects.get()
        assert (action.opened_in.date.day, action.updates.count()) == (11, 1)
        assert batch.said[-1] == ("Kept, while the rest of its page went: action #1 was followed up or changed since.")

    def test_a_published_meeting_is_published_again(self):
        stored({"Mar4.txt": page()})
        meeting = Meeting.objects.get()
        meeting.publish(at=AT)
        batch = stored({"Mar4.txt": page(cms="   * 310 khour/day")})
        assert batch.pages.get().summary["reopens"]
        assert Meeting.objects.get().state == "open"
        undone(batch)
        meeting.refresh_from_db()
        assert (meeting.state, meeting.revision) == ("published", 1)

    def test_a_list_of_actions(self):
        table = "\n".join(
            [
                "| *#* | *Owner* | *Action/Significant Item* | *Open Date* | *Close Date* |",
                "| 1 | Ottoline | Mend the relay | 4 Mar 2014 | 11 Mar 2014 |",
                "| 2 | Basil R. | Count the spares | 4 Mar 2014 | |",
            ]
        )
        stored({"Mar4.txt": page()})
        before = record()
        batch = stored({"Actions2014Q1.txt": table})
        assert states(batch) == [("Actions2014Q1", "imported")], batch.pages.get().problems
        assert ActionItem.objects.count() == 3
        assert ActionUpdate.objects.filter(meeting__isnull=False).count() == 3
        undone(batch)
        after = record()
        series = next(key for key in after if key.startswith("meetings.series"))
        assert after.pop(series) | {"last_action_number": 1} == before.pop(series)
        assert after == before

    def test_in_slices_and_after_a_loss(self, monkeypatch):
        batch = stored({f"Mar{day}.txt": page(day) for day in (4, 5, 6)})
        batches.undo(batch, at=LATER)
        assert batches.work(batch.pk, at=LATER, seconds=0)
        assert Meeting.objects.count() == 2
        while batches.work(batch.pk, at=LATER, seconds=0):
            pass
        assert ImportBatch.objects.get().said[0] == "3 meetings that came with this import went."

    def test_people_and_areas_that_others_came_to_need_stay(self):
        batch = stored({"Mar4.txt": page()})
        other = Series.objects.create(slug="other", title="Other")
        cms = Area.objects.get(slug="cms")
        Section.objects.create(meeting=Meeting.objects.create(series=other, date="2014-03-04"), area=cms)
        Person.objects.filter(name="Ottoline").update(email="ottoline@example.org")
        undone(batch)
        assert Area.objects.get() == cms
        assert [person.name for person in Person.objects.all()] == ["Ottoline"]
        assert not Leadership.objects.exists()

    def test_queries_hardly_grow_with_the_page(self):
        def queries(pages: int, sections: int, name: str) -> int:
            areas = "".join(f"---++ Corner {i} (Maud)\n   * text {i}\n" for i in range(sections))
            batch = stored({f"{name}{day}.txt": page(day, extra=areas) for day in range(1, pages + 1)}, slug=name)
            batches.undo(batch, at=LATER)
            with CaptureQueriesContext(connection) as asked:
                run(batch, LATER)
            return len(asked)

        few, many = queries(2, 1, "few"), queries(2, 12, "many")
        # One for each section that goes: whoever listens to that asks for its meeting.
        assert many <= few + 2 * 11
        assert BatchPage.objects.filter(state="undone").count() == 4
