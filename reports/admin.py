"""What was published, to look at; the program writes it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from meetings.admin.forms import ReadOnlyAdmin
from reports.models import Delivery, WeeklyReport, WeeklyReportQuerySet


class DeliveryInline(admin.TabularInline):
    """Who gets a report by mail."""

    model = Delivery
    fields = ["recipient", "person", "state", "sent_at", "error"]
    readonly_fields = ["recipient", "person", "state", "sent_at", "error"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: recipients are found when the report is published."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """With the people, whom each row shows."""
        return super().get_queryset(request).select_related("person", "report__meeting__series")


@admin.register(WeeklyReport)
class WeeklyReportAdmin(ReadOnlyAdmin):
    """Published revisions of minutes."""

    list_display = ["meeting", "revision", "state", "published_at", "rendered_at", "attempts"]
    list_select_related = ["meeting__series"]
    list_filter = ["state", "meeting__series"]
    date_hierarchy = "published_at"
    search_fields = ["meeting__series__title", "meeting__date", "text"]
    inlines = [DeliveryInline]
    actions = ["render_again"]

    @admin.action(description="Render again", permissions=["render"])
    def render_again(self, request: HttpRequest, queryset: WeeklyReportQuerySet) -> None:
        """Have reports rendered anew: after a failure, or when the forms themselves have changed."""
        count = queryset.render_again()
        messages.success(request, f"{count} to be rendered again; what can be read stays readable until then.")

    def has_render_permission(self, request: HttpRequest) -> bool:
        """Coordinators, who may change reports, though nobody types in one."""
        return request.user.has_perm("reports.change_weeklyreport")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeeklyReport]:
        """Without the rendered texts, which a list would load for nothing."""
        return super().get_queryset(request).defer("html", "text", "markdown", "json")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The outbox."""

    list_display = ["recipient", "report", "state", "sent_at", "error"]
    list_select_related = ["report__meeting__series", "person"]
    list_filter = ["state", "report__meeting__series"]
    date_hierarchy = "sent_at"
    search_fields = ["recipient", "person__name", "message_id"]
