"""Looking at the texts that a section had."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from meetings.access import section_for_history
from meetings.comparing import line_diff
from meetings.models import Meeting

REVISIONS_A_PAGE = 20


@require_safe
@login_required
def section_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every text the section had, the newest first, each with what changed against the one it was written on."""
    section = section_for_history(request.user, pk)
    texts = section.revisions.select_related("author", "base")
    page = Paginator(texts, REVISIONS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(revision, line_diff(revision.base.body if revision.base else "", revision.body)) for revision in page]
    context = {
        "section": section,
        "meeting": section.meeting,
        "page": page,
        "rows": rows,
        "closed": section.meeting.state == Meeting.State.PUBLISHED,
    }
    return render(request, "meetings/history.html", context)
