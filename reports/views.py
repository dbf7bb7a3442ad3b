"""The pages that the world reads: snapshots of published reports, and lists of what is in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import PurePath
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Max, OuterRef, Prefetch, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import conditional_page, require_safe

from meetings import markup
from meetings.access import Reader, attachment_for_reading, is_member, series_for_reading
from meetings.minutes.hiding import hide, hide_words
from meetings.models import Area, Leadership, Meeting, Section, Series
from reports.actions import readable_actions, shown, told_updates
from reports.digests import Digest
from reports.filters import ActionFilter, ReportFilter
from reports.models import WeeklyReport
from reports.render import html
from reports.weekly import collect

#: Files that a browser may show by itself; everything else, SVG with its scripts first of all, is only handed out.
SHOWN = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}
#: The text forms of a report: the ending of their address, the field and the type of what is sent.
FORMS = {
    "json": ("json", "application/json"),
    "md": ("markdown", "text/markdown; charset=utf-8"),
    "txt": ("text", "text/plain; charset=utf-8"),
}
EARLIER = 5
REPORTS_A_PAGE = 26
SECTIONS_A_PAGE = 10
ACTIONS_A_PAGE = 50

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """For reading only; asked for anew each time, so that a correction is seen at once, and sent only if changed."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_cache=True, **{"private": True} if is_member(request.user) else {})
        return response

    return require_safe(conditional_page(checked))


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The newest report of each series, and the way to those before it."""
    every = readable_series(request.user)
    age = Window(RowNumber(), partition_by=F("meeting__series"), order_by=F("meeting__date").desc())
    rows = WeeklyReport.objects.rendered().newest().filter(meeting__series__in=every).annotate(age=age)
    rows = rows.filter(age__lte=1 + EARLIER).select_related("meeting__series").defer("html", "text", "markdown")
    by_series: dict[Series, list[WeeklyReport]] = {}
    for row in rows.order_by("-meeting__date"):
        by_series.setdefault(row.meeting.series, []).append(row)
    for one in by_series:
        one.description = described(one, request.user)
    digests = [(Digest.of(newest), earlier) for newest, *earlier in by_series.values()]
    news = [(digest, markup.render(digest.announcements), earlier) for digest, earlier in digests]
    silent = [one for one in every if one not in by_series]
    return render(request, "reports/home.html", {"shown": news, "silent": silent})


@public_page
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """The archive of a series, by year, with filters."""
    one = series_for_reading(request.user, slug)
    one.description = described(one, request.user)
    member, today = is_member(request.user), timezone.localdate()
    reports = WeeklyReport.objects.rendered().newest().of(one).order_by("-meeting__date")
    said = readable_sections(member=member, on=today).filter(meeting__series=one)
    wanted = ReportFilter(request.GET, reports, sections=said)
    rows = wanted.qs.select_related("meeting__series").defer("html", "text", "markdown")
    page = paged(request, rows, REPORTS_A_PAGE)
    context = {"series": one, "filter": wanted, "page": page, "digests": [Digest.of(report) for report in page]}
    return render(request, "reports/series.html", context)


@require_safe
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """To the newest report of a series, or to its archive, which says that there is none."""
    one = series_for_reading(request.user, slug)
    report = WeeklyReport.objects.rendered().of(one).select_related("meeting__series").first()
    return HttpResponseRedirect(report.get_absolute_url() if report else one.get_absolute_url())


@public_page
def report(request: HttpRequest, slug: str, on: date) -> HttpResponse:
    """The newest rendered report of a day.

    Outsiders get the stored snapshot, also while the meeting is reopened. Members get today's rendering with what
    is for members only; while the meeting is reopened they get the snapshot too, as the rest is not finished.
    """
    one = series_for_reading(request.user, slug)
    found = newest_report(one, on)
    if found is None:
        return no_report(request, one, on)
    context: dict[str, Any] = {"series": one, "date": on, "report": found, **neighbours(one, on)}
    if found.state != WeeklyReport.State.RENDERED:
        return render(request, "reports/pending.html", context)
    live = is_member(request.user) and found.meeting.state == Meeting.State.PUBLISHED
    if live:
        context["live"] = html(collect(found.meeting, member=True, on=timezone.localdate()))
    response = render(request, "reports/report.html", context)
    # Any later report of the series may have changed the way to the next one.
    changed = WeeklyReport.objects.rendered().of(one).aggregate(at=Max("rendered_at"))["at"]
    if changed and not live:
        response["Last-Modified"] = http_date(changed.timestamp())
    return response


@public_page
def report_form(request: HttpRequest, slug: str, on: date, form: str) -> HttpResponse:
    """The newest snapshot as text, Markdown or JSON: the same for members, as these are passed on to anybody."""
    one = series_for_reading(request.user, slug)
    if form not in FORMS:
        raise Http404("There is no such form of a report.")
    found = newest_report(one, on)
    if found is None:
        return no_report(request, one, on)
    if found.state != WeeklyReport.State.RENDERED:
        waiting = "This report is published and waits to be rendered; ask again in a minute.\n"
        return HttpResponse(waiting, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": 60})
    field, content_type = FORMS[form]
    response = HttpResponse(getattr(found, field), content_type=content_type)
    if found.rendered_at:
        response["Last-Modified"] = http_date(found.rendered_at.timestamp())
    return response


@public_page
def areas(request: HttpRequest) -> HttpResponse:
    """Every area that has said something the reader may see."""
    member, today = is_member(request.user), timezone.localdate()
    said = readable_sections(member=member, on=today).filter(area=OuterRef("pk")).order_by("-meeting__date")
    now = Prefetch("leaderships", Leadership.objects.active(on=today).select_related("person"), to_attr="led_now")
    rows = Area.objects.annotate(last=Subquery(said.values("meeting__date")[:1])).filter(last__isnull=False)
    return render(request, "reports/areas.html", {"areas": rows.prefetch_related(now)})


@public_page
def area(request: HttpRequest, slug: str) -> HttpResponse:
    """One area through the years: what it reported, who led it, what is still to do."""
    member, today = is_member(request.user), timezone.localdate()
    one = get_object_or_404(Area, slug=slug)
    said = readable_sections(member=member, on=today).filter(area=one).select_related("meeting__series", "area")
    page = paged(request, said.order_by("-meeting__date", "pk"), SECTIONS_A_PAGE)
    if not page and not member and not Section.objects.visible(member=False, on=today).in_published().filter(area=one):
        raise Http404("No report that the reader may see knows of this area.")
    if not member:
        one.description = hide(one.description)
        for section in page:
            section.body, section.leads = hide(section.body), [hide_words(lead) for lead in section.leads]
    context = {
        "area": one,
        "page": page,
        "sections": [(section, markup.render(section.body)) for section in page],
        "leaderships": one.leaderships.select_related("person").order_by("-since", "person__name"),
        "actions": shown(readable_actions(member=member, on=today).filter(area=one, told_state="open"), member=member),
    }
    return render(request, "reports/area.html", context)


@public_page
def actions(request: HttpRequest) -> HttpResponse:
    """All actions, with filters; the newest first."""
    member, today = is_member(request.user), timezone.localdate()
    rows = readable_actions(member=member, on=today).order_by("series__title", "-number", "sub_number")
    wanted = ActionFilter(request.GET, rows, member=member)
    page = paged(request, wanted.qs, ACTIONS_A_PAGE)
    page.object_list = shown(page.object_list, member=member)
    return render(request, "reports/actions.html", {"filter": wanted, "page": page})


@public_page
def action(request: HttpRequest, slug: str, label: tuple[int, int]) -> HttpResponse:
    """One action and what was said of it, meeting by meeting."""
    one = series_for_reading(request.user, slug)
    member, today = is_member(request.user), timezone.localdate()
    rows = readable_actions(member=member, on=today)
    found = get_object_or_404(rows, series=one, number=label[0], sub_number=label[1])
    updates = told_updates(member=member, on=today).filter(action=found).select_related("meeting__series")
    notes = [
        (update, update.note if member else hide(update.note))
        for update in updates.order_by("said_at", "position", "pk")
    ]
    shown([found], member=member)
    context = {
        "action": found,
        "text": markup.render(found.text),
        "updates": [(update, markup.render(note)) for update, note in notes],
        "children": shown(rows.filter(parent=found), member=member),
    }
    return render(request, "reports/action.html", context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Every 404 of the site: which series there are, and a way to search them."""
    return render(request, "404.html", {"every_series": readable_series(request.user)}, status=404)


