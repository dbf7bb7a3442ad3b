"""`manage.py export_minutes --series SLUG --format json|md|txt|twiki --out DIR`: minutes as files, one a meeting."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from meetings.models import Series
from reports.exporting import COMPLETE, FORMATS, Export


class Command(BaseCommand):
    """Write every meeting's minutes into a folder; files of an earlier export are replaced."""

    help = (
        "Export the minutes of a series, a file a meeting. json and twiki are the complete record, with coordinates "
        "and sections for members, of every meeting; md and txt are the public reports."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--series", required=True, metavar="SLUG", help="which series")
        parser.add_argument("--format", required=True, choices=FORMATS, help="what to write")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where; made if it is not there")

    def handle(self, *, series: str, format: str, out: Path, **options: Any) -> None:
        export = Export(_series(series), format, on=timezone.localdate())
        total = len(export)
        try:
            out.mkdir(parents=True, exist_ok=True)
            for count, (name, text) in enumerate(export, 1):
                (out / name).write_text(text, encoding="utf-8")
                self._say_progress(count, total)
        except OSError as error:
            raise CommandError(f"--out {out}: {error.strerror or error}; choose a folder you may write to.") from None
        if waiting := export.waiting():
            self.stderr.write(f"{waiting} published and not rendered yet, so left out; run manage.py run_due first.")
        if total and format in COMPLETE:
            self.stderr.write("These files hold what is for members only, such as coordinates: keep them private.")
        self.stdout.write(f"{total} written to {out}")

    def _say_progress(self, count: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{count} of {total} meetings" + ("\n" if count == total else ""))


def _series(slug: str) -> Series:
    """The series of a slug; where there is none, the ones there are are named."""
    if row := Series.objects.filter(slug=slug).first():
        return row
    known = ", ".join(Series.objects.order_by("slug").values_list("slug", flat=True))
    raise CommandError(f"--series {slug}: there is no such series; " + (f"known: {known}." if known else "none yet."))
