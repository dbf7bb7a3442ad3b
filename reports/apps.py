"""The application that renders and delivers."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports: what the world reads."""

    name = "reports"
    verbose_name = "Reports"
