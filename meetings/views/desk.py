"""My desk: what is mine to write, and for coordinators what is being written."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings.access import is_coordinator
from meetings.accounts import COORDINATORS
from meetings.models import Area, Deputy, Leadership, Meeting, Section


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The sections of this user in the meetings being written, and where to go from there."""
    user = cast(User, request.user)  # somebody is signed in
    now = timezone.now()
    runs = is_coordinator(user)
    areas = _areas(user, now)
    deputyships = Deputy.objects.filter(person__user=user).coming(on=timezone.localdate(now)).select_related("area")
    context = {
        "now": now,
        "runs": runs,
        "areas": areas,
        "deputyships": deputyships,
        "sections": _sections(user),
        "meetings": Meeting.objects.unpublished().counted().select_related("series").order_by("date", "pk")
        if runs
        else [],
        "coordinators": []
        if runs or areas or deputyships
        else User.objects.filter(groups__name=COORDINATORS, is_active=True).order_by("last_name", "username"),
    }
    return render(request, "meetings/desk.html", context)


def _sections(user: User) -> list[Section]:
    """Somebody's sections in the meetings that are not out yet, the most urgent meeting first."""
    mine = Section.objects.led_by(user.pk).filter(meeting__in=Meeting.objects.unpublished())
    return list(
        mine.select_related("meeting__series", "area", "state_by")
        .with_newest()
        .order_by("meeting__date", "meeting", "position")
    )


def _areas(user: User, now: datetime) -> list[Area]:
    """The areas somebody leads today."""
    led = Leadership.objects.of_user(user.pk, on=timezone.localdate(now)).values("area")
    return list(Area.objects.filter(pk__in=led))
