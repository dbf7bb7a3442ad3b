"""The actions of an imported page -> action items with an update each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Max, Q

from meetings.actiontables import TableAction
from meetings.minutes import Action
from meetings.models import ActionItem, ActionUpdate, Meeting, Series
from meetings.people import Directory
from meetings.vocabulary import key as name_key


def store_actions(meeting: Meeting, told: Sequence[Action], people: Directory) -> None:
    """Store what a page says of each action, in a few queries a page. Needs the page's transaction."""
    earlier = set(meeting.action_updates.filter(author=None).values_list("action_id", flat=True))
    items = _items(meeting, told) if told else []
    meeting.action_updates.filter(author=None).delete()
    updates: dict[int, ActionUpdate] = {}
    for position, (item, action) in enumerate(zip(items, told, strict=True)):
        note = action.note if item.pk not in updates else f"{updates[item.pk].note}\n{action.note}".strip()
        updates[item.pk] = ActionUpdate(
            action=item, meeting=meeting, position=position, note=note, state=action.status, said_at=meeting.starts_at
        )
    ActionUpdate.objects.bulk_create(updates.values())
    _name_owners(zip(items, told, strict=True), people)
    retell({*earlier, *updates})


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


def _items(meeting: Meeting, told: Sequence[Action]) -> list[ActionItem]:
    """The action item of each action in turn: the one it always was, or a new one with a number."""
    series = Series.objects.get(pk=meeting.series_id)
    numbers = {int(a.number) for a in told if a.number} | {int(a.parent) for a in told if a.parent}
    keys = {name_key(a.text or "")[:250] for a in told if not a.number}
    known = series.actions.filter(Q(number__in=numbers) | Q(key__in=keys))
    there = list(known)
    told_last = dict(known.order_by().values_list("pk").annotate(Max("updates__meeting__date")))
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
        last_told = told_last.get(item.pk)
        if last_told is None or last_told <= meeting.date:
            # Pages come in any order: what the newest meeting says of an action is what it is called.
            item.text, item.due = action.text or item.text, action.due or item.due
        if item.sub_number and item.parent_id is None:
            item.parent = by_number.get((item.number, 0))
        if item.pk is None:
            item.opened_in = meeting
        item.save()
        by_number[item.number, item.sub_number] = item
        items.append(item)
    if last > series.last_action_number:
        Series.objects.filter(pk=series.pk).update(last_action_number=last)
    return items


def _next_item(under: int | None, last: int, there: dict[tuple[int, int], ActionItem]) -> ActionItem:
    """A new item: below its parent's number, or with the next number of the series."""
    if under is None:
        return ActionItem(number=last + 1)
    taken = ActionItem.objects.filter(number=under).aggregate(Max("sub_number"))["sub_number__max"] or 0
    remembered = max((sub for number, sub in there if number == under), default=0)
    return ActionItem(number=under, sub_number=max(taken, remembered) + 1)


def _name_owners(pairs: Iterable[tuple[ActionItem, Action | TableAction]], people: Directory) -> None:
    """Add the owners that the page names."""
    through = ActionItem.owners.through
    rows = {
        (item.pk, person): through(actionitem_id=item.pk, person_id=person)
        for item, action in pairs
        for owner in action.owners
        if (person := people.find(owner)) is not None
    }
    through.objects.bulk_create(rows.values(), ignore_conflicts=True)


def retell(touched: set[int]) -> None:
    """Set state, opening and closing of some actions from their updates in order of the meetings' dates."""
    stories: dict[int, list[ActionUpdate]] = {pk: [] for pk in touched}
    updates = ActionUpdate.objects.filter(action__in=touched).select_related("meeting")
    for update in updates.order_by("said_at", "pk"):
        stories[update.action_id].append(update)
    items = list(ActionItem.objects.filter(pk__in=touched))
    for item in items:
        story = stories[item.pk]
        if not story:
            continue
        item.opened_in = story[0].meeting
        item.state = story[-1].state
        item.closed_in = None
        for update in reversed(story):
            if update.state == ActionItem.State.OPEN:
                break
            item.closed_in = update.meeting
    ActionItem.objects.bulk_update(items, ["opened_in", "state", "closed_in"])
    untold = [pk for pk, story in stories.items() if not story]
    ActionItem.objects.filter(pk__in=untold, updates=None, children=None).delete()
