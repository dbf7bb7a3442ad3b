"""Addresses of the pages that the world reads."""

from django.urls import path

from reports import views

urlpatterns = [
    path("", views.home, name="home"),
    path("files/<int:pk>/<path:name>", views.attachment, name="attachment"),
    path("areas/", views.areas, name="areas"),
    path("areas/<slug:slug>/", views.area, name="area"),
    path("actions/", views.actions, name="actions"),
    path("actions/<slug:slug>-<label:label>/", views.action, name="action"),
    path("<slug:slug>/", views.series, name="series"),
    path("<slug:slug>/latest/", views.latest, name="series-latest"),
    path("<slug:slug>/<date:on>/", views.report, name="report"),
    path("<slug:slug>/<date:on>.<str:form>", views.report_form, name="report-form"),
]
