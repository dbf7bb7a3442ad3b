"""Series and their agendas."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from meetings.admin.forms import OnceFormSet, SharedRowAdmin
from meetings.carryover import open_next_meeting
from meetings.models import AgendaItem, Series


class AgendaFormSet(OnceFormSet):
    """The areas of one series."""

    twice = "This area is on the agenda twice."

    def same(self, row: AgendaItem) -> Hashable | None:
        """The area, as long as it stays."""
        return row.area_id if row.until is None else None


class AgendaInline(admin.TabularInline):
    """The areas on a series' agenda, in order."""

    model = AgendaItem
    formset = AgendaFormSet
    fields = ["position", "area", "since", "until"]
    autocomplete_fields = ["area"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgendaItem]:
        """With what the title of each row names."""
        return super().get_queryset(request).select_related("area", "series")


@admin.register(Series)
class SeriesAdmin(SharedRowAdmin):
    """What meets again and again."""

    list_display = ["title", "slug", "recurrence", "start_time", "timezone", "public"]
    list_filter = ["public", "timezone"]
    search_fields = ["title", "slug", "description"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [AgendaInline]
    actions = ["open_next"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "description", "public"]}),
        ("When", {"fields": ["timezone", "start_time", "recurrence", "lead_deadline"]}),
        ("How", {"fields": ["coordinates", "mail_list", "last_action_number"]}),
    ]
    readonly_fields = ["last_action_number"]

    @admin.action(description="Open the next meeting", permissions=["change"])
    @transaction.atomic
    def open_next(self, request: HttpRequest, queryset: QuerySet[Series]) -> None:
        """Open the first meeting after the last one, or from today on where that is long ago."""
        for series in queryset.annotate(last=Max("meetings__date")).order_by("pk"):
            yesterday = timezone.localdate(timezone=series.zone) - timedelta(days=1)
            meeting = open_next_meeting(series, after=max(yesterday, series.last or yesterday))
            if meeting:
                self.log_change(request, series, f"Opened the meeting of {meeting.date}.")
                self.message_user(request, f"Open for its leads: {meeting}.", messages.SUCCESS)
            else:
                said = f"{series} has no recurrence rule with a next date, so no meeting was opened. Add one by hand."
                self.message_user(request, said, messages.WARNING)


@admin.register(AgendaItem)
class AgendaItemAdmin(admin.ModelAdmin):
    """Which area is on which agenda, for looking one up."""

    list_display = ["area", "series", "position", "since", "until"]
    list_select_related = ["area", "series"]
    list_filter = ["series", "area"]
    search_fields = ["area__name", "series__title"]
    autocomplete_fields = ["series", "area"]
