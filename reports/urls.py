"""Addresses of the pages that the world reads."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