def no_report(request: HttpRequest, one: Series, on: date) -> HttpResponse:
    """404 for a day without a report: the nearest ones, and to members whether a meeting is being written."""
    context: dict[str, Any] = {"series": one, "date": on, **neighbours(one, on)}
    if is_member(request.user):
        context["meeting"] = Meeting.objects.filter(series=one, date=on).first()
    return render(request, "reports/no_report.html", context, status=404)


def described(one: Series, user: Reader) -> str:
    """What a series says of itself, to this reader."""
    return one.description if is_member(user) else hide(one.description)


def readable_series(user: Reader) -> QuerySet[Series]:
    """Those whose reports are for this reader."""
    return Series.objects.all() if is_member(user) else Series.objects.public()


def readable_sections(*, member: bool, on: date) -> QuerySet[Section]:
    """Those with a text, of published meetings, that the reader may see on a day."""
    published = Meeting.objects.published() if member else Meeting.objects.public()
    return Section.objects.visible(member=member, on=on).filter(meeting__in=published).exclude(body="")


def newest_report(one: Series, on: date) -> WeeklyReport | None:
    """The newest rendered report of a day; where there is none yet, the one that is waited for."""
    rows = WeeklyReport.objects.of(one).filter(meeting__date=on).select_related("meeting__series").order_by("-revision")
    return rows.rendered().first() or rows.first()


def neighbours(one: Series, on: date) -> dict[str, date | None]:
    """The days of the nearest reports before and after."""
    days = WeeklyReport.objects.rendered().of(one).values_list("meeting__date", flat=True)
    return {
        "before": days.filter(meeting__date__lt=on).order_by("-meeting__date").first(),
        "after": days.filter(meeting__date__gt=on).order_by("meeting__date").first(),
    }


def paged(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    """The page of a list that the address asks for; one that does not exist is the last one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


@require_safe
def attachment(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """An attached file, never as anything that could run here."""
    row = attachment_for_reading(request.user, pk, on=timezone.localdate())
    if name != row.name:
        raise Http404("No file of that name.")
    shown = SHOWN.get(PurePath(row.name).suffix.lower())
    try:
        response = FileResponse(
            row.file.open("rb"),
            as_attachment=shown is None,
            filename=PurePath(row.name).name,
            content_type=shown or "application/octet-stream",
        )
    except FileNotFoundError:
        raise Http404("The file is not where it was stored.") from None
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, no_cache=True)
    return response
