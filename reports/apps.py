"""The application that renders and delivers."""

from django.apps import AppConfig
from django.db.models.signals import post_save


class ReportsConfig(AppConfig):
    """Reports: what the world reads."""

    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        """Listen to the record."""
        from meetings.models import Section  # models are not loaded before this point
        from meetings.signals import meeting_published
        from reports import receivers

        meeting_published.connect(receivers.meeting_published)
        post_save.connect(receivers.section_saved, sender=Section)
