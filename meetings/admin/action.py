"""Action items and what was said of them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from meetings.admin.forms import OnceFormSet
from meetings.models import ActionItem, ActionUpdate, Series


class UpdateFormSet(OnceFormSet):
    """What was said of one action."""

    twice = "This meeting is here twice."

    def same(self, row: ActionUpdate) -> Hashable | None:
        """The meeting, unless it was said between meetings."""
        return row.meeting_id


class UpdateInline(admin.TabularInline):
    """What was said of an action, meeting by meeting."""

    model = ActionUpdate
    formset = UpdateFormSet
    fields = ["meeting", "note", "state", "said_at"]
    readonly_fields = ["said_at"]
    autocomplete_fields = ["meeting"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActionUpdate]:
        """With the action, whose number each row shows."""
        return super().get_queryset(request).select_related("action", "meeting__series")


class OpenedActionInline(admin.TabularInline):
    """The actions that a meeting opened; a new one gets its number when it is saved."""

    model = ActionItem
    fk_name = "opened_in"
    verbose_name = "action opened"
    verbose_name_plural = "actions opened"
    fields = ["label", "text", "owners", "due", "state", "area"]
    readonly_fields = ["label"]
    autocomplete_fields = ["owners", "area"]
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 28})}}
    extra = 0
    can_delete = False
    show_change_link = True
    view_on_site = False

    @admin.display(description="number")
    def label(self, action: ActionItem) -> str:
        """Its number, once it has one."""
        return action.label if action.pk else "next"


class ActionForm(forms.ModelForm):
    """An action item; its number may be left to the series."""

    class Meta:
        model = ActionItem
        fields = ["series", "number", "parent", "text", "owners", "due", "state", "area", "opened_in", "closed_in"]

    number = forms.IntegerField(
        required=False, min_value=1, max_value=999_999, help_text="Empty: the next one of the series."
    )

    def clean(self) -> dict[str, Any]:
        """A sub-item belongs to its parent's series and bears its number; a number is taken once."""
        data: dict[str, Any] = super().clean() or {}
        series, parent, number = data.get("series"), data.get("parent"), data.get("number")
        if self.instance.pk or not series:
            return data
        if parent and parent.series_id != series.pk:
            self.add_error("parent", f"#{parent.label} is an action of {parent.series}.")
        if parent and number:
            self.add_error("number", f"Leave it empty: a sub-item of #{parent.number} gets the next number below it.")
        elif number and ActionItem.objects.filter(series=series, number=number).exists():
            self.add_error("number", f"{series} has an action {number} already.")
        return data


def give_number(action: ActionItem) -> None:
    """Number a new action below its parent, or take the next number of its series, or keep the one typed in.

    Needs a transaction. The series' row is locked in every case, so two new actions never get one number.
    """
    series = Series.objects.select_for_update().get(pk=action.series_id)
    if action.parent:
        siblings = ActionItem.objects.filter(series=series, number=action.parent.number)
        action.number = action.parent.number
        action.sub_number = siblings.aggregate(last=Max("sub_number"))["last"] + 1
    elif not action.number:
        action.number = series.claim_action_number()
    elif action.number > series.last_action_number:
        series.last_action_number = action.number
        series.save(update_fields=["last_action_number"])


@admin.register(ActionItem)
class ActionItemAdmin(admin.ModelAdmin):
    """What somebody owes, with its story."""

    form = ActionForm
    list_display = ["__str__", "series", "state", "due", "owner_names", "area"]
    list_select_related = ["series", "area"]
    list_filter = ["state", "series", "area", ("due", admin.EmptyFieldListFilter)]
    date_hierarchy = "due"
    search_fields = ["=number", "text", "owners__name"]
    autocomplete_fields = ["series", "parent", "owners", "area", "opened_in", "closed_in"]
    inlines = [UpdateInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActionItem]:
        """With the owners, whom the list shows."""
        return super().get_queryset(request).prefetch_related("owners")

    def get_readonly_fields(self, request: HttpRequest, obj: ActionItem | None = None) -> list[str]:
        """A number once given stays, and with it the series and the parent."""
        return ["series", "number", "parent"] if obj else []

    @admin.display(description="owners")
    def owner_names(self, action: ActionItem) -> str:
        """Its owners in a row."""
        return ", ".join(owner.name for owner in action.owners.all())

    def save_model(self, request: HttpRequest, obj: ActionItem, form: Any, change: bool) -> None:
        """Number a new one; the admin holds the transaction."""
        if not change:
            give_number(obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Note who said it and when."""
        for row in formset.save(commit=False):
            note_author(row, request)
            row.save()
        for row in formset.deleted_objects:
            row.delete()


def note_author(update: ActionUpdate, request: HttpRequest) -> None:
    """Say who entered a new update, and when."""
    if update.pk is None:
        update.said_at, update.author = timezone.now(), request.user


@admin.register(ActionUpdate)
class ActionUpdateAdmin(admin.ModelAdmin):
    """What was said of actions, for looking one up."""

    list_display = ["action", "meeting", "note", "state", "said_at"]
    list_select_related = ["action", "meeting__series"]
    list_filter = ["state", "action__series"]
    date_hierarchy = "said_at"
    search_fields = ["note", "=action__number", "action__text"]
    autocomplete_fields = ["action", "meeting"]
    fields = ["action", "meeting", "note", "state", "said_at"]
    readonly_fields = ["said_at"]

    def save_model(self, request: HttpRequest, obj: ActionUpdate, form: Any, change: bool) -> None:
        """Note who said it and when."""
        note_author(obj, request)
        super().save_model(request, obj, form, change)
