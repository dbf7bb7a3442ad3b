from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from meetings.models import Meeting
from reports import publishing, render, tasks
from reports.models import WeeklyReport
from reports.publishing import MAX_ATTEMPTS, PATIENCE, publish, render_pending
from tests.reports.conftest import LATER, PUBLISHED, put_out

SOON = PUBLISHED + timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def announced(week: Meeting) -> WeeklyReport:
    """The report of a published week, not rendered, as nobody was told of it."""
    put_out(week)
    return WeeklyReport.objects.get()


def breaks(monkeypatch) -> None:
    def fail(weekly):
        raise ValueError("no ink")

    monkeypatch.setattr(render, "markdown", fail)


# --- announcing ------------------------------------------------------------------------------------------


def test_publishing_leaves_a_pending_report(announced):
    assert (announced.state, announced.revision, announced.published_at) == ("pending", 1, PUBLISHED)
    assert announced.html == ""


def test_a_publishing_that_is_rolled_back_leaves_nothing(week):
    with transaction.atomic():
        week.publish(at=PUBLISHED)
        transaction.set_rollback(True)
    assert not WeeklyReport.objects.exists()


def test_the_report_is_rendered_after_the_commit(published):
    report = WeeklyReport.objects.get()
    assert (report.state, report.attempts, report.error, report.claimed_at) == ("rendered", 1, "", None)
    for text in (report.html, report.text, report.markdown, report.json):
        assert "352 khour/day" in text
        assert "424242" not in text
        assert "under the mat" not in text
        assert "4711" not in text


def test_without_a_broker_the_publishing_holds_and_the_sweep_renders(
    week, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def no_broker(report_id):
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.render_report, "delay", no_broker)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        put_out(week)
    assert "connection refused" in caplog.text
    week.refresh_from_db()
    assert week.state == "published"
    assert render_pending(at=SOON) == 1
    assert WeeklyReport.objects.get().state == "rendered"


def test_a_later_revision_replaces_one_that_was_never_rendered(announced, week):
    week.reopen()
    put_out(week, SOON)
    earlier, newest = WeeklyReport.objects.order_by("revision")
    assert (earlier.state, newest.state) == ("failed", "pending")
    assert "Replaced by revision 2" in earlier.error


# --- rendering once --------------------------------------------------------------------------------------


def test_a_second_run_does_nothing(announced, week):
    assert publish(week, at=SOON) is True
    assert publish(week, at=SOON + timedelta(seconds=1)) is False
    assert render_pending(at=SOON + timedelta(hours=1)) == 0
    assert WeeklyReport.objects.get().attempts == 1


def test_of_two_workers_one_renders(announced, week, monkeypatch):
    seconds = []
    text = render.text

    def meanwhile(weekly):
        seconds.append(publish(week, at=SOON + timedelta(seconds=1)))
        return text(weekly)

    monkeypatch.setattr(render, "text", meanwhile)
    assert publish(week, at=SOON) is True
    assert seconds == [False]


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_share_the_work(week, monkeypatch):
    monkeypatch.setattr(tasks.render_report, "delay", lambda report_id: None)
    for weeks in range(1, 6):
        put_out(Meeting.objects.create(series=week.series, date=week.date + timedelta(weeks=weeks)))

    def work(number: int) -> int:
        try:
            return render_pending(at=SOON + timedelta(microseconds=number))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 5
    assert set(WeeklyReport.objects.values_list("state", "attempts")) == {("rendered", 1)}


def test_a_lost_claim_is_taken_over(announced, week):
    WeeklyReport.objects.update(claimed_at=SOON, attempts=1)
    assert render_pending(at=SOON + PATIENCE) == 0
    assert render_pending(at=SOON + PATIENCE + timedelta(seconds=1)) == 1


