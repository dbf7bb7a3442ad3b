"""Action items: what somebody owes, and its story from meeting to meeting."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from meetings.minutes.vocabulary import key as name_key
from meetings.models.area import Area
from meetings.models.meeting import Meeting
from meetings.models.people import Person
from meetings.models.series import Series


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    """Sets of action items."""

    def open(self) -> Self:
        """Those still to be done."""
        return self.filter(state=ActionItem.State.OPEN)

    def overdue(self, *, on: date) -> Self:
        """Open ones whose day has passed."""
        return self.open().filter(due__lt=on)

    def public(self) -> Self:
        """Those of public series that were opened in a published meeting, or have been talked of in one."""
        told = Meeting.objects.public().filter(
            Q(actions_opened=models.OuterRef("pk")) | Q(action_updates__action=models.OuterRef("pk"))
        )
        return self.filter(series__public=True).filter(models.Exists(told))


class ActionItem(models.Model):
    """Something owed. Sub-items have their parent's number and a count: 79.1, 79.2."""

    class State(models.TextChoices):
        """Whether it is still owed."""

        OPEN = "open", "open"
        DONE = "done", "done"
        DROPPED = "dropped", "not needed"

    series = models.ForeignKey(Series, models.PROTECT, related_name="actions")
    number = models.PositiveIntegerField()
    sub_number = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    text = models.TextField(blank=True)
    key = models.CharField(max_length=250, editable=False, blank=True, help_text="How the next import knows it again.")
    owners = models.ManyToManyField(Person, blank=True, related_name="actions")
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, related_name="actions")
    opened_in = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="actions_opened")
    closed_in = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="actions_closed")

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["series", "number", "sub_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number", "sub_number"],
                name="action_number_once_a_series",
                violation_error_message="This series has an action of that number already.",
            )
        ]
        indexes = [models.Index(fields=["series", "key"], name="action_by_key")]

    def __str__(self) -> str:
        return f"#{self.label} {self.text}".strip()

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the key beside the text."""
        self.key = name_key(self.text)[:250]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("action", args=[self.series.slug, self.label])

    @property
    def label(self) -> str:
        """Its number as people say it: 79, or 79.1 for the first of its sub-items."""
        return f"{self.number}.{self.sub_number}" if self.sub_number else str(self.number)


class ActionUpdate(models.Model):
    """What was said of an action in one meeting ("no news"), or between meetings."""

    action = models.ForeignKey(ActionItem, models.CASCADE, related_name="updates")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="action_updates")
    position = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=ActionItem.State.choices, default=ActionItem.State.OPEN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "meeting"],
                condition=Q(meeting__isnull=False),
                name="one_update_a_meeting",
                violation_error_message="This meeting has an update of that action already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action.label}: {self.note or self.get_state_display()}"
