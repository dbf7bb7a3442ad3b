"""What was uploaded -> a file a page in the batch's folder, so that each can be read, and read again, by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import IO

from django.db import transaction

from meetings.importer.sources import HISTORY_ENDING, Source, sources
from meetings.models import BatchPage, ImportBatch

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
#: What all pages of an upload may come to when they are unpacked, and how many they may be.
MAX_UNPACKED_BYTES = 250 * 1024 * 1024
MAX_PAGES = 5000


def keep(batch: ImportBatch, files: Iterable[tuple[str, IO[bytes]]]) -> None:
    """Put uploaded files into the batch's folder, and note their names and sizes."""
    folder = _upload(batch)
    # A batch whose transaction failed may have left files under the number that this one got.
    discard(batch)
    folder.mkdir(parents=True)
    for number, (given, content) in enumerate(files):
        name = PurePath(given.replace("\\", "/")).name
        # Files of one name have a folder each; a topic and its history lie side by side.
        target = folder / str(number) if (folder / name).exists() else folder
        target.mkdir(exist_ok=True)
        with (target / name).open("wb") as kept:
            shutil.copyfileobj(content, kept)
        batch.files.append({"name": name, "size": (target / name).stat().st_size})
    batch.save(update_fields=["files"])


def unpack(batch: ImportBatch) -> None:
    """Make a row and a file of each page; harmless where it was begun before."""
    if not _upload(batch).exists():
        return
    pages = _pages(batch)
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    rows = _rows(batch, pages)
    with transaction.atomic():
        batch.pages.all().delete()
        BatchPage.objects.bulk_create(rows)
        batch.to_do = sum(row.state == BatchPage.State.WAITING for row in rows)
        batch.save(update_fields=["to_do"])
    shutil.rmtree(_upload(batch))


def source_of(page: BatchPage) -> Source:
    """A page as it was uploaded."""
    file = _pages(page.batch) / page.file
    try:
        data = file.read_bytes()
    except OSError:
        return Source(page.path, page.topic, refused="its uploaded file is no longer here; upload it again")
    history = file.with_name(page.file + HISTORY_ENDING)
    return Source(page.path, page.topic, data, history.read_bytes() if history.exists() else b"")


def discard(batch: ImportBatch) -> None:
    """Delete the files of a batch."""
    shutil.rmtree(batch.folder, ignore_errors=True)


def _upload(batch: ImportBatch) -> Path:
    return batch.folder / "upload"


def _pages(batch: ImportBatch) -> Path:
    return batch.folder / "pages"


def _rows(batch: ImportBatch, pages: Path) -> list[BatchPage]:
    """A row a page; one that cannot be taken is a failed one with the reason."""
    rows: list[BatchPage] = []
    topics: dict[str, str] = {}
    total = 0
    files = sorted(path for path in _upload(batch).rglob("*") if path.is_file() and not _is_history(path))
    for position, source in enumerate(sources(files), start=1):
        path, topic = _shown(batch, source), _storable(source.name)[:250]
        total += len(source.data) + len(source.history)
        refused = source.refused or _refusal(total, position, topics.setdefault(topic, path), path)
        row = BatchPage(batch=batch, position=position, path=path[-500:], topic=topic)
        if refused:
            row.state = BatchPage.State.FAILED
            row.problems = [{"line": 1, "level": "error", "message": refused, "source": ""}]
        else:
            row.file = f"{position:05}"
            (pages / row.file).write_bytes(source.data)
            if source.history:
                (pages / (row.file + HISTORY_ENDING)).write_bytes(source.history)
        rows.append(row)
        if position > MAX_PAGES or total > MAX_UNPACKED_BYTES:
            break
    return rows


def _refusal(total: int, position: int, first: str, path: str) -> str:
    """Why a page that can be read is not taken, or nothing."""
    if position > MAX_PAGES:
        return f"an import may have {MAX_PAGES} pages; this one and those after it were left out: upload them apart"
    if total > MAX_UNPACKED_BYTES:
        size = MAX_UNPACKED_BYTES // 1024 // 1024
        return f"an import may unpack to {size} MB; this page and those after it were left out: upload them apart"
    if first != path:
        return f"another page of this upload, {first}, has the same name; a page is known by its name: rename one"
    return ""


def _is_history(path: Path) -> bool:
    """Whether a file is the history of a page that was uploaded with it."""
    is_history = path.name.endswith(HISTORY_ENDING)
    return is_history and path.with_name(path.name.removesuffix(HISTORY_ENDING)).exists()


def _shown(batch: ImportBatch, source: Source) -> str:
    """Where a page came from, as whoever uploaded it knows it."""
    return _storable(source.path.removeprefix(f"{_upload(batch)}/"))


def _storable(name: str) -> str:
    """A name from an archive may have bytes that are no text."""
    return name.encode(errors="backslashreplace").decode().replace("\0", "")
