"""Sections and their revisions. Texts are written in the editor, never here, so that each one has a revision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from meetings.admin.forms import ReadOnlyAdmin, SharedRowAdmin
from meetings.models import Meeting, Section, SectionRevision


class NamesField(forms.CharField):
    """A list of names, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """The names as they are typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The names as they are kept."""
        return [name.strip() for name in (value or "").split(",") if name.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the names differ, however the commas are spaced."""
        return (initial or []) != self.to_python(data)


class SectionRowForm(forms.ModelForm):
    """A section without its text."""

    leads = NamesField(required=False, help_text="Names as shown beside the heading, with commas between them.")

    def clean(self) -> dict[str, Any]:
        """A section is known by its area or its heading."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("area") and not data.get("heading") and data.get("kind") != Section.Kind.ANNOUNCEMENTS:
            self.add_error("heading", "Give an area or a heading.")
        return data


def text_link(section: Section | None) -> str:
    """Where the text of a section is written, or read once its meeting is out."""
    if section is None or section.pk is None:
        return "Save first, then write."
    words = f"{len(section.body.split())} words"
    if section.meeting.state == Meeting.State.PUBLISHED:
        return format_html('<a href="{}">{}</a>', reverse("section-history", args=[section.pk]), words)
    return format_html('<a href="{}">Write</a> ({})', section.get_edit_url(), words)


class SectionInline(admin.TabularInline):
    """The sections of a meeting, in order. None is deleted here: a text stays."""

    model = Section
    form = SectionRowForm
    fields = ["position", "kind", "area", "heading", "leads", "visibility", "state", "text"]
    readonly_fields = ["visibility", "state", "text"]
    autocomplete_fields = ["area"]
    extra = 0
    can_delete = False
    show_change_link = True
    view_on_site = False

    @admin.display(description="text")
    def text(self, section: Section) -> str:
        """A link to the editor."""
        return text_link(section)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what titles and links need."""
        return super().get_queryset(request).select_related("area", "meeting__series")


@admin.register(Section)
class SectionAdmin(SharedRowAdmin):
    """One area's part of one meeting."""

    form = SectionRowForm
    list_display = ["title", "meeting", "state", "visibility", "text"]
    list_select_related = ["area", "meeting__series"]
    list_filter = ["state", "visibility", "kind", "meeting__series", "area"]
    date_hierarchy = "meeting__date"
    search_fields = ["heading", "area__name", "body", "meeting__date"]
    autocomplete_fields = ["meeting", "area"]
    fields = ["meeting", "kind", "area", "heading", "leads", "position", "visibility", "embargo_until", "state", "text"]
    readonly_fields = ["state", "text"]

    @admin.display(description="text")
    def text(self, section: Section) -> str:
        """A link to the editor."""
        return text_link(section)

    def get_readonly_fields(self, request: HttpRequest, obj: Section | None = None) -> list[str]:
        """A section stays in its meeting."""
        return [*self.readonly_fields, "meeting"] if obj else list(self.readonly_fields)

    def view_on_site(self, section: Section) -> str:
        """The editor, or the report once it is out."""
        published = section.meeting.state == Meeting.State.PUBLISHED
        return section.get_absolute_url() if published else section.get_edit_url()


@admin.register(SectionRevision)
class SectionRevisionAdmin(ReadOnlyAdmin):
    """Every text that was ever saved. Nobody changes or deletes one."""

    list_display = ["section", "number", "meeting", "written_by", "origin", "saved_at"]
    list_select_related = ["section__area", "section__meeting__series", "author"]
    list_filter = ["origin", "section__meeting__series", "section__area"]
    date_hierarchy = "saved_at"
    search_fields = ["body", "author__username", "author_name", "section__heading", "section__area__name"]

    @admin.display(ordering="section__meeting__date")
    def meeting(self, revision: SectionRevision) -> str:
        """Which meeting it was for."""
        return str(revision.section.meeting)
