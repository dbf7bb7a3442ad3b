"""Naming somebody who stands in for the leads of an area for a while."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from meetings.access import areas_to_deputise
from meetings.forms import DeputyForm
from meetings.models import Deputy
from meetings.models.people import DeputyQuerySet


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def deputies(request: HttpRequest) -> HttpResponse:
    """The deputies of now and later in one's areas; its buttons name another and take the role back."""
    user, today = cast(User, request.user), timezone.localdate()
    areas = areas_to_deputise(user, on=today)
    named = Deputy.objects.filter(area__in=areas).coming(on=today).select_related("area", "person")
    if request.method == "POST" and "end" in request.POST:
        return _end(request, named, today)
    form = DeputyForm(areas, request.POST or None, today=today, user_id=user.pk)
    form.instance.named_by = user
    if request.method == "POST" and form.is_valid():
        deputy = form.save()
        messages.success(request, f"{deputy}, {_days(deputy)}.")
        return redirect("deputies")
    context = {"form": form, "deputies": named, "today": today}
    return render(request, "meetings/deputies.html", context, status=422 if form.errors else 200)


def _end(request: HttpRequest, named: DeputyQuerySet, today: date) -> HttpResponse:
    """Take the role back from one of those that were named."""
    pk = request.POST["end"]
    deputy = get_object_or_404(named, pk=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 10 else 0)
    said = f"{deputy.person} no longer stands in for {deputy.area}."
    deputy.end(on=today)
    messages.success(request, said)
    return redirect("deputies")


def _days(deputy: Deputy) -> str:
    return f"{deputy.since:%-d %B %Y} to {deputy.until:%-d %B %Y}"
