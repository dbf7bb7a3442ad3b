"""What Celery runs: two lines each over plain functions. Every task can run twice."""

from celery import shared_task
from django.utils import timezone

from meetings import thinning
from meetings.importer import batches
from meetings.models import Meeting
from reports import publishing


@shared_task
def render_report(report_id: int) -> None:
    """Render a report as soon as it is announced."""
    for meeting in Meeting.objects.filter(reports=report_id):
        publishing.publish(meeting, at=timezone.now())


@shared_task
def run_due() -> None:
    """Do whatever is due: the sweep that makes up for pokes that were lost."""
    publishing.render_pending(at=timezone.now())
    thinning.run_due(at=timezone.now())
    batches.run_due(at=timezone.now())
