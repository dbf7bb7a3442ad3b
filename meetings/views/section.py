"""Writing one section, and looking at the texts it had."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from meetings import markup
from meetings.access import is_coordinator, section_for_edit, section_for_history
from meetings.comparing import line_diff
from meetings.forms import SectionForm
from meetings.models import Meeting, Section
from meetings.models.section import StaleSaveError

REVISIONS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor. A text sent by somebody whose session has ended comes back to them; it is not thrown away."""
    if request.method == "POST":
        return _receive(request, request.user, pk) if request.user.is_authenticated else _signed_out(request)
    return _show(request, pk)


@login_required
def _show(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor with the newest text."""
    section = section_for_edit(request.user, pk)
    return _editor(request, section, SectionForm(initial={"body": section.body, "base": section.head}))


def _signed_out(request: HttpRequest) -> HttpResponse:
    """What was typed, with the way back in."""
    page = "meetings/_signed_out.html" if request.htmx else "meetings/signed_out.html"  # type: ignore[attr-defined]
    return render(request, page, {"form": SectionForm(request.POST)}, status=403)


def _receive(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Preview or save what was typed; whatever is wrong with it, it is shown again."""
    section = section_for_edit(user, pk)
    form = SectionForm(request.POST)
    asked_preview = request.POST.get("do") == SectionForm.PREVIEW
    preview = markup.render(form.cleaned_data["body"]) if asked_preview and form.is_valid() else None
    if asked_preview and request.htmx:  # type: ignore[attr-defined]
        return render(request, "meetings/_preview.html", {"form": form, "preview": preview, "asked_preview": True})
    if asked_preview or not form.is_valid():
        status = 200 if form.is_valid() else 422
        return _editor(request, section, form, preview=preview, asked_preview=asked_preview, status=status)
    try:
        said = _save(user, pk, form.cleaned_data, at=timezone.now())
    except StaleSaveError as stale:
        return _conflict(request, pk, form.cleaned_data["body"], stale)
    messages.success(request, said)
    return redirect("section", pk)


@transaction.atomic
def _save(user: User, pk: int, data: dict[str, Any], *, at: datetime) -> str:
    """Write the text as a revision, and say so. The guard is asked again behind the lock that publishing takes."""
    Meeting.objects.select_for_update().get(sections=pk)
    section = section_for_edit(user, pk)
    before = section.head
    section.write(data["body"], at=at, state=data["do"], base=data["base"] or 0, author=user)
    clock = f"{at.astimezone(section.meeting.series.zone):%H:%M %Z}"
    same = "" if section.head != before else " The text is as it was."
    return f"Saved {clock}: {section.get_state_display()}.{same}"


def _conflict(request: HttpRequest, pk: int, yours: str, stale: StaleSaveError) -> HttpResponse:
    """Both texts: yours to go on with, now based on theirs, and theirs beside it."""
    section = section_for_edit(request.user, pk)
    theirs = stale.current
    form = SectionForm(initial={"body": yours, "base": theirs.number if theirs else 0})
    changes = line_diff(theirs.body if theirs else "", yours)
    return _editor(request, section, form, theirs=theirs, changes=changes, conflict=True, status=409)


def _editor(
    request: HttpRequest, section: Section, form: SectionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page around the text: what it is for, who saved it last, and what the area said before."""
    context = {
        "section": section,
        "meeting": section.meeting,
        "form": form,
        "newest": section.revisions.select_related("author").filter(number=section.head).first(),
        "before": _before(section),
        "runs": is_coordinator(request.user),
        "now": timezone.now(),
        **more,
    }
    return render(request, "meetings/section.html", context, status=status)


def _before(section: Section) -> Section | None:
    """The last section with a text that the same area, or heading, had in an earlier meeting of the series."""
    same = {"area": section.area} if section.area_id else {"area": None, "heading": section.heading}
    earlier = Section.objects.filter(meeting__series=section.meeting.series, meeting__date__lt=section.meeting.date)
    return earlier.filter(**same).exclude(body="").select_related("meeting__series").order_by("-meeting__date").first()


@require_safe
@login_required
def section_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every text the section had, the newest first, each with what changed against the one before."""
    section = section_for_history(request.user, pk)
    page = Paginator(section.revisions.select_related("author"), REVISIONS_A_PAGE).get_page(request.GET.get("page"))
    numbers = [revision.number - 1 for revision in page]
    older = dict(section.revisions.filter(number__in=numbers).values_list("number", "body"))
    rows = [(revision, line_diff(older.get(revision.number - 1, ""), revision.body)) for revision in page]
    context = {
        "section": section,
        "meeting": section.meeting,
        "page": page,
        "rows": rows,
        "closed": section.meeting.state == Meeting.State.PUBLISHED,
    }
    return render(request, "meetings/history.html", context)