def test_a_worker_that_comes_too_late_overwrites_nothing(announced, week, monkeypatch):
    late = SOON + PATIENCE + timedelta(seconds=1)
    text = render.text

    def slow(weekly):
        monkeypatch.setattr(render, "text", text)
        assert publish(week, at=late) is True
        return "what the slow one wrote"

    monkeypatch.setattr(render, "text", slow)
    assert publish(week, at=SOON) is False
    report = WeeklyReport.objects.get()
    assert report.rendered_at == late
    assert report.text != "what the slow one wrote"


def test_a_meeting_that_is_reopened_while_it_is_rendered_is_not_stored(announced, week, monkeypatch):
    text = render.text

    def meanwhile(weekly):
        week.reopen()
        return text(weekly)

    monkeypatch.setattr(render, "text", meanwhile)
    assert publish(week, at=SOON) is False
    assert WeeklyReport.objects.get().html == ""


def test_a_reopened_meeting_is_not_rendered(announced, week):
    week.reopen()
    week.sections.filter(heading="Announcements").update(body="half a sent")
    assert render_pending(at=SOON) == 0
    put_out(week, SOON)
    assert render_pending(at=SOON) == 1
    assert WeeklyReport.objects.filter(state="rendered").get().revision == 2


# --- failing ---------------------------------------------------------------------------------------------


def test_a_failure_is_kept_and_tried_again_later(announced, week, monkeypatch, caplog):
    breaks(monkeypatch)
    assert publish(week, at=SOON) is False
    report = WeeklyReport.objects.get()
    assert (report.state, report.attempts, report.error) == ("pending", 1, "ValueError: no ink")
    assert "no ink" in caplog.text
    monkeypatch.undo()
    assert render_pending(at=SOON + timedelta(minutes=1)) == 0
    assert render_pending(at=SOON + timedelta(minutes=11)) == 1
    assert WeeklyReport.objects.get().error == ""


def test_nobody_tries_for_ever(announced, week, monkeypatch):
    breaks(monkeypatch)
    for attempt in range(MAX_ATTEMPTS):
        render_pending(at=SOON + attempt * 2 * PATIENCE)
    report = WeeklyReport.objects.get()
    assert (report.state, report.attempts) == ("failed", MAX_ATTEMPTS)
    assert WeeklyReport.objects.render_again() == 1
    monkeypatch.undo()
    assert render_pending(at=SOON) == 1


def test_attempts_that_end_without_a_word_count_as_well(announced):
    WeeklyReport.objects.update(claimed_at=SOON, attempts=MAX_ATTEMPTS)
    assert render_pending(at=SOON + 2 * PATIENCE) == 0
    report = WeeklyReport.objects.get()
    assert report.state == "failed"
    assert "Given up" in report.error


def test_one_that_fails_does_not_hold_up_the_others(announced, week, monkeypatch):
    other = put_out(Meeting.objects.create(series=week.series, date=week.date + timedelta(days=7)))
    collect = publishing.collect

    def fragile(meeting, **options):
        if meeting == week:
            raise ValueError("no ink")
        return collect(meeting, **options)

    monkeypatch.setattr(publishing, "collect", fragile)
    assert render_pending(at=SOON) == 1
    assert other.reports.get().state == "rendered"


# --- rendering again -------------------------------------------------------------------------------------


def midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def test_what_was_embargoed_appears_on_its_day(published):
    before = midnight(LATER) - timedelta(seconds=1)
    assert render_pending(at=before) == 0
    assert render_pending(at=midnight(LATER)) == 1
    report = WeeklyReport.objects.get()
    assert "Order 4711 is cheaper." in report.text
    assert "under the mat" not in report.text
    assert (report.revision, report.published_at) == (1, PUBLISHED)
    assert render_pending(at=midnight(LATER) + timedelta(days=1)) == 0


def test_an_embargo_does_not_bring_out_what_is_being_rewritten(published):
    published.reopen()
    published.sections.filter(heading="Announcements").update(body="half a sent")
    assert render_pending(at=midnight(LATER)) == 0
    assert "half a sent" not in WeeklyReport.objects.get().text


