"""The Celery application; its settings are those in `config/settings.py` that begin with CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("opsminutes")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
