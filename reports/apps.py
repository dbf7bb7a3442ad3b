"""The application that renders and delivers."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports: what the world reads."""

    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        """Listen to the record."""
        from reports.receivers import listen  # models are not loaded before this point

        listen()
