"""Importing in a real browser: the way from upload to undo, with the bar moving, in both schemes and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from meetings import tasks
from meetings.importer import batches
from meetings.models import ImportBatch, Meeting
from tests.meetings.test_batches import page as minutes

ADD = "/admin/meetings/importbatch/add/"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = []
    for day in range(3, 9):
        path = tmp_path / f"Mar{day}.txt"
        path.write_text(minutes(day, extra="      *loose\n"))
        found.append(path)
    (tmp_path / "bytes.txt").write_bytes(bytes(range(256)) * 20)
    return [*found, tmp_path / "bytes.txt"]


@pytest.fixture
def _a_page_at_a_time(monkeypatch):
    """Each poll does one page, so that there is progress to see."""
    monkeypatch.setattr(tasks, "AT_ONCE_SECONDS", 0.0)


def upload(page, live_server, files) -> None:
    page.goto(f"{live_server.url}{ADD}")
    page.get_by_label("files").set_input_files(files)
    page.get_by_label("or a new series").fill("relay")
    page.get_by_role("button", name="Upload and look at it").click()


@pytest.mark.usefixtures("_a_page_at_a_time")
def test_from_upload_to_undo(page, live_server, sign_in, coordinator, files):
    sign_in(page, coordinator.user)
    upload(page, live_server, files)
    expect(page.get_by_role("status")).to_contain_text("The pages are being read")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    expect(page.locator("details.page .reason")).to_contain_text("This is not text, nor a Word document")
    page.locator("details.page", has_text="Mar4").locator("summary").click()
    expect(page.locator("details.page[open]").get_by_role("cell", name="      *loose")).to_be_visible()
    page.locator("details.page[open]").get_by_role("link", name="Source and result").click()
    expect(page.get_by_role("heading", name="Result", exact=True)).to_be_visible()
    page.go_back()

    page.get_by_role("button", name="Import 6 pages").click()
    expect(page.get_by_role("status")).to_contain_text("The pages are being imported")
    expect(page.get_by_text("6 pages imported.")).to_be_visible()
    assert Meeting.objects.count() == 6

    page.get_by_text("Undo this import…").click()
    page.get_by_role("button", name="Undo the whole import").click()
    expect(page.get_by_text("6 meetings that came with this import went.")).to_be_visible()
    assert not Meeting.objects.exists()


@pytest.mark.usefixtures("_a_page_at_a_time")
def test_without_javascript(browser, live_server, sign_in, coordinator, files):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, coordinator.user)
        page.goto(f"{live_server.url}{ADD}")
        page.get_by_label("files").set_input_files(files[:2])
        page.get_by_label("or a new series").fill("relay")
        page.get_by_role("button", name="Upload and look at it").click()
        while not page.get_by_text("Nothing has been changed yet.").is_visible():
            page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Import 2 pages").click()
        while not page.get_by_text("2 pages imported.").is_visible():
            page.get_by_role("button", name="Go on").click()
        assert Meeting.objects.count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_and_can_be_read(page, live_server, sign_in, check_accessible, coordinator, files, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, coordinator.user)
    upload(page, live_server, files)
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    batch = ImportBatch.objects.get()
    addresses = [ADD, f"/admin/meetings/importbatch/{batch.pk}/change/"]
    addresses += [f"/admin/meetings/batchpage/{row.pk}/change/" for row in batch.pages.all()[:2]]
    for address in addresses:
        page.goto(f"{live_server.url}{address}")
        for one in page.locator("details:not([open]) > summary").all():
            if one.is_visible() and page.locator(".import").count():
                one.click()
        inside = page.locator(".import, #importbatch_form").evaluate("one => one.scrollWidth - one.clientWidth")
        assert inside <= 0, address
        # To look at the admin's own stylesheets for forms, axe would add styles which the policy refuses.
        if address != ADD:
            check_accessible(page)
    batches.commit(batch, at=batch.uploaded_at)
    page.goto(f"{live_server.url}{addresses[1]}")
    expect(page.get_by_text("6 pages imported.")).to_be_visible()
    check_accessible(page)
