"""People, the names they go by, and what they lead."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from meetings.admin.forms import AliasFormSet, PersonAliasForm
from meetings.models import Deputy, Leadership, Person, PersonAlias


class PersonAliasInline(admin.TabularInline):
    """The other names of a person."""

    model = PersonAlias
    form = PersonAliasForm
    formset = AliasFormSet
    extra = 0


class PersonLeadershipInline(admin.TabularInline):
    """What the person leads, and since when."""

    model = Leadership
    autocomplete_fields = ["area"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Leadership]:
        """With what the title of each row names."""
        return super().get_queryset(request).select_related("area", "person")


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    """Who leads, attends and owes; an account lets them write."""

    list_display = ["name", "affiliation", "email", "user", "other_names"]
    list_select_related = ["user"]
    list_filter = [("user", admin.EmptyFieldListFilter), "leaderships__area"]
    search_fields = ["name", "affiliation", "email", "wiki_name", "aliases__text"]
    autocomplete_fields = ["user"]
    inlines = [PersonAliasInline, PersonLeadershipInline]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """With their other names, which the list shows."""
        return super().get_queryset(request).prefetch_related("aliases")

    @admin.display(description="also called")
    def other_names(self, person: Person) -> str:
        """Their aliases in a row."""
        return ", ".join(alias.text for alias in person.aliases.all())


@admin.register(PersonAlias)
class PersonAliasAdmin(admin.ModelAdmin):
    """Other names of people, for looking one up."""

    form = PersonAliasForm
    list_display = ["text", "person"]
    list_select_related = ["person"]
    search_fields = ["text", "person__name"]
    autocomplete_fields = ["person"]


@admin.register(Leadership)
class LeadershipAdmin(admin.ModelAdmin):
    """Who led what, and when."""

    list_display = ["area", "person", "since", "until", "learned"]
    list_select_related = ["area", "person"]
    list_filter = ["area", "learned"]
    date_hierarchy = "since"
    search_fields = ["area__name", "person__name"]
    autocomplete_fields = ["area", "person"]
    readonly_fields = ["learned"]


@admin.register(Deputy)
class DeputyAdmin(admin.ModelAdmin):
    """Who stands in for whom, and when; leads name their own at the desk."""

    list_display = ["area", "person", "since", "until", "named_by"]
    list_select_related = ["area", "person", "named_by"]
    list_filter = ["area"]
    date_hierarchy = "since"
    search_fields = ["area__name", "person__name"]
    autocomplete_fields = ["area", "person"]
    readonly_fields = ["named_by"]

    def save_model(self, request: HttpRequest, obj: Deputy, form: Any, change: bool) -> None:
        """Remember who named somebody first."""
        if not change:
            obj.named_by = cast(User, request.user)
        super().save_model(request, obj, form, change)
