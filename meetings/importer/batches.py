"""Imports in the browser: a worker does them in slices, and whoever comes next goes on where one was lost.

What is asked for (`begin`, `preview`, `commit`, `undo`) sets the state; `work` does it. A page and the note of what
became of it are one transaction, so that a worker may be lost at any moment and nothing is done twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import IO

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet

from meetings.importer import foresight, undoing
from meetings.importer.journal import SeriesWatch, Watch
from meetings.importer.run import Importer, Result, series_for_import, series_of
from meetings.importer.undoing import counted
from meetings.importer.unpacking import discard, keep, source_of, unpack
from meetings.models import BatchPage, ImportBatch

#: How long the uploaded files are kept after an import, or after an upload that nobody imported.
KEEP_FILES = timedelta(days=30)
#: How long one task works on a batch before it makes room for others.
SLICE_SECONDS = 60.0

State = ImportBatch.State
Page = BatchPage.State
logger = logging.getLogger(__name__)


class WrongMomentError(Exception):
    """Something was asked of a batch that is not in the state for it; the message says so."""


@transaction.atomic
def begin(batch: ImportBatch, files: Iterable[tuple[str, IO[bytes]]], *, by: User | None, at: datetime) -> None:
    """Keep a new batch and its files, to be read. Raises `ValidationError` for a slug that no series can have."""
    series = series_of(batch.slug)
    batch.series = series if series.pk else None
    batch.uploaded_by, batch.uploaded_at, batch.changed_at = by, at, at
    batch.save()
    keep(batch, files)


@transaction.atomic
def preview(batch: ImportBatch, *, at: datetime) -> None:
    """Have every page read again: the record, or the names of areas, may have changed since."""
    row = _locked(batch, State.READY)
    read = row.pages.exclude(file="")
    read.update(state=Page.WAITING)
    row.turn(State.READING, at=at, to_do=read.count())


@transaction.atomic
def commit(batch: ImportBatch, *, at: datetime) -> None:
    """Have the pages stored that can be."""
    row = _locked(batch, State.READY)
    if row.files_deleted_at:
        raise WrongMomentError("The uploaded files were deleted, as said; upload them again.")
    row.turn(State.STORING, at=at, to_do=_to_store(row).count())


@transaction.atomic
def undo(batch: ImportBatch, *, at: datetime) -> None:
    """Have all of it taken back that nobody has built on since."""
    row = _locked(batch, State.DONE)
    row.turn(State.UNDOING, at=at, to_do=row.pages.filter(state=Page.IMPORTED).count())


@transaction.atomic
def set_date(page: BatchPage, on: date | None, *, at: datetime) -> None:
    """Give a page a date that overrules its own, and have it read again."""
    row = _locked(page.batch, State.READY)
    row.pages.filter(pk=page.pk).update(on=on, state=Page.WAITING)
    row.turn(State.READING, at=at, to_do=1)


def try_again(batch: ImportBatch, *, at: datetime) -> None:
    """Take up a batch again that was given up."""
    given_up = ImportBatch.objects.working().filter(pk=batch.pk, attempts__gte=ImportBatch.MAX_ATTEMPTS)
    given_up.update(attempts=0, claimed_at=None, changed_at=at)


def _locked(batch: ImportBatch, state: State) -> ImportBatch:
    """The batch, if it is in this state, until the transaction ends."""
    row = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if row.state != state:
        raise WrongMomentError(f"This import is {row.get_state_display()}; look at its page again.")
    return row


def work(batch_id: int, *, at: datetime, seconds: float | None = None) -> bool:
    """Do what there is to do for a batch, for so long or to the end; says whether something is left."""
    free = ImportBatch.objects.working().hopeful().unclaimed(at=at).filter(pk=batch_id)
    if not free.update(claimed_at=at, attempts=F("attempts") + 1):
        return False
    batch = ImportBatch.objects.select_related("series").get(pk=batch_id)
    ended = _WORK[State(batch.state)](batch, at, None if seconds is None else monotonic() + seconds)
    ImportBatch.objects.filter(pk=batch_id, claimed_at=at).update(claimed_at=None, attempts=0)
    return not ended


def run_due(*, at: datetime) -> int:
    """Go on with batches whose worker was lost or never told, and delete files that are no longer needed."""
    waiting = ImportBatch.objects.working().hopeful().unclaimed(at=at)
    ids = list(waiting.values_list("pk", flat=True))
    for pk in ids:
        try:
            work(pk, at=at, seconds=SLICE_SECONDS)
        except Exception:
            # Its claim stays, so it is tried again later; the others are not to wait for it.
            logger.exception("import %s", pk)
    old = ImportBatch.objects.filter(files_deleted_at=None, changed_at__lt=at - KEEP_FILES)
    for batch in old.filter(state__in=[State.READY, State.DONE, State.UNDONE]):
        discard(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(files_deleted_at=at)
    return len(ids)


def read_again(page: BatchPage, *, at: datetime) -> Result:
    """What an uploaded page says as it would be read now, for looking at it."""
    run = Importer(series_of(page.batch.slug), at=at, on=page.on or page.batch.on, read_all=True)
    return run.look(source_of(page))


def remove(batch: ImportBatch) -> None:
    """Delete a batch that brought nothing, or nothing any more, with its files."""
    discard(batch)
    batch.delete()


def _read_all(batch: ImportBatch, at: datetime, until: float | None) -> bool:
    """Unpack, and look at every page."""
    unpack(batch)
    if not _each(batch, _LOOKING, at, until):
        return False
    free: Counter[str] = Counter()
    for summary in batch.pages.filter(state__in=[Page.NEW, Page.CHANGED]).values_list("summary", flat=True):
        free.update(set(summary.get("free", ())))
    batch.headings = [[heading, count] for heading, count in free.most_common(100)]
    batch.said = []
    batch.save(update_fields=["headings", "said"])
    batch.turn(State.READY, at=at)
    return True


def _store_all(batch: ImportBatch, at: datetime, until: float | None) -> bool:
    """Store every page that can be, then what they tell together."""
    if batch.series is None:
        with transaction.atomic():
            batch.made_series = series_of(batch.slug).pk is None
            batch.series = series_for_import(batch.slug)
            batch.save(update_fields=["series", "made_series"])
    if not _each(batch, _STORING, at, until):
        return False
    with transaction.atomic():
        stored = batch.pages.filter(state=Page.IMPORTED)
        if stored.exists():
            watch = SeriesWatch(batch.series)
            _importer(batch, at).settle()
            batch.journal = watch.journal()
        batch.said = [f"{counted(stored.count(), 'page')} imported."]
        undoing.remove_empty_series(batch)
        batch.save(update_fields=["journal", "said"])
        batch.turn(State.DONE, at=at)
    return True


def _undo_all(batch: ImportBatch, at: datetime, until: float | None) -> bool:
    """Take back what was concluded, then the pages from the last to the first, then what nothing refers to."""
    undoing.take_back_conclusions(batch)
    if not _each(batch, _TAKING_BACK, at, until):
        return False
    undoing.finish(batch, at=at)
    return True


_WORK: dict[State, Callable[[ImportBatch, datetime, float | None], bool]] = {
    State.READING: _read_all,
    State.STORING: _store_all,
    State.UNDOING: _undo_all,
}


def _to_store(batch: ImportBatch) -> QuerySet[BatchPage]:
    return batch.pages.filter(state__in=[Page.NEW, Page.CHANGED])


def _importer(batch: ImportBatch, at: datetime) -> Importer:
    looked_at = _to_store(batch) if batch.state == State.READING else BatchPage.objects.none()
    seen = {day: topic for day, topic in looked_at.values_list("date", "topic") if day}
    return Importer(batch.series or series_of(batch.slug), at=at, seen=seen)


@dataclass(frozen=True)
class _Step:
    """What is done to each page: to pages of which states, and what becomes of one on which the program fails."""

    takes: tuple[Page, ...]
    do: Callable[[BatchPage, Importer, datetime], None]
    failed: Page
    order: str = "position"


def _each(batch: ImportBatch, step: _Step, at: datetime, until: float | None) -> bool:
    """Take a step with each page until the time is up; says whether it came to the end.

    A page on which the program itself fails is left as it was, with a note, and holds up no other.
    """
    run: Importer | None = None
    pages = batch.pages.filter(state__in=step.takes).order_by(step.order)
    for pk in list(pages.values_list("pk", flat=True)):
        run = run or _importer(batch, at)
        try:
            with transaction.atomic():
                locked = BatchPage.objects.select_for_update(of=("self",)).select_related("batch")
                if page := locked.filter(pk=pk, state__in=step.takes).first():
                    step.do(page, run, at)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.exception("page %s of import %s", pk, batch.pk)
            # What the failed page taught the importer went with its transaction.
            run = None
            message = (
                f"the program failed on this page ({type(error).__name__}) and left it as it was; please report it"
            )
            BatchPage.objects.filter(pk=pk).update(state=step.failed, note=message)
        if until is not None and monotonic() > until:
            return not pages.exists()
    return True


def _look(page: BatchPage, run: Importer, at: datetime) -> None:
    """Note what a page would bring."""
    run.on = page.on or page.batch.on
    foresight.note(page, run.look(source_of(page)))
    page.note = ""
    page.save(update_fields=["state", "problems", "summary", "date", "date_source", "note"])


def _store(page: BatchPage, run: Importer, at: datetime) -> None:
    """Store a page, with the note of what it did."""
    watch = Watch(run.series)
    run.on, run.watch = page.on or page.batch.on, watch.start
    run.made.clear()
    result = run.store(source_of(page))
    page.problems = foresight.problems(result)
    page.meeting = result.meeting
    page.state = {"imported": Page.IMPORTED, "unchanged": Page.UNCHANGED, "failed": Page.FAILED}[result.outcome]
    if result.outcome == "imported":
        page.journal = watch.journal(run.made)
    page.save(update_fields=["problems", "meeting", "state", "journal"])


def _take_back(page: BatchPage, run: Importer, at: datetime) -> None:
    """Undo what a page did, or say why not."""
    undoing.take_back(page, at=at)


_LOOKING = _Step((Page.WAITING,), _look, failed=Page.FAILED)
_STORING = _Step((Page.NEW, Page.CHANGED), _store, failed=Page.FAILED)
_TAKING_BACK = _Step((Page.IMPORTED,), _take_back, failed=Page.KEPT, order="-position")
