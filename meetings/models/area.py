"""Areas: what a section is about, whoever leads it at the time."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.urls import reverse

from meetings.minutes.vocabulary import key


class AreaQuerySet(models.QuerySet["Area"]):
    """Sets of areas."""

    def by_alias(self) -> Mapping[str, str]:
        """Every name and alias of every area, as a key, with the area's slug."""
        names = {key(name): slug for slug, name in self.values_list("slug", "name")}
        slugs = {key(slug): slug for slug in self.values_list("slug", flat=True)}
        return {**dict(AreaAlias.objects.values_list("key", "area__slug")), **slugs, **names}


class Area(models.Model):
    """Something an operations team reports on: an experiment, a service, a task."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The area through the years."""
        return reverse("area", args=[self.slug])


class AreaAlias(models.Model):
    """Another name that headings use for an area: "Atlas", "Virtual Organizations Group"."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True, editable=False)

    class Meta:
        ordering = ["text"]
        verbose_name_plural = "area aliases"

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the key beside the text."""
        self.key = key(self.text)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
