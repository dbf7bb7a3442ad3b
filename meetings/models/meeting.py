"""Meetings, who came, and the page they were imported from."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from meetings.models.people import Person
from meetings.models.section import Section
from meetings.models.series import Series
from meetings.signals import meeting_published


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Sets of meetings."""

    def published(self) -> Self:
        """Those whose minutes are out."""
        return self.filter(state=Meeting.State.PUBLISHED)

    def unpublished(self) -> Self:
        """Those that are still being written."""
        return self.exclude(state=Meeting.State.PUBLISHED)

    def open(self) -> Self:
        """Those whose sections leads may write now."""
        return self.filter(state=Meeting.State.OPEN)

    def public(self) -> Self:
        """Those that anybody may read: out, and of a public series."""
        return self.published().filter(series__public=True)

    def counted(self) -> Self:
        """With `sections_filled` and `sections_asked`: how many areas said something, of how many."""
        asked = Q(sections__kind=Section.Kind.AREA)
        return self.annotate(
            sections_asked=Count("sections", filter=asked),
            sections_filled=Count("sections", filter=asked & ~Q(sections__state=Section.State.MISSING)),
        )


class Meeting(models.Model):
    """One meeting of a series: its date, how far it is, and what belongs to the whole of it."""

    class State(models.TextChoices):
        """How far the minutes are."""

        PLANNED = "planned", "planned"
        OPEN = "open", "open"
        PUBLISHED = "published", "published"

    series = models.ForeignKey(Series, models.PROTECT, related_name="meetings")
    date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    revision = models.PositiveIntegerField(default=0, editable=False, help_text="Goes up with each publishing.")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    coordinates = models.TextField(blank=True, help_text="How to dial in. Members only: it may hold PINs.")
    coordinator = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="coordinated")
    author = models.CharField(max_length=120, blank=True, help_text="Who saved the imported page last.")
    created_by = models.CharField(max_length=120, blank=True, help_text="Who began the imported page.")
    saved_at = models.DateTimeField(null=True, blank=True, help_text="When the imported page was saved last.")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "series"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "date"],
                name="one_meeting_a_day",
                violation_error_message="This series has a meeting on that day already.",
            )
        ]
        indexes = [models.Index(fields=["state", "-date"], name="meeting_by_state_and_date")]

    def __str__(self) -> str:
        return f"{self.series}, {self.date:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        """The public report."""
        return reverse("report", args=[self.series.slug, self.date])

    @property
    def starts_at(self) -> datetime:
        """When it begins, in the series' zone."""
        return self.series.starts_at(self.date)

    @property
    def due_at(self) -> datetime:
        """When its sections are due."""
        return self.series.due_at(self.date)

    def publish(self, *, at: datetime) -> None:
        """Put the minutes out as the next revision; harmless on a meeting that is out. Needs a transaction.

        A save holds only its section's row: those on their way are waited for, later ones find the meeting closed.
        """
        row = type(self).objects.select_for_update().get(pk=self.pk)
        if row.state == self.State.PUBLISHED:
            self.refresh_from_db(fields=["state", "revision", "published_at"])
            return
        self.state, self.revision, self.published_at = self.State.PUBLISHED, row.revision + 1, at
        self.save(update_fields=["state", "revision", "published_at"])
        list(self.sections.select_for_update().order_by("pk").values_list("pk"))
        meeting_published.send(type(self), meeting=self, at=at)

    def reopen(self) -> None:
        """Let the leads write again; what was published stays readable until it is published anew."""
        self.state = self.State.OPEN
        self.save(update_fields=["state"])


class Attendance(models.Model):
    """Somebody on a meeting's roll: the name as shown, and the person where it is known who that is."""

    class Status(models.TextChoices):
        """What the roll says of them."""

        PRESENT = "present", "present"
        APOLOGIES = "apologies", "apologies"
        ABSENT = "absent", "absent"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="attendance")
    name = models.CharField(max_length=120, help_text="As shown in the minutes.")
    affiliation = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PRESENT)
    position = models.PositiveSmallIntegerField(default=0)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["meeting", "position", "pk"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                name="person_once_on_a_roll",
                violation_error_message="Already on the roll.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_status_display()}"


class ImportedPage(models.Model):
    """Where a meeting was imported from, and what was odd about it: this is what makes an import repeatable."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="imported_pages")
    topic = models.CharField(max_length=250, help_text="The page's name, without folder and ending.")
    source = models.CharField(max_length=500, help_text="The file it was read from.")
    sha256 = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(null=True, blank=True, help_text="The page's revision on its wiki.")
    date_source = models.CharField(max_length=10, blank=True, help_text="What told the meeting's date.")
    problems = models.JSONField(default=list, blank=True)
    meeting = models.OneToOneField(
        Meeting,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="imported_page",
        help_text="Empty for a page that is a list of action items.",
    )
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["series", "topic"]
        constraints = [models.UniqueConstraint(fields=["series", "topic"], name="topic_once_a_series")]

    def __str__(self) -> str:
        return self.topic
