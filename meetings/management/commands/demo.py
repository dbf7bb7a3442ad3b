"""`manage.py demo`: the sample weeks on SQLite, with people to sign in as, served on this machine."""

from __future__ import annotations

import logging
import os
import socket
from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone
from gunicorn.app.base import BaseApplication

from meetings.carryover import open_next_meeting
from meetings.models import Meeting, Series

PASSWORD = "demo"  # noqa: S105 - printed on the screen of whoever runs the demo
PEOPLE = {
    "harriet": "coordinator: runs the meeting, publishes, uses the admin",
    "tomas": "area lead of CMS",
    "silas": "area lead of the Grid Operations Center",
    "jonas": "member: reads what outsiders do not see",
    "admin": "superuser",
}


class Command(BaseCommand):
    """Load the samples where there is nothing yet, say how to get in, and serve."""

    help = "Serve a demo with sample weeks; what was typed in before is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = os.environ.get("PORT") or "8000"
        parser.add_argument("--port", default=port, help="where to listen on 127.0.0.1 (default: $PORT or 8000)")

    def handle(self, *, port: str, **options: Any) -> None:
        if settings.HTTPS:
            raise CommandError("SITE_URL is an https address: this looks like a real site, so no demo here.")
        _check_port(port)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        logging.getLogger("celery").setLevel(logging.WARNING)
        call_command("migrate", verbosity=0)
        if not Series.objects.exists():
            self.stdout.write("Loading the sample weeks …")
            self._load()
        self._open_next()
        self._say(port)
        connections.close_all()
        _Server(port).run()

    def _load(self) -> None:
        """What `make demo` shows is the main job itself: the pages come in through the importer."""
        samples = settings.BASE_DIR / "fixtures"
        call_command("loaddata", samples / "demo.json", verbosity=0)
        for user in User.objects.filter(username__in=PEOPLE):
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
        for folder, series in (("twiki", "production"), ("documents", "tools")):
            told = StringIO()
            call_command("import_minutes", str(samples / folder), series=series, publish=True, stdout=told)
            self.stdout.write(f"  {series}: {told.getvalue().splitlines()[-1]}")

    def _open_next(self) -> None:
        """There is always a meeting to write for."""
        today = timezone.localdate()
        if not Meeting.objects.open().filter(date__gt=today).exists():
            for series in Series.objects.filter(slug="production"):
                open_next_meeting(series, after=today)

    def _say(self, port: str) -> None:
        base = f"http://127.0.0.1:{port}"
        self.stdout.write(f"\n  the reports   {base}/\n  the desk      {base}/desk/\n  the admin     {base}/admin/\n")
        self.stdout.write(f"\n  sign in with the password “{PASSWORD}” as\n")
        for name, role in PEOPLE.items():
            self.stdout.write(f"    {name:<9} {role}")
        self.stdout.write("\n  Ctrl-C ends it; a second run keeps what you typed.\n", ending="\n")
        self.stdout.flush()


class _Server(BaseApplication):
    """gunicorn in this process, which has loaded everything already: starting over would take as long again."""

    def __init__(self, port: str) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        """What its command line would say."""
        self.cfg.set("bind", f"127.0.0.1:{self.port}")
        self.cfg.set("threads", 8)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("control_socket_disable", True)

    def load(self) -> WSGIHandler:
        """The site."""
        return get_wsgi_application()


def _check_port(port: str) -> None:
    """Say in one line that a port cannot be had."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"PORT={port} is not a port number; try PORT=8123 make demo")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            other = int(port) + 1 if int(port) < 65535 else 8123
            raise CommandError(f"Port {port} cannot be used ({error.strerror}); try PORT={other} make demo") from None
