"""The record: what was said, by whom, and who owes what. One file a noun, each QuerySet above its model."""

from meetings.models.action import ActionItem, ActionUpdate
from meetings.models.area import Area, AreaAlias
from meetings.models.attachment import Attachment
from meetings.models.batch import BatchPage, ImportBatch
from meetings.models.meeting import Attendance, ImportedPage, Meeting
from meetings.models.metric import Metric, Reading
from meetings.models.people import Deputy, Leadership, Person, PersonAlias
from meetings.models.section import Section, SectionRevision
from meetings.models.series import AgendaItem, Series

__all__ = [
    "ActionItem",
    "ActionUpdate",
    "AgendaItem",
    "Area",
    "AreaAlias",
    "Attachment",
    "Attendance",
    "BatchPage",
    "Deputy",
    "ImportBatch",
    "ImportedPage",
    "Leadership",
    "Meeting",
    "Metric",
    "Person",
    "PersonAlias",
    "Reading",
    "Section",
    "SectionRevision",
    "Series",
]