def test_a_section_hidden_after_publishing_leaves_the_report(published, django_capture_on_commit_callbacks):
    section = published.sections.select_related("meeting").get(area__slug="cms")
    section.visibility = "members"
    with django_capture_on_commit_callbacks(execute=True):
        section.save()
    report = WeeklyReport.objects.get()
    assert (report.state, report.stale) == ("rendered", False)
    assert "352 khour/day" not in report.html + report.text + report.markdown + report.json


@pytest.mark.parametrize("hidden", [{"visibility": "members"}, {"visibility": "embargoed", "embargo_until": date.max}])
def test_a_section_hidden_while_the_meeting_is_reopened_is_hidden_at_once(published, outsider, hidden):
    published.reopen()
    section = published.sections.select_related("meeting").get(area__slug="cms")
    for name, value in hidden.items():
        setattr(section, name, value)
    section.save(update_fields=list(hidden))
    report = WeeklyReport.objects.get()
    assert (report.state, report.html + report.text + report.markdown + report.json) == ("pending", "")
    page = outsider.get(published.get_absolute_url()).content.decode()
    assert "352 khour/day" not in page
    assert "being corrected" in page
    put_out(published)
    render_pending(at=midnight(LATER))
    page = outsider.get(published.get_absolute_url()).content.decode()
    assert "Revision 2" in page
    assert "352 khour/day" not in page


def test_what_was_hidden_all_along_withdraws_nothing(published):
    published.reopen()
    section = published.sections.select_related("meeting").exclude(visibility="public").first()
    section.save()
    assert WeeklyReport.objects.get().state == "rendered"


def test_a_published_meeting_on_another_day_is_told_so(published, outsider, django_capture_on_commit_callbacks):
    published.date = date(2026, 11, 18)
    with django_capture_on_commit_callbacks(execute=True):
        published.save(update_fields=["date"])
    assert '"date": "2026-11-18"' in outsider.get("/production/2026-11-18.json").content.decode()


def test_a_section_deleted_after_publishing_leaves_the_report(published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        published.sections.get(heading="Any other business").delete()
    assert "Any other business" not in WeeklyReport.objects.get().text


def test_a_meeting_goes_with_its_reports(published, django_capture_on_commit_callbacks):
    published.action_updates.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        published.delete()
    assert not WeeklyReport.objects.exists()


def test_what_is_to_be_rendered_again_stays_readable_until_then(published):
    assert WeeklyReport.objects.render_again() == 1
    assert WeeklyReport.objects.public().exists()
    assert render_pending(at=SOON) == 1
    assert not WeeklyReport.objects.due().exists()


def test_the_sections_of_an_open_meeting_concern_no_report(week, django_assert_num_queries):
    section = week.sections.select_related("meeting").first()
    with django_assert_num_queries(1):
        section.save(update_fields=["position"])


# --- the tasks -------------------------------------------------------------------------------------------


def test_the_tasks_do_what_they_are_named_for(announced, time_machine):
    time_machine.move_to(SOON, tick=False)
    tasks.run_due()
    assert WeeklyReport.objects.get().rendered_at == SOON
    WeeklyReport.objects.render_again()
    time_machine.move_to(SOON + timedelta(hours=1), tick=False)
    tasks.render_report(announced.pk)
    assert WeeklyReport.objects.get().rendered_at == SOON + timedelta(hours=1)


def test_a_task_for_a_report_that_is_gone_is_harmless(db):
    tasks.render_report(4711)
    assert not WeeklyReport.objects.exists()


def test_the_beat_runs_a_task_that_exists(settings):
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= {tasks.run_due.name}


def test_a_coordinator_has_reports_rendered_again(published, coordinator):
    report = WeeklyReport.objects.get()
    WeeklyReport.objects.update(state=WeeklyReport.State.FAILED, error="no room")
    data = {"action": "render_again", "_selected_action": [report.pk]}
    answer = coordinator.post("/admin/reports/weeklyreport/", data, follow=True)
    assert "1 to be rendered again" in answer.content.decode()
    report.refresh_from_db()
    assert (report.state, report.error) == (WeeklyReport.State.PENDING, "")
