"""Sections of a meeting, and every text each of them ever had."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q
from django.urls import reverse

from meetings.models.area import Area
from meetings.models.people import Deputy, Leadership

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class SectionQuerySet(models.QuerySet["Section"]):
    """Sets of sections."""

    def visible(self, *, member: bool, on: date) -> Self:
        """Those that a reader may see on a day; `member` for people with an account."""
        if member:
            return self
        lifted = Q(visibility=Section.Visibility.EMBARGOED, embargo_until__lte=on)
        return self.filter(Q(visibility=Section.Visibility.PUBLIC) | lifted)

    def led_by(self, user_id: int) -> Self:
        """Those whose area somebody leads, or stands in for, on the day of the meeting."""
        mine = Q(area=OuterRef("area"), person__user_id=user_id)
        since = Q(since__isnull=True) | Q(since__lte=OuterRef("meeting__date"))
        until = Q(until__isnull=True) | Q(until__gte=OuterRef("meeting__date"))
        led, deputised = (model.objects.filter(mine & since & until) for model in (Leadership, Deputy))
        return self.filter(Exists(led) | Exists(deputised))

    def with_newest(self) -> Self:
        """With `newest`: a list of each section's newest revision and its author, empty where there is none."""
        newest = SectionRevision.objects.filter(number=F("section__head")).select_related("author")
        return self.prefetch_related(Prefetch("revisions", newest, to_attr="newest"))

    def missing(self) -> Self:
        """Those that nobody has written yet."""
        return self.filter(state=Section.State.MISSING)

    def in_published(self) -> Self:
        """Those of published meetings of public series."""
        return self.filter(meeting__state="published", meeting__series__public=True)


def shown(user: User) -> str:
    """The name of an account as it is shown."""
    return user.get_full_name() or user.get_username()


def plain(body: str) -> str:
    """A text as it is kept: with plain line ends, and no empty lines around it."""
    return body.replace("\r\n", "\n").strip("\n")


class Section(models.Model):
    """One agenda item of one meeting: an area's, or a heading of its own."""

    class Kind(models.TextChoices):
        """What a section is for."""

        AREA = "area", "area"
        ANNOUNCEMENTS = "announcements", "announcements"
        ITEMS = "items", "action items"
        OTHER = "other", "other"

    class State(models.TextChoices):
        """How far its text is."""

        MISSING = "missing", "missing"
        DRAFT = "draft", "draft"
        READY = "ready", "ready"
        NOTHING = "nothing", "nothing to report"

    class Visibility(models.TextChoices):
        """Who may read it once it is published."""

        PUBLIC = "public", "public"
        MEMBERS = "members", "members only"
        EMBARGOED = "embargoed", "members only until a date"

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.AREA)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="sections")
    heading = models.CharField(max_length=250, blank=True, help_text="As shown; empty: the area's name.")
    leads = models.JSONField(default=list, blank=True, help_text="Names as shown beside the heading.")
    position = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True, help_text="Markdown.")
    head = models.PositiveIntegerField(default=0, editable=False, help_text="Number of the revision that it shows.")
    line = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Where it began in the source.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.MISSING)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    state_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it came to its state.")
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    embargo_until = models.DateField(null=True, blank=True, help_text="Public from this day on.")

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(visibility="embargoed") | Q(embargo_until__isnull=False),
                name="embargo_has_an_end",
                violation_error_message="Say until which day the section is embargoed.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its place in the public report."""
        return f"{self.meeting.get_absolute_url()}#section-{self.pk}"

    def get_edit_url(self) -> str:
        """Where its lead writes it."""
        return reverse("section", args=[self.pk])

    @property
    def title(self) -> str:
        """Its heading, or its area's name."""
        return self.heading or (self.area.name if self.area else self.get_kind_display().capitalize())

    @property
    def state_said_by(self) -> str:
        """The name to show of whoever put it in its state, where that was here."""
        return shown(self.state_by) if self.state_by else ""

    def lock(self) -> None:
        """Wait for whoever is saving this section, and take over what they saved. Needs a transaction."""
        row = Section.objects.select_for_update().get(pk=self.pk)
        self.body, self.head, self.state = row.body, row.head, row.state
        self.state_by_id, self.state_at = row.state_by_id, row.state_at

    def write(
        self,
        body: str,
        *,
        at: datetime,
        state: str | None = None,
        base: SectionRevision | None = None,
        author: User | None = None,
        author_name: str = "",
        origin: str = "web",
    ) -> SectionRevision | None:
        """Save a text as the next revision; `base` is the revision it was written on, if not the newest one.

        A text equal to the newest one makes no revision. Needs a transaction.
        """
        self.lock()
        body = plain(body)
        revision = self.newest_revision()
        if body != self.body:
            revision = self.revisions.create(
                number=self._next_number(),
                base=base or revision,
                body=body,
                author=author,
                author_name=author_name,
                origin=origin,
                saved_at=at,
            )
            self.head = revision.number
        before, self.body, self.state = self.state, body, self._state_for(body, state or self.state)
        if self.state != before:
            self.state_by, self.state_at = author, at
        self.save(update_fields=["body", "head", "state", "state_by", "state_at"])
        return revision

    def set_aside(self, body: str, *, at: datetime, base: SectionRevision | None, author: User) -> SectionRevision:
        """Keep a text that cannot be the newest one as it is; the same one once. Needs a transaction."""
        self.lock()
        body = plain(body)
        same = self.revisions.filter(aside=True, author=author, base=base, body=body)
        return same.first() or self.revisions.create(
            number=self._next_number(), base=base, body=body, author=author, saved_at=at, aside=True
        )

    def newest_revision(self) -> SectionRevision | None:
        """The revision whose text it shows."""
        return self.revisions.select_related("author").filter(number=self.head).first()

    def _next_number(self) -> int:
        last: int | None = self.revisions.aggregate(last=Max("number"))["last"]
        return (last or 0) + 1

    def _state_for(self, body: str, wanted: str) -> str:
        """No text is missing, unless there is nothing to report; a text is no longer missing."""
        if wanted == self.State.NOTHING:
            return wanted
        if not body.strip():
            return self.State.MISSING
        return self.State.DRAFT if wanted == self.State.MISSING else wanted


class SectionRevision(models.Model):
    """A text a section had: who wrote it, when, and on which text it was based.

    Its text is never changed; autosaves inside a sitting are left out after a month (`meetings/thinning.py`).
    """

    class Origin(models.TextChoices):
        """How the text came in."""

        WEB = "web", "written here"
        IMPORT = "import", "imported"
        MERGE = "merge", "merged"
        RESTORE = "restore", "restored"

    section = models.ForeignKey(Section, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="based_on_it")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="revisions"
    )
    author_name = models.CharField(max_length=120, blank=True, help_text="For an imported text: the name it gives.")
    saved_at = models.DateTimeField()
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.WEB)
    aside = models.BooleanField(
        default=False, help_text="Typed while somebody else saved: kept, but never what the section showed."
    )

    class Meta:
        ordering = ["section", "-number"]
        constraints = [models.UniqueConstraint(fields=["section", "number"], name="revision_number_once_a_section")]

    def __str__(self) -> str:
        return f"{self.section}, revision {self.number}"

    @property
    def written_by(self) -> str:
        """The name to show as its author."""
        if self.author:
            return shown(self.author)
        return self.author_name or "unknown"
