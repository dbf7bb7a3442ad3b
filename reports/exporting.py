"""A series' minutes as files: the complete record for whoever runs the server, or what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from meetings.models import Meeting, Series
from meetings.models.meeting import MeetingQuerySet
from reports import render
from reports.models import WeeklyReport, WeeklyReportQuerySet
from reports.twiki_page import twiki
from reports.weekly import Weekly, collect

#: The complete record, of every meeting: the format, and what writes it.
COMPLETE: dict[str, Callable[[Weekly], str]] = {"json": render.json, "twiki": twiki}
#: The public report, of the published meetings: the format, and the field of the snapshot that has it.
PUBLISHED = {"md": "markdown", "txt": "text"}
FORMATS = (*COMPLETE, *PUBLISHED)


@dataclass(frozen=True, slots=True)
class Export:
    """The files of a series in one format: iterate for names and texts, the oldest meeting first."""

    series: Series
    format: str
    on: date

    def __len__(self) -> int:
        return self._meetings().count() if self.format in COMPLETE else self._reports().count()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        if write := COMPLETE.get(self.format):
            for meeting in self._meetings().order_by("date").iterator():
                yield self._name(meeting.date), write(collect(meeting, member=True, on=self.on))
        else:
            texts = self._reports().order_by("meeting__date").values_list("meeting__date", PUBLISHED[self.format])
            for day, text in texts.iterator():
                yield self._name(day), text

    def waiting(self) -> int:
        """How many published meetings have no report yet, and so no file."""
        if self.format in COMPLETE:
            return 0
        return self._meetings().published().exclude(pk__in=self._reports().values("meeting")).count()

    def _meetings(self) -> MeetingQuerySet:
        return Meeting.objects.filter(series=self.series)

    def _reports(self) -> WeeklyReportQuerySet:
        return WeeklyReport.objects.rendered().newest().of(self.series)

    def _name(self, day: date) -> str:
        # The importer finds the meeting's date in the name.
        return f"{self.series.slug}-{day}.{self.format}"
