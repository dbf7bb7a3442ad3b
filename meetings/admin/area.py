"""Areas, their names, and who leads them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from meetings.admin.forms import AliasFormSet, AreaAliasForm
from meetings.models import Area, AreaAlias, Leadership


class AreaAliasInline(admin.TabularInline):
    """The other names of an area."""

    model = AreaAlias
    form = AreaAliasForm
    formset = AliasFormSet
    extra = 0


class AreaLeadershipInline(admin.TabularInline):
    """Who leads the area, and since when."""

    model = Leadership
    autocomplete_fields = ["person"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Leadership]:
        """With what the title of each row names."""
        return super().get_queryset(request).select_related("area", "person")


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    """What sections are about."""

    list_display = ["name", "slug", "other_names"]
    list_filter = ["agenda_items__series"]
    search_fields = ["name", "slug", "aliases__text"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AreaAliasInline, AreaLeadershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Area]:
        """With their other names, which the list shows."""
        return super().get_queryset(request).prefetch_related("aliases")

    @admin.display(description="also called")
    def other_names(self, area: Area) -> str:
        """Its aliases in a row."""
        return ", ".join(alias.text for alias in area.aliases.all())


@admin.register(AreaAlias)
class AreaAliasAdmin(admin.ModelAdmin):
    """Other names of areas, for looking one up."""

    form = AreaAliasForm
    list_display = ["text", "area"]
    list_select_related = ["area"]
    list_filter = ["area"]
    search_fields = ["text", "area__name"]
    autocomplete_fields = ["area"]
