"""Numbers that areas report."""

from __future__ import annotations

from django.contrib import admin

from meetings.models import Metric, Reading


@admin.register(Metric)
class MetricAdmin(admin.ModelAdmin):
    """What is counted, and how it is found in a text."""

    list_display = ["label", "area", "unit", "phrase"]
    list_select_related = ["area"]
    list_filter = ["area"]
    search_fields = ["label", "area__name", "phrase"]
    autocomplete_fields = ["area"]


@admin.register(Reading)
class ReadingAdmin(admin.ModelAdmin):
    """What was read from which section."""

    list_display = ["metric", "meeting", "value", "quote"]
    list_select_related = ["metric__area", "section__area", "section__meeting__series"]
    list_filter = ["metric__area", "section__meeting__series"]
    date_hierarchy = "section__meeting__date"
    search_fields = ["metric__label", "metric__area__name", "quote"]
    autocomplete_fields = ["metric", "section"]

    @admin.display(ordering="section__meeting__date")
    def meeting(self, reading: Reading) -> str:
        """Which meeting it was reported in."""
        return str(reading.section.meeting)
