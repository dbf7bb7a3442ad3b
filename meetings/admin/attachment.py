"""Files of sections."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from meetings.models import Attachment


class AttachmentForm(forms.ModelForm):
    """A file and its section; the rest is read from the file."""

    class Meta:
        model = Attachment
        fields = ["section", "file", "comment"]

    def clean(self) -> dict[str, Any]:
        """A section has one file of a name."""
        data: dict[str, Any] = super().clean() or {}
        file, section = data.get("file"), data.get("section")
        if isinstance(file, UploadedFile) and section:
            same = Attachment.objects.filter(section=section, name=shown_name(file)).exclude(pk=self.instance.pk)
            if same.exists():
                self.add_error("file", f"{section} has a file “{shown_name(file)}” already.")
        return data


def shown_name(file: UploadedFile) -> str:
    """The name a file came with, no longer than we keep."""
    return PurePath(file.name or "file").name[-250:]


@admin.register(Attachment)
class AttachmentAdmin(admin.ModelAdmin):
    """Files of sections."""

    form = AttachmentForm
    list_display = ["name", "section", "meeting", "size", "comment"]
    list_select_related = ["section__area", "section__meeting__series"]
    list_filter = ["section__meeting__series", "section__area"]
    date_hierarchy = "section__meeting__date"
    search_fields = ["name", "comment", "sha256"]
    autocomplete_fields = ["section"]
    fields = ["section", "file", "comment", "name", "size", "sha256"]
    readonly_fields = ["name", "size", "sha256"]

    @admin.display(ordering="section__meeting__date")
    def meeting(self, attachment: Attachment) -> str:
        """Which meeting it belongs to."""
        return str(attachment.section.meeting)

    def save_model(self, request: HttpRequest, obj: Attachment, form: Any, change: bool) -> None:
        """Read name, size and checksum from a new file."""
        file = form.cleaned_data.get("file")
        if isinstance(file, UploadedFile):
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            obj.name, obj.size, obj.sha256 = shown_name(file), file.size or 0, digest.hexdigest()
        super().save_model(request, obj, form, change)
