"""Everything periodic that is due now, once: for cron, where there is no Celery beat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from meetings import thinning
from meetings.importer import batches
from reports import publishing
from reports.models import WeeklyReport


class Command(BaseCommand):
    help = "Do everything periodic that is due now, once. For cron; with Celery beat it is not needed."

    def handle(self, *args: Any, **options: Any) -> None:
        rendered = publishing.render_pending(at=timezone.now())
        batches.run_due(at=timezone.now())
        thinning.run_due(at=timezone.now())
        waiting, failed = WeeklyReport.objects.due().count(), WeeklyReport.objects.failed().count()
        self.stdout.write(f"{rendered} rendered, {waiting} waiting, {failed} failed")
