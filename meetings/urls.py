"""Addresses of the pages where the record is written; `config.urls` says what a `date` is."""

from django.urls import path

from meetings.views.deputies import deputies
from meetings.views.desk import desk
from meetings.views.history import section_comparison, section_history
from meetings.views.meeting import meeting
from meetings.views.section import section, section_clash

urlpatterns = [
    path("desk/", desk, name="desk"),
    path("desk/deputies/", deputies, name="deputies"),
    path("desk/sections/<int:pk>/", section, name="section"),
    path("desk/sections/<int:pk>/clash/<int:number>/", section_clash, name="section-clash"),
    path("desk/sections/<int:pk>/history/", section_history, name="section-history"),
    path("desk/sections/<int:pk>/history/compare/", section_comparison, name="section-comparison"),
    path("desk/<slug:slug>/<date:on>/", meeting, name="meeting"),
]
