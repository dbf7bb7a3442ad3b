"""Files that belong to a section."""

from django.db import models
from django.urls import reverse

from meetings.models.section import Section


class Attachment(models.Model):
    """A file of a section, known by its content."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="attachments/%Y/%m/")
    name = models.CharField(max_length=250)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    comment = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["section", "name"]
        constraints = [models.UniqueConstraint(fields=["section", "name"], name="file_name_once_a_section")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where its readers get it."""
        return reverse("attachment", args=[self.pk, self.name])
