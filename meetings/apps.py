"""The application that holds the record."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MeetingsConfig(AppConfig):
    """Meetings: what was said, by whom, and who owes what."""

    name = "meetings"
    verbose_name = "Meetings"

    def ready(self) -> None:
        """Keep the coordinators' group in step with the models."""
        from meetings.accounts import keep_coordinators  # models are not loaded before this point

        # For every sender: an application's permissions exist only when the next one's signal comes.
        post_migrate.connect(keep_coordinators)
