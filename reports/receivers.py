"""What happens here when the record changes. The work is a row first; the message to a worker is only a poke."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from kombu.exceptions import OperationalError

from meetings.models import Meeting, Section
from meetings.signals import meeting_published
from reports import publishing
from reports.models import WeeklyReport
from reports.tasks import render_report

#: What publishing and reopening save of a meeting; they see to the reports themselves.
PUBLISHING = frozenset({"state", "revision", "published_at"})

logger = logging.getLogger(__name__)


def listen() -> None:
    """Connect what is below."""
    meeting_published.connect(on_published)
    post_save.connect(on_meeting_changed, sender=Meeting)
    post_save.connect(on_section_changed, sender=Section)
    post_delete.connect(on_section_changed, sender=Section)


def on_published(sender: type[Meeting], *, meeting: Meeting, at: datetime, **kwargs: Any) -> None:
    """Announce a report, and have it rendered once the publishing is in the database."""
    poke(publishing.announce(meeting, at=at))


def on_meeting_changed(sender: type[Meeting], *, instance: Meeting, update_fields: Any = None, **kwargs: Any) -> None:
    """Render the report again when the day of a published meeting is put right, or who ran it."""
    if update_fields is None or not PUBLISHING.issuperset(update_fields):
        _render_again(instance)


def _render_again(meeting: Meeting, *, also: bool = False) -> None:
    """Have what is published rendered anew; `also` where it waits for that already."""
    if meeting.state != Meeting.State.PUBLISHED:
        return
    reports = WeeklyReport.objects.filter(meeting=meeting.pk).current()
    if (reports.render_again() or also) and (report := reports.first()):
        poke(report)


def on_section_changed(sender: type[Section], *, instance: Section, **kwargs: Any) -> None:
    """Render the report again when a section of a published meeting changes or goes.

    A snapshot that shows what is hidden by now is withdrawn at once, also while the meeting is reopened.
    """
    withdrawn = 0
    seen = Section.objects.visible(member=False, on=timezone.localdate()).filter(pk=instance.pk)
    if instance.visibility != Section.Visibility.PUBLIC and not seen.exists():
        withdrawn = WeeklyReport.objects.filter(meeting=instance.meeting_id).withdraw_if_it_shows(instance)
    _render_again(instance.meeting, also=withdrawn > 0)


def poke(report: WeeklyReport) -> None:
    """Tell a worker of a report after the commit; without a broker the sweep finds it."""
    transaction.on_commit(partial(_send, report.pk))


def _send(report_id: int) -> None:
    try:
        render_report.delay(report_id)
    except OperationalError as error:
        logger.warning("no worker was told of report %s (%s); run_due will render it", report_id, error)
