"""Importing in the admin: who may, what is refused with which words, and the way from upload to undo."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.admin import batch as batch_admin
from meetings.admin import upload as upload_admin
from meetings.importer import batches, unpacking
from meetings.models import BatchPage, ImportBatch, Meeting, Section, Series
from tests.conftest import NOW, sign_in
from tests.meetings.test_batches import page, run, stored, upload

pytestmark = pytest.mark.django_db

ADD = "/admin/meetings/importbatch/add/"
FORM = {"into": "", "slug": "relay", "on": ""}


@pytest.fixture
def clerk(db):
    """Somebody on the staff with every permission for imports who is no coordinator."""
    user = User.objects.create_user("clerk", "clerk@example.org", "secret", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model__in=["importbatch", "batchpage"]))
    return sign_in(user)


def send(client, files: dict[str, bytes | str], **form):
    uploads = [
        SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text) for name, text in files.items()
    ]
    return client.post(ADD, FORM | form | {"uploads": uploads})


def at(name: str, row) -> str:
    return reverse(f"admin:meetings_{name}", args=[row.pk])


def shown(client, batch) -> str:
    return " ".join(client.get(at("importbatch_change", batch)).content.decode().split())


def finished(client, batch) -> ImportBatch:
    """What the progress page does while it is open."""
    while ImportBatch.objects.working().filter(pk=batch.pk).exists():
        assert client.post(at("importbatch_progress", batch), headers={"HX-Request": "true"}).status_code == 200
    batch.refresh_from_db()
    return batch


def test_from_upload_to_undo(coordinator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = send(coordinator, {"Mar4.txt": page(), "Mar11.txt": page(11), "bytes.txt": bytes(range(256)) * 9})
    batch = ImportBatch.objects.get()
    assert response["Location"] == at("importbatch_change", batch)
    assert (batch.uploaded_by, finished(coordinator, batch).state) == (coordinator.user, "ready")
    text = shown(coordinator, batch)
    assert "Nothing has been changed yet." in text
    assert "Importing would add 2 new pages to the new series “relay”." in text
    assert "1 page cannot be imported." in text
    assert "This is not text, nor a Word document" in text
    assert '4 March 2014</time> <span class="quiet">(when the page was saved)' in text
    assert 'Choir practice <span class="quiet">(2 pages)' in text
    assert not Series.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        coordinator.post(at("importbatch_step", batch), {"do": "commit"})
    assert finished(coordinator, batch).state == "done"
    assert "2 pages imported." in shown(coordinator, batch)
    assert Meeting.objects.count() == 2

    with django_capture_on_commit_callbacks(execute=True):
        coordinator.post(at("importbatch_step", batch), {"do": "undo"})
    assert finished(coordinator, batch).state == "undone"
    assert "2 meetings that came with this import went." in shown(coordinator, batch)
    assert not Meeting.objects.exists()
    response = coordinator.post(at("importbatch_delete", batch), {"post": "yes"})
    assert response.status_code == 302
    assert not batch.folder.exists()
    assert not ImportBatch.objects.exists()


def test_archives_come_in(coordinator, django_capture_on_commit_callbacks):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        info = tarfile.TarInfo("Web/Mar4.txt")
        info.size = len(page().encode())
        archive.addfile(info, io.BytesIO(page().encode()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Web/Mar11.txt", page(11))
    with django_capture_on_commit_callbacks(execute=True):
        send(coordinator, {"a.tar.gz": tar.getvalue(), "b.zip": packed.getvalue()})
    batch = finished(coordinator, ImportBatch.objects.get())
    assert list(batch.pages.values_list("path", "state")) == [
        ("a.tar.gz/Web/Mar4.txt", "new"),
        ("b.zip/Web/Mar11.txt", "new"),
    ]


@pytest.mark.parametrize(
    ("files", "form", "words"),
    [
        ({}, {}, "Choose a page, several, or an archive of pages."),
        ({"x.txt": b""}, {}, "“x.txt” is empty."),
        ({"x.pdf": b"%PDF"}, {}, "“x.pdf” is no page and no archive by its name: it should end with .txt"),
        ({"x.txt": b"1"}, {"slug": ""}, "Choose a series, or name a new one."),
        ({"x.txt": b"1"}, {"slug": "relay", "into": 1}, "Choose one or name one."),
        ({"x.txt": b"1"}, {"slug": "desk"}, "“desk” is the address of another page"),
        ({"x.txt": b"1"}, {"slug": "no slug!"}, "letters, numbers, underscores or hyphens"),
        ({"x.txt": b"1", "y.txt": b"1"}, {"on": "2014-03-04"}, "A date is for a single page"),
        ({"x.zip": b"1"}, {"on": "2014-03-04"}, "A date is for a single page"),
        ({"x.txt": b"1"}, {"on": "soon"}, "Enter a valid date."),
        ({"x.txt": b"1" * 3_000_000}, {}, "This is 3 MB; up to 2 MB can be uploaded at once. Upload it in parts."),
        ({f"{n}.txt": b"1" for n in range(201)}, {}, "These are 201 files; up to 200 can be uploaded at once."),
    ],
)
def test_what_is_refused_is_said(files, form, words, coordinator, monkeypatch):
    Series.objects.create(pk=1, slug="first", title="First")
    monkeypatch.setattr(upload_admin, "MAX_UPLOAD_BYTES", 2 * 1024 * 1024)
    response = send(coordinator, files, **form)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_series_that_is_there(coordinator, series, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(coordinator, {"Mar4.txt": page()}, slug="", into=series.pk)
    batch = finished(coordinator, ImportBatch.objects.get())
    assert (batch.series, batch.slug) == (series, "production")
    assert "Importing would add 1 new page to Production meeting." in shown(coordinator, batch)


def test_the_limits_are_said_beforehand(coordinator):
    assert "At most 50 MB, 200 files and 5000 pages at once." in coordinator.get(ADD).content.decode()


def test_a_date_is_given_to_one_page(coordinator, django_capture_on_commit_callbacks):
    batch = upload({"notes.txt": "---++ CMS (Maud)\n   * 1 khour\n", "Mar4.txt": page()})
    row = batch.pages.get(topic="notes")
    assert "Nothing here tells the day of the meeting: give it beside its source." in shown(coordinator, batch)
    for value, words in (("soon", "This is not a date"), ("2014-03-18", "18 March 2014")):
        with django_capture_on_commit_callbacks(execute=True):
            coordinator.post(at("batchpage_date", row), {"on": value})
        assert words in shown(coordinator, finished(coordinator, batch))


def test_source_and_result_are_side_by_side(coordinator):
    batch = upload(
        {"Mar4.txt": page(cms="   * 300 khour/day, *91%* <script>alert(1)</script>", extra="      *loose\n")}
    )
    text = coordinator.get(at("batchpage_change", batch.pages.get())).content.decode()
    assert "<code>   * 300 khour/day, *91%* &lt;script&gt;" in text
    assert "<strong>91%</strong>" in text
    assert "<script>alert" not in text
    marked = text[text.index('<li value="10" class="marked">') :]
    assert marked.index("A bullet without the space") < marked.index("</li>")


def test_a_source_that_is_gone_is_said(coordinator):
    batch = stored({"Mar4.txt": page()})
    unpacking.discard(batch)
    text = coordinator.get(at("batchpage_change", batch.pages.get())).content.decode()
    assert "There is no source to show: its uploaded file is no longer here" in text


def test_what_stopped_can_be_tried_again(coordinator, django_capture_on_commit_callbacks):
    batch = upload({"Mar4.txt": page()})
    batches.commit(batch, at=NOW)
    ImportBatch.objects.update(attempts=5, claimed_at=NOW)
    assert "This stopped 5 times" in shown(coordinator, batch)
    with django_capture_on_commit_callbacks(execute=True):
        coordinator.post(at("importbatch_step", batch), {"do": "again"})
    assert finished(coordinator, batch).state == "done"


def test_a_step_at_the_wrong_moment_is_said(coordinator):
    batch = stored({"Mar4.txt": page()})
    for step, words in (("commit", "This import is imported"), ("nonsense", "choose one of the buttons")):
        response = coordinator.post(at("importbatch_step", batch), {"do": step}, follow=True)
        assert words in response.content.decode()
    # What was imported is undone, not deleted.
    assert coordinator.post(at("importbatch_delete", batch), {"post": "yes"}).status_code == 403
    assert "Delete this upload" not in shown(coordinator, batch)


def test_the_list_of_pages_is_narrowed_and_asks_no_more_for_more(coordinator):
    def queries(batch) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert coordinator.get(at("importbatch_change", batch)).status_code == 200
        return len(asked)

    few = stored({"Mar4.txt": page(), "blank.txt": "  "})
    many = stored({f"Mar{day}.txt": page(day) for day in range(5, 12)} | {"blank.txt": "  "})
    assert queries(many) == queries(few)
    text = coordinator.get(at("importbatch_change", many), {"show": "failed"}).content.decode()
    assert ("blank" in text, "Mar5" in text.partition('id="pages"')[2]) == (True, False)


PEOPLE = ("outsider", "member", "lead", "clerk", "coordinator", "superuser")
# address, method, then what each of PEOPLE gets
TABLE = [
    ("importbatch_changelist", "GET", 302, 302, 302, 403, 200, 200),
    ("importbatch_add", "GET", 302, 302, 302, 403, 200, 200),
    ("importbatch_add", "POST", 302, 302, 302, 403, 200, 200),
    ("importbatch_change", "GET", 302, 302, 302, 403, 200, 200),
    ("importbatch_change", "POST", 302, 302, 302, 405, 405, 405),
    ("importbatch_progress", "GET", 302, 302, 302, 403, 302, 302),
    ("importbatch_progress", "POST", 302, 302, 302, 403, 302, 302),
    ("importbatch_step", "GET", 302, 302, 302, 405, 405, 405),
    ("importbatch_step", "POST", 302, 302, 302, 403, 302, 302),
    ("importbatch_delete", "GET", 302, 302, 302, 403, 200, 200),
    ("importbatch_history", "GET", 302, 302, 302, 403, 200, 200),
    ("batchpage_changelist", "GET", 302, 302, 302, 403, 200, 200),
    ("batchpage_change", "GET", 302, 302, 302, 403, 200, 200),
    ("batchpage_date", "GET", 302, 302, 302, 405, 405, 405),
    ("batchpage_date", "POST", 302, 302, 302, 403, 302, 302),
]
CASES = [(*row[:2], who, status) for row in TABLE for who, status in zip(PEOPLE, row[2:], strict=True)]


@pytest.mark.parametrize(("name", "method", "who", "status"), CASES)
def test_who_gets_what(name, method, who, status, request):
    batch = upload({"Mar4.txt": page()})
    client = request.getfixturevalue(who)
    row = batch if name.startswith("importbatch") else batch.pages.get()
    arguments = [] if name.endswith(("_changelist", "_add")) else [row.pk]
    address = reverse(f"admin:meetings_{name}", args=arguments)
    data = {"do": "commit", "on": ""} if method == "POST" else {}
    response = client.generic(method, address) if method == "GET" else client.post(address, data)
    assert response.status_code == status
    to_sign_in = response.get("Location", "").startswith("/accounts/login/") or "/admin/login/" in response.get(
        "Location", ""
    )
    assert to_sign_in == (who in ("outsider", "member", "lead"))
    state = ImportBatch.objects.get().state
    moved = status == 302 and not to_sign_in and name in ("importbatch_step", "batchpage_date")
    assert (state != "ready") == moved
    assert not Section.objects.exclude(meeting__series__slug="production").exists()


@pytest.mark.parametrize("name", ["importbatch_progress", "importbatch_step", "batchpage_date", "batchpage_change"])
def test_what_is_not_there(name, coordinator):
    method = coordinator.get if name == "batchpage_change" else coordinator.post
    assert method(reverse(f"admin:meetings_{name}", args=[999])).status_code == 404


def test_uploads_have_no_address(coordinator, outsider):
    batch = upload({"Mar4.txt": page()})
    [file] = [path for path in batch.folder.rglob("*") if path.is_file()]
    name = str(file).rpartition("/imports/")[2]
    for client in (coordinator, outsider):
        for prefix in ("/media/imports/", "/media/", "/imports/", "/static/imports/"):
            assert client.get(f"{prefix}{name}").status_code == 404


def test_a_worker_is_told_and_its_absence_is_survived(coordinator, django_capture_on_commit_callbacks, monkeypatch):
    def nobody(*args):
        raise batch_admin.tasks.OperationalError("no broker")

    monkeypatch.setattr(batch_admin.tasks.work_on_batch, "delay", nobody)
    with django_capture_on_commit_callbacks(execute=True):
        assert send(coordinator, {"Mar4.txt": page()}).status_code == 302
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.claimed_at) == ("reading", None)
    assert "The pages are being read." in shown(coordinator, batch)
    batches.run_due(at=NOW)
    assert run(batch).state == "ready"
    assert BatchPage.objects.get().state == "new"
