"""Imports in the browser: what was uploaded, page by page, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.series import Series


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Sets of batches."""

    def working(self) -> Self:
        """Those that a worker has something to do for."""
        return self.filter(state__in=[state for state, _ in ImportBatch.WORK])

    def unclaimed(self, *, at: datetime) -> Self:
        """Those that nobody works on, or whose worker has not been heard of for too long."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=at - ImportBatch.PATIENCE))

    def hopeful(self) -> Self:
        """Those whose worker was not lost again and again."""
        return self.filter(attempts__lt=ImportBatch.MAX_ATTEMPTS)


class ImportBatch(models.Model):
    """What somebody uploaded at one time: it is read, looked at, stored, and can be taken back whole."""

    class State(models.TextChoices):
        """How far it is."""

        READING = "reading", "being read"
        READY = "ready", "waiting for your word"
        STORING = "storing", "being imported"
        DONE = "done", "imported"
        UNDOING = "undoing", "being undone"
        UNDONE = "undone", "undone"

    #: The states in which there is work to do, and the one that each comes to.
    WORK = ((State.READING, State.READY), (State.STORING, State.DONE), (State.UNDOING, State.UNDONE))
    #: How long a claim holds: what was not gone on with within this time is taken up by somebody else.
    PATIENCE = timedelta(minutes=10)
    MAX_ATTEMPTS = 5

    series = models.ForeignKey(Series, models.SET_NULL, null=True, editable=False, related_name="batches")
    slug = models.SlugField(help_text="The series; made with the first page where it is not there.")
    made_series = models.BooleanField(default=False, editable=False)
    on = models.DateField("date", null=True, blank=True, help_text="Overrules the date of a single page.")
    files = models.JSONField(default=list, editable=False, help_text="Name and size of each file.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING, editable=False)
    to_do = models.PositiveIntegerField(default=0, editable=False, help_text="Pages in this state's work.")
    claimed_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    headings = models.JSONField(default=list, editable=False, help_text="Headings without an area, and how often.")
    journal = models.JSONField(default=dict, editable=False, help_text="What was concluded from all pages together.")
    said = models.JSONField(default=list, editable=False, help_text="What the last step did, in sentences.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False, help_text="When it came to its state.")
    files_deleted_at = models.DateTimeField(null=True, editable=False)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = "import"
        indexes = [models.Index(fields=["state"], name="batch_by_state")]

    def __str__(self) -> str:
        names = [file["name"] for file in self.files]
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        return f"{', '.join(names[:2])}{more} into {self.slug}"

    @property
    def folder(self) -> Path:
        """Where its files are kept. Nothing there has an address."""
        return Path(settings.MEDIA_ROOT) / "imports" / str(self.pk)

    @property
    def is_working(self) -> bool:
        """Whether a worker has something to do for it."""
        return any(self.state == state for state, _ in self.WORK)

    @property
    def is_removable(self) -> bool:
        """Whether it brought nothing, or nothing any more."""
        return self.state in (self.State.READY, self.State.UNDONE)

    @property
    def is_given_up(self) -> bool:
        """Whether its worker was lost too often for another attempt unasked."""
        return self.is_working and self.attempts >= self.MAX_ATTEMPTS

    def turn(self, state: State, *, at: datetime, to_do: int = 0) -> None:
        """Come to another state, with so many pages to do in it; nobody works on it yet."""
        self.state, self.changed_at, self.to_do = state, at, to_do
        self.claimed_at, self.attempts = None, 0
        self.save(update_fields=["state", "changed_at", "to_do", "claimed_at", "attempts"])


_DATE_TOLD = {
    "option": "given by hand",
    "topic": "in the page’s name",
    "topicinfo": "when the page was saved",
    "text": "in its text",
}


class BatchPage(models.Model):
    """One page of an upload: what it would do, then what it did, and how to take that back."""

    class State(models.TextChoices):
        """What becomes of it."""

        WAITING = "waiting", "not read yet"
        NEW = "new", "new meeting"
        CHANGED = "changed", "changes a meeting"
        UNCHANGED = "unchanged", "imported before, unchanged"
        FAILED = "failed", "cannot be imported"
        IMPORTED = "imported", "imported"
        UNDONE = "undone", "taken back"
        KEPT = "kept", "kept"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="pages")
    position = models.PositiveIntegerField()
    path = models.CharField(max_length=500, help_text="The file, or the archive and the file in it.")
    topic = models.CharField(max_length=250, help_text="The page's name, without folder and ending.")
    file = models.CharField(max_length=40, blank=True, help_text="Its file in the batch's folder.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    on = models.DateField("date given", null=True, blank=True, help_text="Overrules what the page says.")
    date = models.DateField(null=True, blank=True)
    date_source = models.CharField(max_length=10, blank=True)
    summary = models.JSONField(default=dict, blank=True, help_text="Sections, and how many people and actions.")
    problems = models.JSONField(default=list, blank=True, help_text="Each with its line, level, message and source.")
    journal = models.JSONField(default=dict, blank=True, editable=False, help_text="Which rows it made and changed.")
    note = models.TextField(blank=True, help_text="What undoing did to it.")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["batch", "position"]
        verbose_name = "uploaded page"
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="position_once_a_batch")]

    def __str__(self) -> str:
        return self.topic

    @property
    def date_told(self) -> str:
        """Where its date was found, in words."""
        return _DATE_TOLD.get(self.date_source, "")

    @property
    def reason(self) -> str:
        """What is against it: its first error."""
        errors = [problem["message"] for problem in self.problems if problem["level"] == "error"]
        return self.note or (errors or [""])[0]
