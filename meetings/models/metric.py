"""Numbers that an area reports every week."""

from django.db import models

from meetings.models.area import Area
from meetings.models.section import Section


class Metric(models.Model):
    """A number an area reports: what it is called, its unit, and the phrase it is found by in a text."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="metrics")
    label = models.CharField(max_length=80)
    unit = models.CharField(max_length=40, blank=True)
    phrase = models.CharField(max_length=250, blank=True, help_text="An example with the number as {}: {} khour/day")

    class Meta:
        ordering = ["area", "label"]
        constraints = [models.UniqueConstraint(fields=["area", "label"], name="metric_label_once_an_area")]

    def __str__(self) -> str:
        return f"{self.area}: {self.label}"


class Reading(models.Model):
    """The value of a metric in one section, with the words it was read from."""

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="readings")
    section = models.ForeignKey(Section, models.CASCADE, related_name="readings")
    value = models.DecimalField(max_digits=24, decimal_places=6)
    quote = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["metric", "section"]
        constraints = [models.UniqueConstraint(fields=["metric", "section"], name="one_reading_a_section")]

    def __str__(self) -> str:
        return f"{self.metric}: {self.value.normalize():f} {self.metric.unit}".strip()
