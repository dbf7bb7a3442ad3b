"""Who may do what: each guard is one line in a view that returns the object, or raises 403 or 404.

Roles, each one including those before it: outsider, member (has an account), area lead (through `Leadership` on
the day of the meeting, or as a `Deputy` on that day), coordinator (in the group "Coordinators"), superuser.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from meetings.accounts import COORDINATORS
from meetings.models import Area, Attachment, Deputy, Leadership, Meeting, Section, Series

Reader = User | AnonymousUser


def is_member(user: Reader) -> bool:
    """Whether somebody has an account here."""
    return user.is_authenticated and user.is_active


def is_coordinator(user: Reader) -> bool:
    """Whether somebody runs meetings."""
    return is_member(user) and (user.is_superuser or user.groups.filter(name=COORDINATORS).exists())


def leads(user: Reader, section: Section) -> bool:
    """Whether somebody leads the section's area, or stands in for it, on the day of its meeting."""
    if not is_member(user) or section.area_id is None or user.pk is None:
        return False
    on, area = section.meeting.date, section.area_id
    leading = Leadership.objects.of_user(user.pk, on=on).filter(area=area)
    return leading.exists() or Deputy.objects.of_user(user.pk, on=on).filter(area=area).exists()


def series_for_reading(user: Reader, slug: str) -> Series:
    """The series, if its reports are for this reader; one that is not public does not exist for outsiders."""
    readable = Series.objects.all() if is_member(user) else Series.objects.public()
    return get_object_or_404(readable, slug=slug)


def attachment_for_reading(user: Reader, pk: int, *, on: date) -> Attachment:
    """The attached file, if its section is for this reader: members see all, others what is out and visible.

    A meeting that was published once counts, also while it is reopened: its report stays readable.
    """
    sections = Section.objects.visible(member=is_member(user), on=on)
    if not is_member(user):
        sections = sections.filter(meeting__revision__gte=1, meeting__series__public=True)
    return get_object_or_404(Attachment.objects.filter(section__in=sections), pk=pk)


def section_for_edit(user: Reader, pk: int) -> Section:
    """The section, if it may be written by this user now. Raises 404 for outsiders, 403 for other members.

    A published meeting is closed: a coordinator reopens it first.
    """
    section = section_for_history(user, pk)
    if section.meeting.state == Meeting.State.PUBLISHED:
        raise PermissionDenied("These minutes are published; a coordinator can reopen them.")
    return section


def section_for_history(user: Reader, pk: int) -> Section:
    """The section, if this user leads it or is a coordinator, whether its meeting is published or not."""
    if not is_member(user):
        raise Http404("No such section.")
    section = get_object_or_404(Section.objects.select_related("meeting__series", "area", "state_by"), pk=pk)
    if not (is_coordinator(user) or leads(user, section)):
        raise PermissionDenied(f"Only the leads of {section.title} and coordinators may write this section.")
    return section


def areas_to_deputise(user: Reader, *, on: date) -> QuerySet[Area]:
    """The areas for which somebody may name deputies: those they lead, a coordinator all. Raises 403 if none."""
    areas = Area.objects.all()
    if not is_coordinator(user):
        areas = areas.filter(pk__in=Leadership.objects.of_user(user.pk or 0, on=on).values("area"))
    if not areas:
        raise PermissionDenied("Only the leads of an area and coordinators may name deputies.")
    return areas


def meeting_for_run(user: Reader, slug: str, on: date) -> Meeting:
    """The meeting, for whoever runs it. Raises 404 for outsiders, 403 for members who are no coordinators."""
    if not is_member(user):
        raise Http404("No such meeting.")
    if not is_coordinator(user):
        raise PermissionDenied("Only coordinators run meetings.")
    return get_object_or_404(Meeting.objects.select_related("series"), series__slug=slug, date=on)
