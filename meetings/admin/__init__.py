"""The pages where coordinators set things up. One file a noun, as in `meetings.models`."""

from django.conf import settings
from django.contrib import admin

from meetings.admin import action, area, attachment, batch, meeting, metric, people, section, series

__all__ = ["action", "area", "attachment", "batch", "meeting", "metric", "people", "section", "series"]

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = f"{settings.SITE_NAME} admin"
admin.site.index_title = "Set up series, people and meetings"
admin.site.site_url = "/desk/"
