"""What coordinators upload: which files are taken, and what is said of the others before anything is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from meetings.importer import series_of
from meetings.importer.sources import ARCHIVE_ENDINGS, HISTORY_ENDING, PAGE_ENDINGS
from meetings.importer.unpacking import MAX_PAGES, MAX_UPLOAD_BYTES
from meetings.models import ImportBatch, Series

MAX_FILES = 200

_MEGABYTE = 1024 * 1024
_ENDINGS = (*PAGE_ENDINGS, *ARCHIVE_ENDINGS)


class FilesInput(forms.ClearableFileInput):
    """Where several files are chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files: pages, and archives of pages."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Say which file cannot be taken and why, before anything is kept."""
        files: list[UploadedFile] = [file for file in data or [] if file]
        if not files:
            raise forms.ValidationError("Choose a page, several, or an archive of pages.")
        said = [words for file in files if (words := self._refusal(file))]
        if len(files) > MAX_FILES:
            said.append(f"These are {len(files)} files; up to {MAX_FILES} can be uploaded at once. Put more in a .zip.")
        if (size := sum(file.size or 0 for file in files)) > MAX_UPLOAD_BYTES:
            limit = MAX_UPLOAD_BYTES // _MEGABYTE
            said.append(
                f"This is {size / _MEGABYTE:.0f} MB; up to {limit} MB can be uploaded at once. Upload it in parts."
            )
        if said:
            raise forms.ValidationError(said)
        return files

    def _refusal(self, file: UploadedFile) -> str:
        name = file.name or ""
        if not name.lower().removesuffix(HISTORY_ENDING).endswith(_ENDINGS):
            return f"“{name}” is no page and no archive by its name: it should end with {', '.join(_ENDINGS)}."
        return "" if file.size else f"“{name}” is empty."


class UploadForm(forms.ModelForm):
    """Which files, and into which series."""

    uploads = FilesField(
        label="Files",
        help_text=f"Pages (.txt, .docx), a .zip or a .tar.gz of pages; with a wiki's pages their .txt,v, if you have "
        f"them. At most {MAX_UPLOAD_BYTES // _MEGABYTE} MB, {MAX_FILES} files and {MAX_PAGES} pages at once.",
    )
    into = forms.ModelChoiceField(Series.objects.all(), required=False, label="Series")
    slug = forms.SlugField(
        required=False, label="Or a new series", help_text="Its address, such as production. It is made on import."
    )

    class Meta:
        model = ImportBatch
        fields = ["slug", "on"]
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "on": "Only for a single page that does not tell its own; others can be given one after they were read."
        }

    def clean(self) -> dict[str, Any]:
        """One series, old or new; a date for one page."""
        data: dict[str, Any] = super().clean() or {}
        series, slug, files = data.get("into"), data.get("slug"), data.get("uploads", [])
        if bool(series) == bool(slug) and "slug" not in self.errors:
            self.add_error("into", "Choose a series, or name a new one." if not series else "Choose one or name one.")
        elif series:
            data["slug"] = series.slug
        elif slug:
            try:
                series_of(slug)
            except forms.ValidationError as error:
                self.add_error("slug", error.messages)
        pages = [file for file in files if not file.name.endswith(HISTORY_ENDING)]
        if data.get("on") and (len(pages) > 1 or any(file.name.lower().endswith(ARCHIVE_ENDINGS) for file in pages)):
            self.add_error("on", "A date is for a single page: leave it empty, each page can be given one later.")
        return data
