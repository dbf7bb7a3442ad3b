"""Looking at the texts that a section had, comparing two of them, and bringing one back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from meetings import markup, saving
from meetings.access import section_for_edit, section_for_history
from meetings.comparing import line_diff
from meetings.models import Meeting, Section, SectionRevision
from meetings.sittings import Sitting, sittings

SITTINGS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every text the section had, in sittings, the newest first; its buttons bring a text back."""
    if request.method == "POST":
        return _restore(request, cast(User, request.user), pk)
    section = section_for_history(request.user, pk)
    revisions = list(section.revisions.select_related("author").defer("body").order_by("number"))
    page = Paginator(sittings(revisions), SITTINGS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": section,
        "meeting": section.meeting,
        "page": page,
        "rows": list(_rows(section, page, revisions)),
        "newest": section.head,
        "closed": section.meeting.state == Meeting.State.PUBLISHED,
    }
    return render(request, "meetings/history.html", context)


def _rows(section: Section, page: Iterable[Sitting], revisions: list[SectionRevision]) -> Iterable[dict[str, Any]]:
    """Each sitting with the text that it found, and what it changed in it."""
    shown = [revision.number for revision in revisions if not revision.aside]
    found = {
        sitting.last.number: max((number for number in shown if number < sitting.revisions[0].number), default=0)
        for sitting in page
    }
    bodies = dict(section.revisions.filter(number__in=[*found, *found.values()]).values_list("number", "body"))
    for sitting in page:
        before = found[sitting.last.number]
        lines = line_diff(bodies.get(before, ""), bodies[sitting.last.number])
        yield {"sitting": sitting, "before": before, "lines": lines}


def _restore(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Bring the text of a revision back as a new one."""
    with transaction.atomic():
        get_object_or_404(Section.objects.select_for_update(), pk=pk)
        section = section_for_edit(user, pk)
        revision = _revision(section, request.POST.get("revision"))
        changed = saving.restore(section, revision, at=timezone.now(), author=user)
    if changed:
        messages.success(request, f"Restored: the section has the text of revision {revision.number} again.")
    else:
        messages.info(request, f"The section has the text of revision {revision.number} already.")
    return redirect("section-history", pk)


@require_safe
@login_required
def section_comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Two texts of a section, as readers see them and as they are typed; one alone beside what came before it."""
    section = section_for_history(request.user, pk)
    new = _revision(section, request.GET.get("to") or str(section.head))
    if request.GET.get("from"):
        old: SectionRevision | None = _revision(section, request.GET["from"])
    else:
        earlier = section.revisions.select_related("author").filter(aside=False, number__lt=new.number)
        old = earlier.order_by("-number").first()
    before = old.body if old else ""
    context = {
        "section": section,
        "meeting": section.meeting,
        "old": old,
        "new": new,
        "lines": line_diff(before, new.body, context=None),
        "rendered": markup.compared(before, new.body),
        "closed": section.meeting.state == Meeting.State.PUBLISHED,
        "is_newest": new.number == section.head,
    }
    return render(request, "meetings/comparison.html", context)


def _revision(section: Section, number: str | None) -> SectionRevision:
    """The revision of a number as it came, or 404."""
    if not (number and number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404("No such revision.")
    return get_object_or_404(section.revisions.select_related("author"), number=int(number))
