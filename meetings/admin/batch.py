"""Importing in the browser: upload, look at what would happen, import, and take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from meetings import markup, tasks
from meetings.access import is_coordinator
from meetings.admin.forms import ReadOnlyAdmin
from meetings.admin.upload import UploadForm
from meetings.importer import batches
from meetings.importer.foresight import lines_of
from meetings.minutes import Minutes
from meetings.models import BatchPage, ImportBatch

PAGES_A_PAGE = 30
#: Of a source and its result no more is shown than a browser can bear.
MAX_LINES = 3000
MAX_LINE = 2000


class CoordinatorsAdmin(admin.ModelAdmin):
    """Pages for coordinators alone, whatever else somebody on the staff may do."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is shown among the others."""
        return super().has_module_permission(request) and is_coordinator(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """With the permission, and as a coordinator."""
        return super().has_add_permission(request) and is_coordinator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With the permission, and as a coordinator."""
        return super().has_view_permission(request, obj) and is_coordinator(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With the permission, and as a coordinator."""
        return super().has_change_permission(request, obj) and is_coordinator(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With the permission, and as a coordinator."""
        return super().has_delete_permission(request, obj) and is_coordinator(request.user)

    def get_changed(self, request: HttpRequest, pk: int) -> Any:
        """The row, for those who may change it."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row


@admin.register(ImportBatch)
class ImportBatchAdmin(CoordinatorsAdmin):
    """Uploads. One that was imported is undone, not deleted."""

    form = UploadForm
    fields = ["uploads", "into", "slug", "on"]
    list_display = ["__str__", "state", "page_count", "uploaded_by", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    list_filter = ["state", "series"]
    date_hierarchy = "uploaded_at"
    search_fields = ["slug", "pages__topic"]
    add_form_template = "admin/meetings/importbatch/add.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        """With how many pages each has."""
        return super().get_queryset(request).annotate(page_count=Count("pages"))

    @admin.display(description="pages")
    def page_count(self, batch: Any) -> int:
        """How many there are."""
        return cast(int, batch.page_count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never where rows could be left behind that nobody could take back."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_removable)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None: each is deleted on its own page, with its files."""
        return {}

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """An upload with its pages, which nobody deletes by themselves."""
        pages = BatchPage.objects.filter(batch__in=objs).count()
        return [str(batch) for batch in objs], {"uploaded pages": pages}, set(), []

    def delete_model(self, request: HttpRequest, obj: ImportBatch) -> None:
        """With its files."""
        batches.remove(obj)

    def get_urls(self) -> list[URLPattern]:
        """The steps of an import, and how far it is."""
        mine: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("<int:pk>/progress/", "progress", self.progress_view),
            ("<int:pk>/step/", "step", self.step_view),
        ]
        wrap = self.admin_site.admin_view
        urls = [path(route, wrap(view), name=f"meetings_importbatch_{name}") for route, name, view in mine]
        return urls + super().get_urls()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """As the form has it: the browser knows better how a date is picked than the admin's calendar."""
        return db_field.formfield(**kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Where files are chosen."""
        return super().add_view(request, form_url, {"title": "Import minutes"})

    def save_model(self, request: HttpRequest, obj: ImportBatch, form: Any, change: bool) -> None:
        """Keep the files and have them read; the admin holds the transaction."""
        files = [(file.name, file.file) for file in form.cleaned_data["uploads"]]
        batches.begin(obj, files, by=cast(User, request.user), at=timezone.now())
        tasks.poke(obj.pk)

    def response_add(
        self, request: HttpRequest, obj: ImportBatch, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to what would happen."""
        return redirect("admin:meetings_importbatch_change", obj.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far it is, what would happen or what did, and the next step."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"Import: {batch}",
            "opts": self.opts,
            "batch": batch,
            "kept_until": batch.changed_at + batches.KEEP_FILES,
            **_progress(batch),
            **_pages(batch, request),
        }
        return TemplateResponse(request, "admin/meetings/importbatch/batch.html", context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is; a POST also does the next bit where there is no worker to do it."""
        batch = self.get_changed(request, pk)
        if request.method == "POST":
            tasks.go_on(pk)
            batch.refresh_from_db()
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("admin:meetings_importbatch_change", pk)
        if batch.is_given_up or not batch.is_working:
            return HttpResponseClientRefresh()
        return TemplateResponse(request, "admin/meetings/importbatch/_progress.html", _progress(batch))

    def step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The next step: import, undo, read again, or another try."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        batch = self.get_changed(request, pk)
        steps: dict[str, Callable[..., None]] = {
            "commit": batches.commit,
            "undo": batches.undo,
            "preview": batches.preview,
            "again": batches.try_again,
        }
        name = request.POST.get("do", "")
        if name not in steps:
            messages.error(request, "Nothing was done: choose one of the buttons.")
            return redirect("admin:meetings_importbatch_change", pk)
        try:
            with transaction.atomic():
                steps[name](batch, at=timezone.now())
                self.log_change(request, batch, f"Asked for: {name}.")
                tasks.poke(pk)
        except batches.WrongMomentError as error:
            messages.error(request, str(error))
        return redirect("admin:meetings_importbatch_change", pk)


@admin.register(BatchPage)
class BatchPageAdmin(ReadOnlyAdmin, CoordinatorsAdmin):
    """One uploaded page: its source and what is made of it."""

    list_display = ["topic", "batch", "date", "state", "problem_count"]
    list_select_related = ["batch"]
    list_filter = ["state", "batch__series"]
    date_hierarchy = "date"
    search_fields = ["topic", "path"]

    @admin.display(description="problems")
    def problem_count(self, page: BatchPage) -> int:
        """How many there are."""
        return len(page.problems)

    def get_urls(self) -> list[URLPattern]:
        """With the address that a date is sent to."""
        view = self.admin_site.admin_view(self.date_view)
        return [path("<int:pk>/date/", view, name="meetings_batchpage_date"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The source and the result side by side."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        page = self.get_object(request, object_id)
        if page is None:
            raise Http404
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        result = batches.read_again(page, at=timezone.now())
        lines = lines_of(result.source.data)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{page.topic}: source and result",
            "opts": self.opts,
            "page": page,
            "batch": page.batch,
            "gone": result.source.refused,
            "told": result.minutes,
            "actions": result.actions or (result.minutes.actions if result.minutes else ()),
            "rows": _beside(lines[:MAX_LINES], page.problems),
            "more_lines": max(0, len(lines) - MAX_LINES),
            "sections": _rendered(result.minutes),
            "may_set_date": page.batch.state == ImportBatch.State.READY
            and page.file
            and not page.batch.files_deleted_at,
        }
        return TemplateResponse(request, "admin/meetings/batchpage/page.html", context)

    def date_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give a page the date of its meeting."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        page = get_object_or_404(BatchPage.objects.select_related("batch"), pk=pk)
        if not (request.user.has_perm("meetings.change_importbatch") and is_coordinator(request.user)):
            raise PermissionDenied
        field = forms.DateField(required=False)
        try:
            batches.set_date(page, field.clean(request.POST.get("on", "")), at=timezone.now())
        except forms.ValidationError:
            messages.error(request, "This is not a date; write it like 2012-10-30.")
            return redirect("admin:meetings_batchpage_change", pk)
        except batches.WrongMomentError as error:
            messages.error(request, str(error))
        tasks.poke(page.batch_id)
        return redirect("admin:meetings_importbatch_change", page.batch_id)


def _progress(batch: ImportBatch) -> dict[str, Any]:
    """How far the work of a state is."""
    waiting = {
        ImportBatch.State.READING: [BatchPage.State.WAITING],
        ImportBatch.State.STORING: [BatchPage.State.NEW, BatchPage.State.CHANGED],
        ImportBatch.State.UNDOING: [BatchPage.State.IMPORTED],
    }.get(ImportBatch.State(batch.state), [])
    left = batch.pages.filter(state__in=waiting).count() if waiting else 0
    return {"batch": batch, "done": max(0, batch.to_do - left), "at_once": tasks.works_at_once()}


#: What the list of pages can be narrowed to: a word in the address, what it is called, and the states.
_SHOWN = (
    ("new", "new", [BatchPage.State.NEW]),
    ("changed", "changed", [BatchPage.State.CHANGED]),
    ("imported", "imported", [BatchPage.State.IMPORTED]),
    ("undone", "taken back", [BatchPage.State.UNDONE]),
    ("kept", "kept", [BatchPage.State.KEPT]),
    ("failed", "failed", [BatchPage.State.FAILED]),
    ("unchanged", "unchanged", [BatchPage.State.UNCHANGED]),
)


def _pages(batch: ImportBatch, request: HttpRequest) -> dict[str, Any]:
    """The pages of a batch, some at a time, and how many there are of each kind."""
    if batch.is_working and not batch.is_given_up:
        return {}
    numbers = Counter(dict(batch.pages.order_by().values_list("state").annotate(Count("pk"))))
    shown = request.GET.get("show", "")
    pages = batch.pages.defer("journal").select_related("meeting__series")
    states = next((states for word, _, states in _SHOWN if word == shown), None)
    if states:
        pages = pages.filter(state__in=states)
    listed = Paginator(pages, PAGES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "numbers": {str(state): number for state, number in numbers.items()},
        "total": numbers.total(),
        "to_store": numbers[BatchPage.State.NEW] + numbers[BatchPage.State.CHANGED],
        "kinds": [(word, name, sum(numbers[s] for s in some)) for word, name, some in _SHOWN],
        "shown": shown if states else "",
        "listed": listed,
        "rows": [(page, Counter(problem["level"] for problem in page.problems)) for page in listed],
    }


def _beside(lines: tuple[str, ...], problems: list[dict[str, Any]]) -> list[tuple[int, str, list[dict[str, Any]]]]:
    """Each line with its number and what is odd about it."""
    odd: dict[int, list[dict[str, Any]]] = {}
    for problem in problems:
        odd.setdefault(problem["line"], []).append(problem)
    return [(number, line[:MAX_LINE], odd.get(number, [])) for number, line in enumerate(lines, start=1)]


def _rendered(told: Minutes | None) -> list[dict[str, Any]]:
    """The sections as readers will see them."""
    sections = told.sections if told else ()
    return [{"section": section, "html": markup.render(section.body)} for section in sections[:MAX_LINES]]
