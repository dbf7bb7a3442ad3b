"""What Celery runs for imports. Every task can run twice."""

from __future__ import annotations

import logging
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from meetings.importer import batches

#: Without a worker the work is done within a request, which must not take long; the page asks for the rest.
AT_ONCE_SECONDS = 1.0

logger = logging.getLogger(__name__)


@shared_task
def work_on_batch(batch_id: int) -> None:
    """Work on an import for a while, and have somebody go on."""
    seconds = AT_ONCE_SECONDS if works_at_once() else batches.SLICE_SECONDS
    if batches.work(batch_id, at=timezone.now(), seconds=seconds) and not works_at_once():
        _send(batch_id)


def works_at_once() -> bool:
    """Whether there is no worker, so that tasks are done within a request."""
    return bool(settings.CELERY_TASK_ALWAYS_EAGER)


def go_on(batch_id: int) -> None:
    """Do the next bit where there is no worker; where there is one, it is at it."""
    if works_at_once():
        work_on_batch.delay(batch_id)


def poke(batch_id: int) -> None:
    """Tell a worker of an import after the commit; without a broker the sweep finds it."""
    transaction.on_commit(partial(_send, batch_id))


def _send(batch_id: int) -> None:
    try:
        work_on_batch.delay(batch_id)
    except OperationalError as error:
        logger.warning("no worker was told of import %s (%s); run_due will go on with it", batch_id, error)
