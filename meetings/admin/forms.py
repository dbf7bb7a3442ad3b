"""Forms that the pages of several nouns share."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from meetings.minutes.vocabulary import key as name_key
from meetings.models import AreaAlias, PersonAlias


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are only looked at: the program writes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class SharedRowAdmin(admin.ModelAdmin):
    """Saves what was changed on the page and no more: leads, publishing and numbering write the same rows."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Leave every other column as it is by now."""
        obj.save(update_fields=form.changed_data if change else None)


class OnceFormSet(BaseInlineFormSet):
    """Refuses two rows on one page that the database would refuse: Django itself overlooks conditions and keys."""

    twice = "This is here twice."

    def same(self, row: Any) -> Hashable | None:
        """What no two rows may share; None where the row is free."""
        raise NotImplementedError

    def clean(self) -> None:
        """Put the complaint on the second of two rows."""
        super().clean()
        seen: set[Hashable] = set()
        for form in self.forms:
            kept = form.is_valid() and form not in self.deleted_forms
            key = self.same(form.instance) if kept and (form.has_changed() or form.instance.pk) else None
            if key is not None and key in seen:
                form.add_error(None, self.twice)
            seen.add(key)


class AliasForm(forms.ModelForm):
    """Another name of an area or a person."""

    def clean_text(self) -> str:
        """Names are compared by their letters and digits, so there must be some."""
        text: str = self.cleaned_data["text"]
        if not name_key(text):
            raise forms.ValidationError("A name needs a letter or a digit.")
        return text


class AreaAliasForm(AliasForm):
    """Another name of an area, which no other area may have."""

    class Meta:
        model = AreaAlias
        fields = ["area", "text"]

    def clean_text(self) -> str:
        """Say whose name it is already."""
        text = super().clean_text()
        taken = AreaAlias.objects.exclude(pk=self.instance.pk).filter(key=name_key(text)).select_related("area").first()
        if taken:
            raise forms.ValidationError(f"“{taken}” is a name of {taken.area} already.")
        return text


class PersonAliasForm(AliasForm):
    """Another name, or the initials, of a person."""

    class Meta:
        model = PersonAlias
        fields = ["person", "text"]

    def clean(self) -> dict[str, Any]:
        """Say that this person has the name already."""
        data: dict[str, Any] = super().clean() or {}
        person, text = data.get("person"), data.get("text")
        if person and person.pk and text:
            others = PersonAlias.objects.exclude(pk=self.instance.pk).filter(person=person, key=name_key(text))
            if others.exists():
                self.add_error("text", f"{person} goes by that name already.")
        return data


class AliasFormSet(OnceFormSet):
    """Names of one area or person."""

    twice = "This name is here twice."

    def same(self, row: Any) -> Hashable | None:
        """Its letters and digits."""
        return name_key(row.text)
