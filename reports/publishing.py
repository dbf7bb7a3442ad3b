"""From a published meeting to a stored report. Everything here may run twice, or in two places at once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from meetings.models import Meeting, Section
from reports import render
from reports.models import WeeklyReport
from reports.weekly import collect

PATIENCE = timedelta(minutes=10)
"""How long a claim holds: what was not rendered within this time is tried again."""
MAX_ATTEMPTS = 5

logger = logging.getLogger(__name__)


def announce(meeting: Meeting, *, at: datetime) -> WeeklyReport:
    """Note that a report of this revision is to be rendered. Belongs into the transaction that publishes."""
    earlier = meeting.reports.due().filter(revision__lt=meeting.revision)
    earlier.pending().update(
        state=WeeklyReport.State.FAILED, error=f"Replaced by revision {meeting.revision} before it was rendered."
    )
    earlier.update(stale=False)
    report, _ = WeeklyReport.objects.get_or_create(
        meeting=meeting, revision=meeting.revision, defaults={"published_at": at}
    )
    return report


def publish(meeting: Meeting, *, at: datetime) -> bool:
    """Claim, collect, render and store what is due of a meeting; says whether a report was stored.

    A failure is kept with the report, which is tried again later, but not for ever.
    """
    report = meeting.reports.current().due().first()
    if report is None or not _claim(report, at=at):
        return False
    try:
        weekly = collect(meeting, on=timezone.localdate(at))
        forms = {
            "html": render.html(weekly),
            "text": render.text(weekly),
            "markdown": render.markdown(weekly),
            "json": render.json(weekly),
        }
    except Exception as error:
        logger.exception("%s could not be rendered", report)
        _note_failure(report, error, at=at)
        return False
    # Whoever reopened the meeting or changed a section in the meantime has made this text a wrong one.
    stored = WeeklyReport.objects.filter(pk=report.pk, claimed_at=at).current()
    state = WeeklyReport.State.RENDERED
    return stored.update(**forms, state=state, stale=False, rendered_at=at, claimed_at=None, error="") == 1


def render_pending(*, at: datetime) -> int:
    """Render whatever is due, also where an embargo has ended since; says how many reports were stored."""
    _lift_embargoes(at=at)
    _give_up(at=at)
    waiting = WeeklyReport.objects.due().current().filter(_unclaimed(at)).values("meeting")
    return sum(publish(meeting, at=at) for meeting in Meeting.objects.filter(pk__in=waiting).order_by("pk"))


def _claim(report: WeeklyReport, *, at: datetime) -> bool:
    """Take a report to render; of several that try, one succeeds."""
    free = WeeklyReport.objects.due().filter(_unclaimed(at), pk=report.pk)
    return free.update(claimed_at=at, attempts=F("attempts") + 1) == 1


def _unclaimed(at: datetime) -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lt=at - PATIENCE)


def _note_failure(report: WeeklyReport, error: Exception, *, at: datetime) -> None:
    """Keep what went wrong; the claim stays, so that the next attempt waits as long as after a lost one."""
    mine = WeeklyReport.objects.filter(pk=report.pk, claimed_at=at)
    mine.update(error=f"{type(error).__name__}: {error}")
    mine.filter(attempts__gte=MAX_ATTEMPTS).update(state=WeeklyReport.State.FAILED, stale=False)


def _give_up(*, at: datetime) -> None:
    """Fail those whose every attempt was lost without a word, as when the worker ran out of memory."""
    lost = WeeklyReport.objects.due().filter(attempts__gte=MAX_ATTEMPTS, claimed_at__lt=at - PATIENCE)
    lost.update(
        state=WeeklyReport.State.FAILED, stale=False, error=f"Given up: none of {MAX_ATTEMPTS} attempts came to an end."
    )


def _lift_embargoes(*, at: datetime) -> None:
    """Have those rendered again that left out a section which everybody may read by now."""
    lifted = Section.objects.filter(
        meeting=OuterRef("meeting"),
        visibility=Section.Visibility.EMBARGOED,
        embargo_until__lte=timezone.localdate(at),
        embargo_until__gt=OuterRef("rendered_at__date"),
    )
    WeeklyReport.objects.current().filter(Exists(lifted), stale=False).render_again()
