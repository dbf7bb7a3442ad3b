"""Series: a meeting that comes again, and its agenda."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from meetings.models.period import Period, PeriodQuerySet

#: First parts of addresses that are pages of their own, so no series may be called that.
RESERVED_SLUGS = frozenset(
    """
    accounts actions admin api areas calendar desk feeds files healthz media people readyz reports search static
    status week
    """.split()
)


def check_slug(value: str) -> None:
    """Refuse a slug that is the address of another page."""
    if value in RESERVED_SLUGS:
        raise ValidationError(f"“{value}” is the address of another page; choose a different one.")


def check_zone(value: str) -> None:
    """Refuse a time zone that this machine does not know."""
    if value not in available_timezones():
        raise ValidationError(f"“{value}” is not a time zone; write it like Europe/Amsterdam.")


def occurrences(recurrence: str, *, after: date) -> Iterator[date]:
    """The days of a recurrence rule after a day, in wall-clock time; none beyond the next five years.

    Raises `ValueError` for what is no rule. `UNTIL` may end in Z as RFC 5545 writes it; the day counts, not the hour.
    """
    start = datetime.combine(after, time())
    moments = rrulestr(re.sub(r"(UNTIL=\w+?)Z", r"\1", recurrence.upper()), dtstart=start)
    for moment in moments.between(start, start + timedelta(days=5 * 366)):
        yield moment.date()


def check_recurrence(value: str) -> None:
    """Refuse a recurrence rule that dateutil cannot read, or that no weekly or monthly meeting has."""
    parts = dict(part.partition("=")[::2] for part in value.upper().removeprefix("RRULE:").split(";"))
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValidationError("Not a recurrence rule: it begins with how often; every Tuesday is FREQ=WEEKLY;BYDAY=TU.")
    if not parts.get("INTERVAL", "1").isdecimal() or int(parts.get("INTERVAL", "1")) == 0:
        raise ValidationError("INTERVAL is a whole number from 1 on: every second week is FREQ=WEEKLY;INTERVAL=2.")
    try:
        first = next(occurrences(value, after=date(2000, 1, 1)), None)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        message = f"Not a recurrence rule ({error}); weekly on Tuesday is FREQ=WEEKLY;BYDAY=TU."
        raise ValidationError(message) from None
    if first is None and "UNTIL" not in parts:
        raise ValidationError("No day fits this rule; every Tuesday is FREQ=WEEKLY;BYDAY=TU.")


class SeriesQuerySet(models.QuerySet["Series"]):
    """Sets of series."""

    def public(self) -> Self:
        """Those that anybody may read."""
        return self.filter(public=True)


class Series(models.Model):
    """A recurring meeting: when it is held, how to join, and whom its reports go to."""

    slug = models.SlugField(unique=True, validators=[check_slug], help_text="Its address: /production/")
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, help_text="One or two sentences for readers.")
    timezone = models.CharField("time zone", max_length=64, default="UTC", validators=[check_zone])
    start_time = models.TimeField(
        null=True, blank=True, default=time(16, 0), help_text="Wall-clock time in the series' zone; empty: not known."
    )
    recurrence = models.CharField(
        max_length=300,
        blank=True,
        validators=[check_recurrence],
        help_text="An RRULE: FREQ=WEEKLY;BYDAY=TU is every Tuesday.",
    )
    coordinates = models.TextField(blank=True, help_text="How to dial in. Members only: it may hold PINs.")
    mail_list = models.EmailField(blank=True, help_text="Where each published report is mailed.")
    lead_deadline = models.DurationField(
        default=timedelta(hours=1),
        help_text="How long before the meeting sections are due (hours:minutes:seconds).",
    )
    public = models.BooleanField(default=True, help_text="Anybody may read its published reports.")
    last_action_number = models.PositiveIntegerField(default=0, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The archive of its reports."""
        return reverse("series", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        """The zone its wall clock is in."""
        return ZoneInfo(self.timezone)

    def starts_at(self, on: date) -> datetime:
        """When the meeting of a day begins, as an aware time in the series' zone; noon where no hour is known."""
        return datetime.combine(on, self.start_time or time(12), tzinfo=self.zone)

    def due_at(self, on: date) -> datetime:
        """When the sections of a day's meeting are due."""
        # Subtracted in UTC: a deadline of two hours is two real hours, also in the night the clocks change.
        return (self.starts_at(on).astimezone(ZoneInfo("UTC")) - self.lead_deadline).astimezone(self.zone)

    def dates(self, *, after: date, count: int) -> list[date]:
        """The next `count` days of its recurrence after a day."""
        if not self.recurrence:
            return []
        return list(islice(occurrences(self.recurrence, after=after), count))

    def claim_action_number(self) -> int:
        """The next action number, taken for good: it is not given again even if the action goes away.

        Must run inside a transaction; the row stays locked until its end.
        """
        self.last_action_number = type(self).objects.select_for_update().get(pk=self.pk).last_action_number + 1
        self.save(update_fields=["last_action_number"])
        return self.last_action_number


class AgendaItemQuerySet(PeriodQuerySet["AgendaItem"]):
    """Sets of agenda items; `active(on=)` comes with the period."""


class AgendaItem(Period):
    """An area's place on a series' agenda, for as long as it is there."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="agenda")
    area = models.ForeignKey("meetings.Area", models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField(default=0)

    objects = AgendaItemQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["series", "position", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "area"],
                condition=Q(until__isnull=True),
                name="area_once_on_an_agenda",
                violation_error_message="This area is on the agenda already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} in {self.series}"
