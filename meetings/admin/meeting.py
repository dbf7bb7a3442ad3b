"""Meetings with everything in them: sections, the roll, the actions opened."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join

from meetings.admin.action import OpenedActionInline
from meetings.admin.forms import ReadOnlyAdmin, SharedRowAdmin
from meetings.admin.section import SectionInline
from meetings.models import ActionItem, Attendance, ImportedPage, Meeting, Section


class AttendanceForm(forms.ModelForm):
    """Somebody on the roll; a person's own name need not be typed again."""

    class Meta:
        model = Attendance
        fields = ["meeting", "person", "name", "affiliation", "initials", "status", "position"]

    name = forms.CharField(max_length=120, required=False, help_text="As shown; empty: the person's name.")

    def clean(self) -> dict[str, Any]:
        """Take the name from the person where none is given."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("name") and "name" not in self.errors:
            if data.get("person"):
                data["name"] = data["person"].name
            else:
                self.add_error("name", "Give a name, or choose a person.")
        return data


class AttendanceInline(admin.TabularInline):
    """The roll of a meeting."""

    model = Attendance
    form = AttendanceForm
    fields = ["position", "person", "name", "affiliation", "initials", "status"]
    autocomplete_fields = ["person"]
    extra = 0


@admin.register(Meeting)
class MeetingAdmin(SharedRowAdmin):
    """One meeting. Its state changes by the actions of the list, or on its page of the desk."""

    list_display = ["__str__", "date", "state", "written", "revision", "published_at"]
    list_select_related = ["series"]
    list_filter = ["state", "series"]
    date_hierarchy = "date"
    ordering = ["-date", "series"]  # counting drops that of the model
    search_fields = ["series__title", "series__slug", "date", "sections__heading", "coordinator__name"]
    autocomplete_fields = ["series", "coordinator"]
    fields = ["series", "date", "coordinator", "coordinates", "state", "revision", "published_at"]
    readonly_fields = ["state", "revision", "published_at"]
    inlines = [SectionInline, AttendanceInline, OpenedActionInline]
    actions = ["publish", "reopen"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        """With how many areas have written."""
        meetings: Any = super().get_queryset(request)
        return meetings.counted()

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        """A meeting stays in its series, which numbers its actions."""
        return [*self.readonly_fields, "series"] if obj else list(self.readonly_fields)

    @admin.display(description="written")
    def written(self, meeting: Any) -> str:
        """How many areas have written, of how many."""
        return f"{meeting.sections_filled} of {meeting.sections_asked}"

    def view_on_site(self, meeting: Meeting) -> str:
        """Its page on the desk."""
        return reverse("meeting", args=[meeting.series.slug, meeting.date])

    @transaction.atomic
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Number new actions, and note who took the roll. Of a section only what was changed here is saved."""
        rows = formset.save(commit=False)
        changed = {row.pk: names for row, names in formset.changed_objects if isinstance(row, Section)}
        for row in rows:
            if isinstance(row, ActionItem):
                row.series = form.instance.series
                row.number = row.number or row.series.claim_action_number()
            elif isinstance(row, Attendance):
                row.said_by = cast(User, request.user)
            row.save(update_fields=changed.get(row.pk))
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    @admin.action(description="Publish the minutes", permissions=["change"])
    @transaction.atomic
    def publish(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        """Publish those that are not out yet: all of them, or none where one fails."""
        now = timezone.now()
        for meeting in queryset.order_by("date", "pk"):
            before = meeting.revision
            meeting.publish(at=now)
            if meeting.revision == before:
                self.message_user(request, f"Skipped {meeting}: published already.", messages.WARNING)
                continue
            self.log_change(request, meeting, f"Published as revision {meeting.revision}.")
            self.message_user(request, f"Published {meeting} as revision {meeting.revision}.", messages.SUCCESS)

    @admin.action(description="Reopen for the leads", permissions=["change"])
    @transaction.atomic
    def reopen(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        """Open those that are published or planned: all of them, or none where one fails."""
        for meeting in queryset.order_by("date", "pk"):
            if meeting.state == Meeting.State.OPEN:
                self.message_user(request, f"Skipped {meeting}: open already.", messages.WARNING)
                continue
            meeting.reopen()
            self.log_change(request, meeting, "Opened for the leads.")
            self.message_user(request, f"Opened {meeting} for the leads.", messages.SUCCESS)


@admin.register(Attendance)
class AttendanceAdmin(admin.ModelAdmin):
    """Who came when, for looking one up."""

    form = AttendanceForm
    list_display = ["name", "person", "meeting", "status"]
    list_select_related = ["person", "meeting__series"]
    list_filter = ["status", "meeting__series"]
    date_hierarchy = "meeting__date"
    search_fields = ["name", "person__name", "affiliation"]
    autocomplete_fields = ["meeting", "person"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Note who took the roll."""
        obj.said_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(ImportedPage)
class ImportedPageAdmin(ReadOnlyAdmin):
    """Where meetings were imported from, and what was odd about the pages."""

    list_display = ["topic", "series", "meeting", "problem_count", "imported_at"]
    list_select_related = ["series", "meeting__series"]
    list_filter = ["series"]
    date_hierarchy = "imported_at"
    search_fields = ["topic", "source"]
    exclude = ["problems"]
    readonly_fields = ["problem_list"]

    @admin.display(description="problems")
    def problem_count(self, page: ImportedPage) -> int:
        """How many there are."""
        return len(page.problems)

    @admin.display(description="problems")
    def problem_list(self, page: ImportedPage) -> str:
        """One a line, as the import printed them."""
        lines = ((problem["line"], problem["level"], problem["message"]) for problem in page.problems)
        return format_html_join("", "<div>line {}: {}: {}</div>", lines) or "none"
