"""The actions of an imported page -> action items with an update each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Q

from meetings.importer.people import Directory
from meetings.minutes import Action
from meetings.minutes.actiontables import TableAction
from meetings.minutes.vocabulary import key as name_key
from meetings.models import ActionItem, ActionUpdate, Meeting, Series


def store_actions(meeting: Meeting, told: Sequence[Action], people: Directory, *, new: bool) -> None:
    """Store what a page says of each action, in a few queries a page; `new` where nothing was said before.

    Needs the page's transaction, and its series' `last_action_number` as it is now.
    """
    earlier: set[int] = set()
    if not new:
        said = meeting.action_updates.filter(author=None)
        earlier.update(said.values_list("action_id", flat=True))
        said.delete()
    there = _known(meeting.series, told) if told else []
    before = {item.pk: _columns(item) for item in there}
    stories = _stories(before)
    pairs = list(zip(_items(meeting, told, there, stories), told, strict=True))
    updates = _updates(meeting, pairs)
    _create([update for update in updates if update.action.pk is None])
    ActionUpdate.objects.bulk_create(updates)
    newest = {pk for pk in before if _is_newest(stories[pk], meeting)}
    owned = set(
        ActionItem.objects.filter(pk__in=before.keys() - newest, owners__isnull=False).values_list("pk", flat=True)
    )
    _name_owners([(item, action) for item, action in pairs if item.pk not in owned], people, instead_of=newest)
    for update in updates:
        if update.action.pk in before:
            now = _Told(update.said_at, update.state, meeting.pk, meeting.date)
            _retell(update.action, [*stories[update.action.pk], now])
    _save(item for item in there if _columns(item) != before[item.pk])
    retell(earlier - {update.action.pk for update in updates})


def _updates(meeting: Meeting, pairs: Iterable[tuple[ActionItem, Action]]) -> list[ActionUpdate]:
    """One update for each action that a page names, however often."""
    updates: dict[tuple[int, int], ActionUpdate] = {}
    said_at = meeting.starts_at
    for position, (item, action) in enumerate(pairs):
        before = updates.get((item.number, item.sub_number))
        note = f"{before.note}\n{action.note}".strip() if before else action.note
        updates[item.number, item.sub_number] = ActionUpdate(
            action=item, meeting=meeting, position=position, note=note, state=action.status, said_at=said_at
        )
    return list(updates.values())


def _create(updates: Iterable[ActionUpdate]) -> None:
    """Store new actions, which these updates are the first to tell of; those that others belong to come first."""
    parents: list[ActionItem] = []
    children: list[ActionItem] = []
    for update in updates:
        item = update.action
        item.state, item.opened_in = update.state, update.meeting
        item.closed_in = update.meeting if update.state != ActionItem.State.OPEN else None
        (parents if item.parent is None else children).append(item)
    ActionItem.objects.bulk_create(parents)
    ActionItem.objects.bulk_create(children)


def store_table(series: Series, told: Sequence[TableAction], people: Directory, areas: Mapping[str, int]) -> None:
    """Store a table of actions: each is opened, and maybe closed, on a day; `link_to_meetings` finds the meetings."""
    there = {item.key: item for item in series.actions.filter(parent=None)}
    taken = {item.number for item in there.values()}
    last = Series.objects.get(pk=series.pk).last_action_number
    pairs: list[tuple[ActionItem, TableAction]] = []
    updates: list[ActionUpdate] = []
    for row in told:
        item = there.get(name_key(row.text)[:250])
        if item is None:
            # Each quarter's table may count from 1 anew; a number that is taken stays with its first action.
            free = row.number is not None and row.number not in taken
            item = ActionItem(series=series, number=row.number if free and row.number else max(last, *taken, 0) + 1)
        item.text, item.area_id = row.text, next((areas[slug] for slug in row.areas), item.area_id)
        item.save()
        there[item.key] = item
        taken.add(item.number)
        last = max(last, item.number)
        pairs.append((item, row))
        updates += _dated(item, row, series)
    ActionUpdate.objects.filter(action__in=[item.pk for item, _ in pairs], author=None, meeting=None).delete()
    ActionUpdate.objects.bulk_create(updates)
    Series.objects.filter(pk=series.pk).update(last_action_number=last)
    _name_owners(pairs, people)
    retell({item.pk for item, _ in pairs})


def _dated(item: ActionItem, row: TableAction, series: Series) -> Iterator[ActionUpdate]:
    """What a row says: when it was opened (and by whom it is owned, in the table's own words), when closed."""
    owned = f"owner: {row.owned_by}" if row.owned_by else ""
    said = [(row.opened, f"opened; {owned}".rstrip("; "), ActionItem.State.OPEN)]
    if row.closed:
        said.append((row.closed, "closed", ActionItem.State.DONE))
    for day, note, state in said:
        if day:
            yield ActionUpdate(action=item, note=note, state=state, said_at=series.starts_at(day))


def link_to_meetings(series: Series) -> None:
    """Tie what tables say of a day to the meeting of that day, where there is one and it said nothing itself."""
    loose = ActionUpdate.objects.filter(action__series=series, author=None, meeting=None)
    meetings = dict(series.meetings.values_list("date", "pk"))
    told = set(ActionUpdate.objects.filter(action__series=series).values_list("action", "meeting"))
    linked = []
    for update in loose.order_by("said_at"):
        meeting = meetings.get(update.said_at.astimezone(series.zone).date())
        if meeting and (update.action_id, meeting) not in told:
            update.meeting_id = meeting
            told.add((update.action_id, meeting))
            linked.append(update)
    ActionUpdate.objects.bulk_update(linked, ["meeting"])
    retell({update.action_id for update in linked})


def _known(series: Series, told: Sequence[Action]) -> list[ActionItem]:
    """The actions that are there of those that a page may mean."""
    numbers = {int(a.number) for a in told if a.number} | {int(a.parent) for a in told if a.parent}
    keys = {name_key(a.text or "")[:250] for a in told if not a.number}
    return list(series.actions.filter(Q(number__in=numbers) | Q(key__in=keys)).order_by())


def _items(meeting: Meeting, told: Sequence[Action], there: Sequence[ActionItem], stories: Stories) -> list[ActionItem]:
    """The action item of each action in turn: the one it always was, or a new one with a number, not yet stored."""
    series = meeting.series
    by_number = {(item.number, item.sub_number): item for item in there}
    by_key = {(item.number if item.parent_id else None, item.key): item for item in there}
    last = series.last_action_number
    items = []
    for action in told:
        if action.number:
            item = by_number.get((int(action.number), 0)) or ActionItem(number=int(action.number))
        else:
            under = int(action.parent) if action.parent else None
            key = name_key(action.text or "")[:250]
            item = by_key.get((under, key)) or _next_item(under, last, by_number)
            by_key[under, key] = item
        last = max(last, item.number)
        item.series = series
        if all(one.day is None or one.day <= meeting.date for one in stories.get(item.pk, ())):
            # Pages come in any order: what the newest meeting says of an action is what it is called.
            item.text, item.due = action.text or item.text, action.due or item.due
            item.key = name_key(item.text)[:250]
        if item.sub_number and item.parent_id is None:
            parent = by_number.get((item.number, 0))
            item.parent = parent if item.pk is None or (parent and parent.pk) else None
        by_number[item.number, item.sub_number] = item
        items.append(item)
    if last > series.last_action_number:
        Series.objects.filter(pk=series.pk).update(last_action_number=last)
        series.last_action_number = last
    return items


def _next_item(under: int | None, last: int, there: dict[tuple[int, int], ActionItem]) -> ActionItem:
    """A new item: below its parent's number, or with the next number of the series."""
    if under is None:
        return ActionItem(number=last + 1)
    return ActionItem(number=under, sub_number=max((sub for number, sub in there if number == under), default=0) + 1)


def _is_newest(story: Iterable[_Told], meeting: Meeting) -> bool:
    """Whether nothing was said of an action after this meeting."""
    return all(told.day is None or told.day <= meeting.date for told in story)


def _name_owners(
    pairs: Sequence[tuple[ActionItem, Action | TableAction]], people: Directory, *, instead_of: Container[int] = ()
) -> None:
    """Add the owners that the page names; they take over the actions that earlier pages gave to somebody else."""
    through = ActionItem.owners.through
    if handed := {item.pk for item, action in pairs if action.owners and item.pk in instead_of}:
        through.objects.filter(actionitem_id__in=handed).delete()
    rows = {
        (item.pk, person): through(actionitem_id=item.pk, person_id=person)
        for item, action in pairs
        for owner in action.owners
        if (person := people.find(owner)) is not None
    }
    through.objects.bulk_create(rows.values(), ignore_conflicts=True)


class _Told(NamedTuple):
    """What was said of an action: when, its state, and in which meeting of which date, if in one."""

    said_at: datetime
    state: str
    meeting: int | None
    day: date | None


Stories = dict[int, list[_Told]]


def _stories(actions: Iterable[int]) -> Stories:
    """All that was said of some actions, in order."""
    stories: Stories = {pk: [] for pk in actions}
    if stories:
        updates = ActionUpdate.objects.filter(action__in=stories).order_by("said_at", "pk")
        told = updates.values_list("action", "said_at", "state", "meeting", "meeting__date")
        for action, said_at, state, meeting, day in told:
            stories[action].append(_Told(said_at, state, meeting, day))
    return stories


def retell(touched: Iterable[int]) -> None:
    """Set state, opening and closing of some actions from what is told of them; those untold of are none any more."""
    stories = _stories(touched)
    told = [pk for pk, story in stories.items() if story]
    there = list(ActionItem.objects.filter(pk__in=told)) if told else []
    before = {item.pk: _columns(item) for item in there}
    for item in there:
        _retell(item, stories[item.pk])
    _save(item for item in there if _columns(item) != before[item.pk])
    if untold := stories.keys() - told:
        ActionItem.objects.filter(pk__in=untold, updates=None, children=None).delete()


def _retell(item: ActionItem, story: Iterable[_Told]) -> None:
    """Set what follows from what was said of an action, the newest on whichever day it was stored."""
    story = sorted(story, key=attrgetter("said_at"))
    closed_in = None
    for told in reversed(story):
        if told.state == ActionItem.State.OPEN:
            break
        closed_in = told.meeting
    item.opened_in_id, item.state, item.closed_in_id = story[0].meeting, story[-1].state, closed_in


_FIELDS = ("text", "key", "due", "parent", "opened_in", "state", "closed_in")
_columns = attrgetter("text", "key", "due", "parent_id", "opened_in_id", "state", "closed_in_id")
"""What an import may change of an action."""


def _save(items: Iterable[ActionItem]) -> None:
    """Save some actions in one query; unlike `bulk_update`, this one is not dearer by the field."""
    ActionItem.objects.bulk_create(items, update_conflicts=True, update_fields=_FIELDS, unique_fields=["id"])
