"""What was published, in every form, and who is to have it."""

from __future__ import annotations

from typing import Self

from django.db import models

from meetings.models import Meeting, Person, Section, Series


class WeeklyReportQuerySet(models.QuerySet["WeeklyReport"]):
    """Sets of reports."""

    def pending(self) -> Self:
        """Those that have not been rendered yet."""
        return self.filter(state=WeeklyReport.State.PENDING)

    def due(self) -> Self:
        """Those that are to be rendered: for the first time, or again."""
        return self.filter(models.Q(state=WeeklyReport.State.PENDING) | models.Q(stale=True))

    def current(self) -> Self:
        """Those whose text is what the record says: reopened meetings are being written, older revisions are gone."""
        # No join: an update must weigh its other conditions against the row itself when another one was first.
        told = Meeting.objects.published().filter(pk=models.OuterRef("meeting"), revision=models.OuterRef("revision"))
        return self.filter(models.Exists(told))

    def rendered(self) -> Self:
        """Those that can be read."""
        return self.filter(state=WeeklyReport.State.RENDERED)

    def failed(self) -> Self:
        """Those that were given up; somebody has to look at their error."""
        return self.filter(state=WeeklyReport.State.FAILED)

    def newest(self) -> Self:
        """Of each meeting the newest revision among these."""
        newest = self.filter(meeting=models.OuterRef("meeting")).order_by("-revision").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))

    def of(self, series: Series) -> Self:
        """Those of one series."""
        return self.filter(meeting__series=series)

    def public(self) -> Self:
        """Those that anybody may read."""
        return self.rendered().filter(meeting__series__public=True)

    def withdraw_if_it_shows(self, section: Section) -> int:
        """Empty those that show a section which is for members now; the newest one waits to be rendered anew.

        Nothing else hides it at once: a worker may be away, and a reopened meeting is rendered when it is published.
        """
        shown = self.rendered().filter(html__contains=f'id="section-{section.pk}"')
        newest = self.aggregate(newest=models.Max("revision"))["newest"] or 0
        empty = {"html": "", "text": "", "markdown": "", "json": "", "claimed_at": None, "attempts": 0, "stale": False}
        error = "Withdrawn: it showed a section that is for members only by now."
        earlier = shown.filter(revision__lt=newest).update(state=WeeklyReport.State.FAILED, error=error, **empty)
        return earlier + shown.update(state=WeeklyReport.State.PENDING, error=error, **empty)

    def render_again(self) -> int:
        """Have these rendered anew; what can be read stays readable until then. Says how many."""
        fresh = {"claimed_at": None, "attempts": 0, "error": ""}
        outdated = self.rendered().update(stale=True, **fresh)
        return outdated + self.failed().update(state=WeeklyReport.State.PENDING, **fresh)


class WeeklyReport(models.Model):
    """One published revision of a meeting's minutes, rendered once, for readers without an account."""

    class State(models.TextChoices):
        """Whether it has been rendered."""

        PENDING = "pending", "waiting to be rendered"
        RENDERED = "rendered", "rendered"
        FAILED = "failed", "failed"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="reports")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    stale = models.BooleanField(default=False, editable=False, help_text="To be rendered again.")
    published_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    markdown = models.TextField(blank=True)
    json = models.TextField(blank=True)

    objects = WeeklyReportQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__date", "-revision"]
        constraints = [models.UniqueConstraint(fields=["meeting", "revision"], name="one_report_a_revision")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="pending") | models.Q(stale=True), name="report_due"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}, revision {self.revision}"

    def get_absolute_url(self) -> str:
        """The public report."""
        return self.meeting.get_absolute_url()


class Delivery(models.Model):
    """The outbox: one row a report and recipient."""

    class State(models.TextChoices):
        """Whether the mail has left."""

        PENDING = "pending", "waiting"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"

    report = models.ForeignKey(WeeklyReport, models.CASCADE, related_name="deliveries")
    recipient = models.EmailField()
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    message_id = models.CharField(max_length=250)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["report", "recipient"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["report", "recipient"], name="one_mail_a_recipient")]

    def __str__(self) -> str:
        return f"{self.report} to {self.recipient}"
