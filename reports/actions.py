"""Actions as a reader may see them: outsiders learn of one what was told in published, public meetings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from meetings.minutes.hiding import hide, hide_words
from meetings.models import ActionItem, ActionUpdate, Meeting, Section


def told_updates(*, member: bool, on: date) -> QuerySet[ActionUpdate]:
    """What was said of actions, as far as the reader may know it on a day."""
    if member:
        return ActionUpdate.objects.all()
    telling = _telling(on, area=OuterRef(OuterRef("action__area")))
    return ActionUpdate.objects.filter(Exists(telling.filter(pk=OuterRef("meeting"))))


def readable_actions(*, member: bool, on: date) -> QuerySet[Any]:
    """Those the reader may know of, each with its `told_state`, its `told_note` and whether it is `overdue`."""
    told = told_updates(member=member, on=on).filter(action=OuterRef("pk")).order_by("-said_at", "-position", "-pk")
    rows = ActionItem.objects.all()
    state: F | Coalesce = F("state")
    if not member:
        opened = _telling(on, area=OuterRef(OuterRef("area"))).filter(pk=OuterRef("opened_in"))
        rows = rows.filter(Exists(told) | Exists(opened))
        closed = Case(When(closed_in__state=Meeting.State.PUBLISHED, then=F("state")), default=Value("open"))
        state = Coalesce(Subquery(told.values("state")[:1]), closed)
    late = Q(told_state=ActionItem.State.OPEN, due__lt=on)
    return (
        rows.annotate(told_state=state, told_note=Subquery(told.values("note")[:1]))
        .annotate(overdue=ExpressionWrapper(late, output_field=BooleanField()))
        .select_related("series", "area", "parent")
        .prefetch_related("owners")
    )


def shown(rows: Iterable[Any], *, member: bool) -> list[Any]:
    """Rows of `readable_actions` with the texts that the reader may read."""
    found = list(rows)
    if not member:
        for row in found:
            row.text, row.told_note = hide(row.text), hide(row.told_note or "")
            for owner in row.owners.all():
                owner.name = hide_words(owner.name)
    return found


def _telling(on: date, *, area: OuterRef) -> QuerySet[Meeting]:
    """Public meetings, without those that hide their list of items, or their section of the action's area."""
    visible = Section.objects.visible(member=False, on=on)
    hiding = Section.objects.filter(Q(kind=Section.Kind.ITEMS) | Q(area=area), meeting=OuterRef("pk"))
    return Meeting.objects.public().exclude(Exists(hiding.exclude(pk__in=visible.values("pk"))))
