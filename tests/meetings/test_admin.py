"""The admin, as a coordinator sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.admin.meeting import MeetingAdmin
from meetings.models import (
    ActionItem,
    ActionUpdate,
    AgendaItem,
    Area,
    AreaAlias,
    Attachment,
    Attendance,
    BatchPage,
    Deputy,
    ImportBatch,
    ImportedPage,
    Leadership,
    Meeting,
    Metric,
    Person,
    PersonAlias,
    Reading,
    Section,
    SectionRevision,
    Series,
)
from reports.models import Delivery, WeeklyReport
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
MODELS = [model for app in ("meetings", "reports") for model in apps.get_app_config(app).get_models()]
READ_ONLY = [SectionRevision, ImportedPage, BatchPage, WeeklyReport, Delivery]
OURS = [model for model in MODELS if not model._meta.auto_created]


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def week(number: int) -> None:
    """One row of everything, each with other neighbours than the last."""
    area = Area.objects.create(slug=f"area-{number}", name=f"Area {number}")
    person = Person.objects.create(name=f"Person {number}")
    series = Series.objects.create(slug=f"series-{number}", title=f"Series {number}")
    meeting = Meeting.objects.create(series=series, date=date(2026, 1, 1) + timedelta(number), coordinator=person)
    section = Section.objects.create(meeting=meeting, area=area)
    section.write(f"* {number}", at=NOW)
    AreaAlias.objects.create(area=area, text=f"A{number}")
    PersonAlias.objects.create(person=person, text=f"P{number}")
    AgendaItem.objects.create(series=series, area=area)
    Leadership.objects.create(area=area, person=person, since=date(2026, 1, 1))
    Deputy.objects.create(area=area, person=person, since=date(2026, 1, 1), until=date(2026, 1, 7))
    Attendance.objects.create(meeting=meeting, person=person, name=person.name)
    action = ActionItem.objects.create(series=series, number=number, text="t", area=area, opened_in=meeting)
    action.owners.add(person)
    ActionUpdate.objects.create(action=action, meeting=meeting, note="no news", said_at=NOW)
    Attachment.objects.create(section=section, file="x.txt", name="x.txt", size=1, sha256="0")
    metric = Metric.objects.create(area=area, label="hours")
    Reading.objects.create(metric=metric, section=section, value=number)
    ImportedPage.objects.create(
        series=series,
        topic=f"T{number}",
        source="x",
        sha256="0",
        meeting=meeting,
        imported_at=NOW,
        problems=[{"line": 12, "level": "warning", "message": "<b>odd</b>"}],
    )
    batch = ImportBatch.objects.create(series=series, slug=series.slug, state="ready", uploaded_at=NOW, changed_at=NOW)
    BatchPage.objects.create(batch=batch, position=1, path="x.txt", topic=f"T{number}", meeting=meeting)
    report = WeeklyReport.objects.create(meeting=meeting, revision=1, published_at=NOW)
    Delivery.objects.create(report=report, recipient="x@example.org", person=person, message_id="1")


def address(model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def form_of(client, path: str, **changes: object) -> dict[str, object]:
    """What a browser would send if the page's form were submitted with some changes."""
    context = client.get(path).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and value != "":
                data[bound.html_name] = bound.field.prepare_value(value) if not isinstance(value, list) else value
    return data | changes


def messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def errors(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def act(client, model, action: str, *rows: Model):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(address(model, "changelist"), data, follow=True)


def test_every_model_is_there():
    assert [model.__name__ for model in OURS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("who", ["coordinator", "superuser"])
@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_page_opens(model, who, request):
    week(1)
    client = request.getfixturevalue(who)
    row = model.objects.get() if model is not Person else Person.objects.get(name="Person 1")
    assert client.get(address(model, "changelist")).status_code == 200
    assert client.get(address(model, "changelist"), {"q": "x 1"}).status_code == 200
    assert client.get(address(model, "change", row.pk)).status_code == 200
    assert client.get(address(model, "history", row.pk)).status_code == 200
    assert client.get(address(model, "add")).status_code == (403 if model in READ_ONLY else 200)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_list_asks_no_more_for_more_rows(model, coordinator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert coordinator.get(address(model, "changelist")).status_code == 200
        return len(asked)

    for number in (1, 2):
        week(number)
    few = queries()
    for number in range(3, 10):
        week(number)
    assert queries() == few


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_filter_and_search_works(model, coordinator):
    week(1)
    page = coordinator.get(address(model, "changelist"), {"q": "2026-01"})
    for spec in page.context["cl"].filter_specs:
        for choice in spec.choices(page.context["cl"]):
            assert coordinator.get(address(model, "changelist") + choice["query_string"]).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_what_the_program_writes_is_only_looked_at(model, superuser):
    week(1)
    row = model.objects.get()
    assert superuser.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert superuser.post(address(model, "change", row.pk), {"number": 9}).status_code == 403
    assert model.objects.count() == 1


@pytest.mark.parametrize("model", [Meeting, Section, Series, Area])
def test_nothing_that_holds_a_text_is_deleted(model, superuser):
    week(1)
    superuser.post(address(model, "delete", model.objects.get().pk), {"post": "yes"})
    act(superuser, model, "delete_selected", model.objects.get())
    assert model.objects.count() == 1
    assert SectionRevision.objects.count() == 1


def test_a_text_is_never_written_here(coordinator, section):
    section.write("* kept", at=NOW, state="ready")
    path = address(Section, "change", section.pk)
    data = form_of(coordinator, path, heading="Compact Muon", leads="Tony, Petra ,", body="* other", state="nothing")
    assert coordinator.post(path, data).status_code == 302
    section.refresh_from_db()
    assert (section.body, section.state, section.head) == ("* kept", "ready", 1)
    assert (section.heading, section.leads) == ("Compact Muon", ["Tony", "Petra"])
    assert f'href="/desk/sections/{section.pk}/"' in coordinator.get(path).content.decode()


def test_a_section_needs_an_area_or_a_heading(coordinator, meeting):
    data = {"meeting": meeting.pk, "kind": "other", "position": 1, "visibility": "public"}
    assert "Give an area or a heading." in errors(coordinator.post(address(Section, "add"), data))
    data |= {"heading": "Choir", "visibility": "embargoed"}
    assert "until which day" in errors(coordinator.post(address(Section, "add"), data))
    assert coordinator.post(address(Section, "add"), data | {"embargo_until": "2026-12-01"}).status_code == 302


def test_the_meeting_page_holds_its_sections_roll_and_actions(coordinator, meeting, section, area):
    person = Person.objects.create(name="Rita Roe")
    path = address(Meeting, "change", meeting.pk)
    data = form_of(coordinator, path) | {
        "sections-TOTAL_FORMS": 3,
        "sections-2-kind": "other",
        "sections-2-heading": "Choir",
        "sections-2-leads": "Rita, Rob",
        "sections-2-position": 7,
        "attendance-TOTAL_FORMS": 2,
        "attendance-0-person": person.pk,
        "attendance-0-status": "present",
        "attendance-0-position": 1,
        "attendance-1-name": "Guest",
        "attendance-1-status": "apologies",
        "attendance-1-position": 2,
        "actions_opened-TOTAL_FORMS": 2,
        "actions_opened-0-text": "Renew the certificate",
        "actions_opened-0-owners": [person.pk],
        "actions_opened-0-state": "open",
        "actions_opened-1-text": "Buy a pump",
        "actions_opened-1-state": "open",
    }
    response = coordinator.post(path, data)
    assert response.status_code == 302, response.context["errors"]
    roll = meeting.attendance.values_list("name", "person__name", "status", "said_by__username")
    assert list(roll) == [("Rita Roe", "Rita Roe", "present", "cora"), ("Guest", None, "apologies", "cora")]
    assert meeting.sections.get(heading="Choir").leads == ["Rita", "Rob"]
    actions = meeting.actions_opened.values_list("series__slug", "number", "text", "owners__name")
    assert list(actions) == [
        ("production", 1, "Renew the certificate", "Rita Roe"),
        ("production", 2, "Buy a pump", None),
    ]

    # A second save of the same page changes nothing.
    assert coordinator.post(path, form_of(coordinator, path)).status_code == 302
    assert [meeting.sections.count(), meeting.attendance.count(), meeting.actions_opened.count()] == [3, 2, 2]
    meeting.series.refresh_from_db()
    assert meeting.series.last_action_number == 2


def test_what_others_write_meanwhile_stays(coordinator, meeting, section, series, monkeypatch):
    """A lead saves and the meeting is published between reading the rows and saving them."""
    save = MeetingAdmin.save_model

    def late(self, *args):
        for row in (Section.objects.get(pk=section.pk), Section.objects.exclude(pk=section.pk).get()):
            row.write("* just in time", at=NOW)
        Meeting.objects.get(pk=meeting.pk).publish(at=NOW)
        save(self, *args)

    monkeypatch.setattr(MeetingAdmin, "save_model", late)
    path = address(Meeting, "change", meeting.pk)
    data = form_of(coordinator, path, coordinates="Room 4") | {"sections-0-leads": "Tony"}
    assert coordinator.post(path, data).status_code == 302
    meeting.refresh_from_db()
    section.refresh_from_db()
    assert (meeting.coordinates, meeting.state, meeting.revision) == ("Room 4", "published", 1)
    assert (section.leads, section.body, section.head) == (["Tony"], "* just in time", 1)


@pytest.mark.parametrize("model", [Series, Section])
def test_only_what_was_changed_is_saved(model, coordinator, section):
    path = address(model, "change", (section if model is Section else section.meeting.series).pk)
    data = form_of(coordinator, path)
    with CaptureQueriesContext(connection) as asked:
        assert coordinator.post(path, data).status_code == 302
    assert [query for query in asked if f'UPDATE "meetings_{model._meta.model_name}"' in query["sql"]] == []


def test_a_roll_needs_names_and_has_each_person_once(coordinator, meeting):
    person = Person.objects.create(name="Rita Roe")
    path = address(Meeting, "change", meeting.pk)
    data = form_of(coordinator, path) | {"attendance-TOTAL_FORMS": 2}
    for row in (0, 1):
        data |= {f"attendance-{row}-status": "present", f"attendance-{row}-position": row + 1}
    assert "Give a name, or choose a person." in errors(coordinator.post(path, data))
    data |= {"attendance-0-person": person.pk, "attendance-1-person": person.pk}
    assert "correct the duplicate" in errors(coordinator.post(path, data))
    assert meeting.attendance.count() == 0


def test_a_meeting_a_day(coordinator, meeting):
    data = form_of(coordinator, address(Meeting, "add")) | {"series": meeting.series.pk, "date": "2026-11-17"}
    assert "has a meeting on that day already" in errors(coordinator.post(address(Meeting, "add"), data))


def test_publishing_from_the_list(coordinator, meeting, series):
    out = Meeting.objects.create(series=series, date=date(2026, 11, 10), state="published", revision=2)
    response = act(coordinator, Meeting, "publish", meeting, out)
    assert messages(response) == [
        "Skipped Production meeting, 10 November 2026: published already.",
        "Published Production meeting, 17 November 2026 as revision 1.",
    ]
    meeting.refresh_from_db()
    assert (meeting.state, meeting.revision, meeting.published_at) == ("published", 1, NOW)

    response = act(coordinator, Meeting, "reopen", meeting)
    assert messages(response) == ["Opened Production meeting, 17 November 2026 for the leads."]
    meeting.refresh_from_db()
    assert meeting.state == "open"
    assert "open already" in messages(act(coordinator, Meeting, "reopen", meeting))[0]
    assert "Published as revision 1." in coordinator.get(address(Meeting, "history", meeting.pk)).content.decode()


def test_all_are_published_or_none(coordinator, meeting, series, monkeypatch):
    Meeting.objects.create(series=series, date=date(2026, 11, 10), state="open")
    publish = Meeting.publish

    def fail_on_the_second(self, *, at):
        if self.pk == meeting.pk:
            raise RuntimeError
        publish(self, at=at)

    monkeypatch.setattr(Meeting, "publish", fail_on_the_second)
    with pytest.raises(RuntimeError):
        act(coordinator, Meeting, "publish", *Meeting.objects.all())
    assert set(Meeting.objects.values_list("state", flat=True)) == {"open"}


def test_opening_the_next_meeting(coordinator, section, series):
    other = Series.objects.create(slug="whenever", title="Whenever")
    response = act(coordinator, Series, "open_next", series, other)
    assert messages(response) == [
        "Open for its leads: Production meeting, 24 November 2026.",
        "Whenever has no recurrence rule with a next date, so no meeting was opened. Add one by hand.",
    ]
    opened = Meeting.objects.get(date=date(2026, 11, 24))
    assert opened.state == "open"
    assert [one.title for one in opened.sections.order_by("position")] == ["Announcements", "CMS", "ATLAS"]


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        # A Tuesday: today's meeting is still to be opened, if nobody has.
        (NOW, date(2026, 10, 6), date(2026, 11, 17)),
        # Already Wednesday in UTC, still Tuesday in Chicago.
        (datetime(2026, 11, 18, 3, 0, tzinfo=UTC), date(2026, 10, 6), date(2026, 11, 17)),
        (NOW, date(2026, 12, 1), date(2026, 12, 8)),
    ],
)
def test_which_meeting_is_next(now, last, expected, coordinator, series, time_machine):
    time_machine.move_to(now, tick=False)
    Meeting.objects.create(series=series, date=last, state="published")
    act(coordinator, Series, "open_next", series)
    assert Meeting.objects.filter(state="open").get().date == expected


def action_form(series, **changes: object) -> dict[str, object]:
    empty = {"updates-TOTAL_FORMS": 0, "updates-INITIAL_FORMS": 0}
    return {"series": series.pk, "text": "Buy a pump", "state": "open"} | empty | changes


def test_an_action_gets_the_next_number(coordinator, series):
    for _ in range(2):
        assert coordinator.post(address(ActionItem, "add"), action_form(series)).status_code == 302
    assert coordinator.post(address(ActionItem, "add"), action_form(series, number=79)).status_code == 302
    assert coordinator.post(address(ActionItem, "add"), action_form(series)).status_code == 302
    assert list(ActionItem.objects.values_list("number", flat=True)) == [1, 2, 79, 80]
    ActionItem.objects.get(number=80).delete()
    coordinator.post(address(ActionItem, "add"), action_form(series))
    assert [action.number for action in ActionItem.objects.all()] == [1, 2, 79, 81]


def test_a_sub_item_is_numbered_below_its_parent(coordinator, series):
    parent = ActionItem.objects.create(series=series, number=79, text="Pumps")
    for _ in range(2):
        assert coordinator.post(address(ActionItem, "add"), action_form(series, parent=parent.pk)).status_code == 302
    assert [child.label for child in parent.children.all()] == ["79.1", "79.2"]
    series.refresh_from_db()
    assert series.last_action_number == 0


def test_wrong_numbers_are_refused_in_words(coordinator, series):
    parent = ActionItem.objects.create(series=series, number=79, text="Pumps")
    other = Series.objects.create(slug="other", title="Other")
    for form, said in [
        (action_form(series, number=79), "Production meeting has an action 79 already."),
        (action_form(series, number=80, parent=parent.pk), "Leave it empty: a sub-item of #79"),
        (action_form(other, parent=parent.pk), "#79 is an action of Production meeting."),
        (action_form(series, number=0), "greater than or equal to 1"),
        (action_form(series, number="9" * 30), "less than or equal to 999999"),
    ]:
        assert said in errors(coordinator.post(address(ActionItem, "add"), form))
    assert ActionItem.objects.count() == 1


def test_a_number_once_given_stays(coordinator, series):
    action = ActionItem.objects.create(series=series, number=79, text="Pumps")
    coordinator.post(address(ActionItem, "change", action.pk), action_form(series, number=80, text="Two pumps"))
    action.refresh_from_db()
    assert (action.number, action.text) == (79, "Two pumps")


def test_updates_know_who_said_them_and_when(coordinator, series, meeting):
    action = ActionItem.objects.create(series=series, number=79, text="Pumps")
    path = address(ActionItem, "change", action.pk)
    rows = {"updates-TOTAL_FORMS": 1, "updates-0-meeting": meeting.pk, "updates-0-note": "no news"}
    rows |= {"updates-0-state": "open", "updates-0-action": action.pk}
    twice = rows | {"updates-TOTAL_FORMS": 2} | {k.replace("-0-", "-1-"): v for k, v in rows.items() if "-0-" in k}
    assert "This meeting is here twice." in errors(coordinator.post(path, action_form(series, **twice)))
    assert coordinator.post(path, action_form(series, **rows)).status_code == 302
    update = action.updates.get()
    assert (update.author, update.said_at) == (coordinator.user, NOW)


def test_names_are_refused_where_the_database_would(coordinator, area, other_area):
    AreaAlias.objects.create(area=other_area, text="US-Atlas")
    path = address(Area, "change", area.pk)
    plain = form_of(coordinator, path)
    for names, said in [
        (["us atlas"], "“US-Atlas” is a name of ATLAS already."),
        (["Muon", "MUON."], "This name is here twice."),
        (["!!!"], "A name needs a letter or a digit."),
    ]:
        rows = {f"aliases-{row}-text": name for row, name in enumerate(names)}
        response = coordinator.post(path, plain | {"aliases-TOTAL_FORMS": len(names)} | rows)
        assert said in errors(response)
    assert area.aliases.count() == 0

    alias = PersonAlias.objects.create(person=Person.objects.create(name="Rita Roe"), text="R.R.")
    response = coordinator.post(address(PersonAlias, "add"), {"person": alias.person.pk, "text": "r r"})
    assert "Rita Roe goes by that name already." in errors(response)
    # Two people may share initials.
    other = Person.objects.create(name="Rob Roe")
    assert coordinator.post(address(PersonAlias, "add"), {"person": other.pk, "text": "RR"}).status_code == 302


def test_an_area_is_on_an_agenda_once(coordinator, series, area):
    path = address(Series, "change", series.pk)
    data = form_of(coordinator, path)
    data |= {"agenda-TOTAL_FORMS": 2, "agenda-1-area": area.pk, "agenda-1-position": 4, "agenda-1-series": series.pk}
    assert "on the agenda" in errors(coordinator.post(path, data))
    assert coordinator.post(path, data | {"agenda-0-until": "2026-01-01"}).status_code == 302
    assert series.agenda.count() == 2


def test_a_file_is_known_by_its_content(coordinator, section, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def upload(name: str):
        data = {"section": section.pk, "comment": "graph", "file": SimpleUploadedFile(name, b"abc")}
        return coordinator.post(address(Attachment, "add"), data)

    assert upload("plot.txt").status_code == 302
    file = Attachment.objects.get()
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (file.name, file.size, file.sha256) == ("plot.txt", 3, digest)
    assert "has a file “plot.txt” already." in errors(upload("plot.txt"))
    # The comment can be changed without sending the file again.
    path = address(Attachment, "change", file.pk)
    assert coordinator.post(path, {"section": section.pk, "comment": "new"}).status_code == 302
    file.refresh_from_db()
    assert (file.comment, file.sha256) == ("new", digest)


def test_problems_of_an_import_are_shown_as_text(coordinator):
    week(1)
    page = coordinator.get(address(ImportedPage, "change", ImportedPage.objects.get().pk)).content.decode()
    assert "line 12: warning: &lt;b&gt;odd&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("model", "field"),
    [(model, name) for model, page in admin.site._registry.items() for name in page.autocomplete_fields],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_coordinator_may_search_whatever_a_form_asks_for(model, field, coordinator):
    query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field, "term": "a"}
    assert coordinator.get("/admin/autocomplete/", query).status_code == 200


def test_a_link_of_a_person_to_an_account_is_once(coordinator, lead):
    data = {"name": "Somebody", "user": lead.user.pk, "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
    data |= {"leaderships-TOTAL_FORMS": 0, "leaderships-INITIAL_FORMS": 0}
    assert "already exists" in errors(coordinator.post(address(Person, "add"), data))


def test_every_foreign_key_of_a_form_is_searched_for():
    slow = []
    for model in OURS:
        page = admin.site._registry[model]
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            shown = field.is_relation and field.editable and model not in READ_ONLY
            if shown and field.name not in {*page.autocomplete_fields, *page.readonly_fields}:
                slow.append(f"{model.__name__}.{field.name}")
    assert slow == []


def test_the_admin_says_whose_it_is(coordinator):
    page = coordinator.get("/admin/").content.decode()
    assert "Set up series, people and meetings" in page
    assert 'href="/desk/"' in page
