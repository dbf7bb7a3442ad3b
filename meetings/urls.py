"""Addresses of the pages where the record is written."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
