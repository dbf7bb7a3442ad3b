"""Writing one section; where two people changed the same words, choosing between them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from meetings import markup, saving
from meetings.access import is_coordinator, section_for_edit
from meetings.forms import ClashForm, SectionForm
from meetings.minutes.hiding import MARKER, withholds
from meetings.models import Section, SectionRevision
from meetings.saving import Clash, Saved


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
    typed = form.cleaned_data
    return _save(request, user, pk, typed["body"], state=typed["do"], base=typed["base"] or 0)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_clash(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A text that was set aside, beside the section's own: choose one or both wherever they clash."""
    user = cast(User, request.user)  # somebody is signed in
    section = section_for_edit(user, pk)
    typed = get_object_or_404(section.revisions.select_related("base"), number=number, aside=True)
    theirs = get_object_or_404(section.revisions.select_related("author"), number=section.head)
    if request.method != "POST":
        return _clash(request, section, Clash(typed, theirs))
    # What was chosen from is what the page showed, whatever was saved since.
    seen = section.revisions.select_related("author").filter(number=_number(request.POST.get("theirs"))).first()
    clash = Clash(typed, seen or theirs)
    form = ClashForm(clash.merge.clashes, request.POST)
    if not form.is_valid():
        return _clash(request, section, clash, form, status=422)
    text = clash.merge.text(form.choices)
    if form.cleaned_data["do"] == ClashForm.EDIT:
        return _editor(request, section, SectionForm(initial={"body": text, "base": clash.theirs.number}), chosen=True)
    merging = SectionRevision.Origin.MERGE
    return _save(request, user, pk, text, state=form.cleaned_data["do"], base=clash.theirs.number, origin=merging)


def _number(text: str | None) -> int:
    """A revision's number as it came, or none's."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _save(request: HttpRequest, user: User, pk: int, body: str, **how: Any) -> HttpResponse:
    """Save a text and say so, or show where it clashes."""
    section, outcome = _store(user, pk, body, at=timezone.now(), **how)
    if isinstance(outcome, Clash):
        return _clash(request, section, outcome, status=409)
    messages.success(request, _said(section, outcome, at=timezone.now()))
    return redirect("section", pk)


@transaction.atomic
def _store(user: User, pk: int, body: str, *, at: datetime, **how: Any) -> tuple[Section, Saved | Clash]:
    """Save a text. The guard is asked again behind the lock that publishing takes as well."""
    get_object_or_404(Section.objects.select_for_update(), pk=pk)
    section = section_for_edit(user, pk)
    return section, saving.save(section, body, at=at, author=user, **how)


def _said(section: Section, outcome: Saved, *, at: datetime) -> str:
    """What a save did, in words."""
    said = f"Saved {at.astimezone(section.meeting.series.zone):%H:%M %Z}: {section.get_state_display()}."
    if names := outcome.merged_with:
        return f"{said} Merged with {' and '.join(names)} change{'s' if len(names) > 1 else ''}."
    return said if outcome.changed else f"{said} The text is as it was."


def _clash(
    request: HttpRequest, section: Section, clash: Clash, form: ClashForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Both texts in one, with a choice in each place where they clash."""
    form = form or ClashForm(clash.merge.clashes)
    context = {
        "section": section,
        "meeting": section.meeting,
        "clash": clash,
        "form": form,
        "chunks": form.beside(clash.merge.chunks),
        "now": timezone.now(),
        "mine": clash.typed.author_id == request.user.pk,
    }
    return render(request, "meetings/clash.html", context, status=status)


def _editor(
    request: HttpRequest, section: Section, form: SectionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page around the text: what it is for, who saved it last, and what the area said before."""
    context = {
        "section": section,
        "meeting": section.meeting,
        "form": form,
        "newest": section.newest_revision(),
        "before": _before(section),
        "runs": is_coordinator(request.user),
        "marker": MARKER if section.visibility != Section.Visibility.MEMBERS and withholds(section.body) else "",
        "now": timezone.now(),
        **more,
    }
    return render(request, "meetings/section.html", context, status=status)


def _before(section: Section) -> Section | None:
    """The last section with a text that the same area, or heading, had in an earlier meeting of the series."""
    same = {"area": section.area} if section.area_id else {"area": None, "heading": section.heading}
    earlier = Section.objects.filter(meeting__series=section.meeting.series, meeting__date__lt=section.meeting.date)
    return earlier.filter(**same).exclude(body="").select_related("meeting__series").order_by("-meeting__date").first()
