"""`manage.py import_minutes PATH... --series SLUG`: pages of minutes from files, folders and archives."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from meetings.importer import Importer, Result, map_heading, series_for_import
from meetings.importer.sources import expected, sources
from meetings.minutes import as_json
from meetings.models import Series


def day(text: str) -> date:
    """A date as typed on a command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date; write it like 2012-10-30") from None


class Command(BaseCommand):
    """Import pages of minutes; run it again as often as you like, what is unchanged stays as it is."""

    help = "Import TWiki pages, Word documents and plain text minutes from files, folders and archives."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a page, a folder or an archive")
        parser.add_argument("--series", required=True, metavar="SLUG", help="which series; made where it is not there")
        parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="the meeting's date, overruling the page")
        parser.add_argument("--pub", type=Path, metavar="DIR", help="the wiki's folder of attached files")
        parser.add_argument("--areas", type=Path, metavar="FILE", help="lines like “Heading = area-slug”")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="print a list with one object a page")
        parser.add_argument("--publish", action="store_true", help="publish each meeting")

    def handle(self, *, paths: list[Path], dry_run: bool, **options: Any) -> None:
        new = not Series.objects.filter(slug=options["series"]).exists()
        with transaction.atomic() if dry_run else nullcontext():
            run = self._importer(**options)
            failed = self._import(run, paths, as_list=options["json"])
            run.finish()
            if new and not run.series.imported_pages.exists():
                run.series.delete()
            if dry_run:
                transaction.set_rollback(True)
        if failed:
            sys.exit(1)

    def _importer(self, *, series: str, date: date | None, pub: Path | None, publish: bool, **options: Any) -> Importer:
        if pub is not None and not pub.is_dir():
            raise CommandError(f"--pub {pub}: there is no such folder.")
        try:
            row = series_for_import(series)
        except ValidationError as error:
            raise CommandError(f"--series {series}: {' '.join(error.messages)}") from None
        if options["areas"]:
            self._map_areas(options["areas"])
        return Importer(row, at=timezone.now(), on=date, pub=pub, publish=publish, read_all=options["json"])

    def _map_areas(self, file: Path) -> None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--areas {file}: cannot be read: {error}") from None
        for number, line in enumerate(lines, start=1):
            heading, equals, slug = (part.strip() for part in line.rpartition("="))
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            try:
                if not (heading and equals):
                    raise ValidationError("write the line as “Heading = area-slug”")
                map_heading(heading, slug)
            except ValidationError as error:
                raise CommandError(f"{file}:{number}: {' '.join(error.messages)}") from None

    def _import(self, run: Importer, paths: Iterable[Path], *, as_list: bool) -> int:
        """Import everything, print what there is to say, and return how many pages failed."""
        counts: Counter[str] = Counter()
        listed = 0
        bar = _Bar(expected(paths))
        for source in sources(paths):
            result = run.store(source)
            counts[result.outcome] += 1
            bar.end()
            if not as_list:
                self._say_problems(result)
            elif result.minutes is not None:
                self.stdout.write(",\n" if listed else "[\n", ending="")
                self.stdout.write(json.dumps(as_json(result.minutes), ensure_ascii=False), ending="")
                listed += 1
            else:
                self._say_problems(result, to=self.stderr)
            bar.move(counts.total())
        bar.end()
        if as_list:
            self.stdout.write("\n]" if listed else "[]")
        if run.unknown_headings:
            names = ", ".join(f"“{name}” ({count})" for name, count in run.unknown_headings.most_common(40))
            said = f"headings without an area, and on how many pages: {names}; --areas FILE maps them"
            (self.stderr if as_list else self.stdout).write(said)
        last = f"{counts['imported']} imported, {counts['unchanged']} unchanged, {counts['failed']} failed"
        (self.stderr if as_list else self.stdout).write(last)
        return counts["failed"]

    def _say_problems(self, result: Result, to: Any = None) -> None:
        for problem in result.problems:
            line = f"{result.source.path}:{problem.line}: {problem.level}: {problem.message}"
            (to or self.stdout).write(line.encode(errors="backslashreplace").decode())


class _Bar:
    """A bar on the terminal of whoever waits; nothing where nobody looks."""

    WIDTH = 30

    def __init__(self, total: int) -> None:
        self.total = total if sys.stderr.isatty() else 0

    def move(self, done: int) -> None:
        """Show how many pages are done; more than expected came out of an archive."""
        if self.total:
            filled = min(self.WIDTH, self.WIDTH * done // self.total)
            sys.stderr.write(f"\r\x1b[K[{'#' * filled}{'.' * (self.WIDTH - filled)}] {done} pages ")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the bar away."""
        if self.total:
            sys.stderr.write("\r\x1b[K")
