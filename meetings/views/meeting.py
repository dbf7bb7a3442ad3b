"""Running one meeting: who has written, who came, publish and reopen."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from meetings.access import meeting_for_run
from meetings.minutes.hiding import MARKER, withholds
from meetings.models import Meeting, Section


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def meeting(request: HttpRequest, slug: str, on: date) -> HttpResponse:
    """The coordinator's page of a meeting; its buttons come back to it."""
    meeting = meeting_for_run(request.user, slug, on)
    if request.method == "POST":
        _press(request, meeting, request.POST.get("do", ""))
        return redirect("meeting", slug, on)
    sections = list(meeting.sections.select_related("area", "state_by").with_newest())
    for section in sections:
        section.meeting = meeting
    context = {
        "meeting": meeting,
        "now": timezone.now(),
        "sections": sections,
        "missing": [section for section in sections if _is_awaited(section)],
        "withheld": [section for section in sections if _is_partly_hidden(section)],
        "marker": MARKER,
        "attendance": meeting.attendance.all(),
        "previous": Meeting.objects.published()
        .filter(series=meeting.series, date__lt=meeting.date)
        .select_related("series")
        .first(),
    }
    return render(request, "meetings/meeting.html", context)


def _is_awaited(section: Section) -> bool:
    """Whether an area still owes this section."""
    return section.kind == Section.Kind.AREA and section.state == Section.State.MISSING


def _is_partly_hidden(section: Section) -> bool:
    """Whether outsiders will read the section, but not the dial-in details in it."""
    return section.visibility != Section.Visibility.MEMBERS and withholds(section.body)


def _press(request: HttpRequest, meeting: Meeting, button: str) -> None:
    """Publish or reopen the meeting and say what happened."""
    if button == "publish":
        before = meeting.revision
        with transaction.atomic():
            meeting.publish(at=timezone.now())
        if meeting.revision == before:
            messages.info(request, f"These minutes were published already, as revision {before}.")
        else:
            messages.success(request, f"Published as revision {meeting.revision}.")
    elif button == "reopen":
        with transaction.atomic():
            meeting.reopen()
        messages.success(request, "Open: leads can write their sections until the minutes are published.")
    else:
        messages.error(request, "Nothing was done: no such button.")
