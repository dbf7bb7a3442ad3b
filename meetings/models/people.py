"""People, the names they go by, and what they lead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from meetings.minutes.vocabulary import key as name_key
from meetings.models.area import Area
from meetings.models.period import Period, PeriodQuerySet


class Person(models.Model):
    """Somebody who leads, attends or owes; they need no account."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, editable=False, db_index=True)
    affiliation = models.CharField(max_length=120, blank=True)
    email = models.EmailField("e-mail", blank=True)
    wiki_name = models.CharField(max_length=120, blank=True, help_text="Their name on an old wiki: DanFraser")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="person")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the key beside the name."""
        self.key = name_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Their page in the admin; the public site has no page of a person."""
        return reverse("admin:meetings_person_change", args=[self.pk])


class PersonAlias(models.Model):
    """Another name or the initials somebody goes by; two people may share one, then it names neither."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=120)
    key = models.CharField(max_length=120, db_index=True, editable=False)

    class Meta:
        ordering = ["text"]
        verbose_name_plural = "person aliases"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="alias_once_a_person")]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the key beside the text."""
        self.key = name_key(self.text)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class LeadershipQuerySet(PeriodQuerySet["Leadership"]):
    """Sets of leaderships."""

    def of_user(self, user_id: int, *, on: date) -> Self:
        """What a signed-in person leads on a day."""
        return self.active(on=on).filter(person__user_id=user_id)


class Leadership(Period):
    """Who leads an area and when: the section belongs to the role, so a hand-over needs no edit."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="leaderships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="leaderships")
    learned = models.BooleanField(
        default=False, editable=False, help_text="Read from imported headings, and kept in step with them."
    )

    objects = LeadershipQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["area", "since", "pk"]

    def __str__(self) -> str:
        return f"{self.person} leads {self.area}"


class DeputyQuerySet(PeriodQuerySet["Deputy"]):
    """Sets of deputies."""

    def of_user(self, user_id: int, *, on: date) -> Self:
        """For what a signed-in person stands in on a day."""
        return self.active(on=on).filter(person__user_id=user_id)

    def coming(self, *, on: date) -> Self:
        """Those of a day and of later ones."""
        return self.filter(until__gte=on)


class Deputy(Period):
    """Who stands in for the leads of an area from one day to another; the leads write as before."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="deputies")
    person = models.ForeignKey(Person, models.CASCADE, related_name="deputyships")
    since = models.DateField("first day")
    until = models.DateField("last day")
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = DeputyQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["since", "area", "pk"]
        verbose_name_plural = "deputies"

    def __str__(self) -> str:
        return f"{self.person} stands in for {self.area}"

    def end(self, *, on: date) -> None:
        """Take the role back from a day on; one that had not begun by then goes altogether."""
        if self.since >= on:
            self.delete()
            return
        self.until = on - timedelta(days=1)
        self.save(update_fields=["until"])
