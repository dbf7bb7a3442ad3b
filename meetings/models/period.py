"""Rows that hold for a time: an agenda item, a leadership. Both days are included; an empty end means still."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

Row = TypeVar("Row", bound=models.Model, covariant=True)


class PeriodQuerySet(models.QuerySet[Row]):
    """Rows with `since` and `until`."""

    def active(self, *, on: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))


class Period(models.Model):
    """A first and a last day, either of which may be open."""

    since = models.DateField(null=True, blank=True, help_text="First day; empty: from the beginning.")
    until = models.DateField(null=True, blank=True, help_text="Last day; empty: until further notice.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="%(class)s_ends_after_it_begins",
                violation_error_message="The last day lies before the first one.",
            )
        ]
