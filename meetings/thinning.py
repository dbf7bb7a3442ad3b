"""Leaving out, long after, the autosaves between the first and the last word of a sitting."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from redis.exceptions import RedisError

from meetings.models import Section, SectionRevision
from meetings.sittings import GAP

#: How long every autosave is kept.
KEPT = timedelta(days=30)
#: It is enough to look this often.
PAUSE = timedelta(hours=1)


def run_due(*, at: datetime) -> None:
    """Thin what is old enough, if nobody has looked for a while; without its cache it waits."""
    try:
        first = cache.add("thinning", at.isoformat(), timeout=int(PAUSE.total_seconds()))
    except RedisError:
        return
    if first:
        thin(at=at)


def thin(*, at: datetime) -> int:
    """Delete the autosaves that nobody will miss; says how many. The last one of each sitting stays."""
    sections = _superfluous(at).order_by("section").values_list("section", flat=True).distinct()
    return sum(_thin_section(section, at) for section in list(sections))


def _superfluous(at: datetime) -> QuerySet[SectionRevision]:
    """Old texts that their own author went on from, in the same sitting, and that no other revision was based on.

    So what others wrote on, what was merged, imported, restored or set aside is never among them.
    """
    web = SectionRevision.Origin.WEB
    later = SectionRevision.objects.filter(base=OuterRef("pk"))
    same_sitting = Q(author=OuterRef("author"), saved_at__lt=OuterRef("saved_at") + GAP)
    went_on = same_sitting & Q(origin=web, aside=False)
    typed_here = SectionRevision.objects.filter(origin=web, aside=False, saved_at__lte=at - KEPT)
    return typed_here.filter(Exists(later.filter(went_on)), ~Exists(later.exclude(went_on)))


@transaction.atomic
def _thin_section(pk: int, at: datetime) -> int:
    """Delete the superfluous texts of one section, behind the lock that saves take."""
    Section.objects.select_for_update().get(pk=pk)
    superfluous = list(_superfluous(at).filter(section=pk).order_by("-number"))
    for revision in superfluous:
        revision.based_on_it.update(base=revision.base_id)
        revision.delete()
    return len(superfluous)
