"""Files attached to a wiki's topics -> attachments of the sections that name them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.core.files import File

from meetings.importer.sources import Source
from meetings.models import Attachment, Meeting, Section
from meetings.twiki.nodes import Attachment as Named
from meetings.twiki.nodes import Page, Problem

#: A file of minutes is a table, a picture or a talk; whatever is larger is left on the wiki, and said.
MAX_FILE_BYTES = 100 * 1024 * 1024


def store_attachments(meeting: Meeting, page: Page, source: Source, pub: Path | None) -> list[Problem]:
    """Store the files that a page names, found under the wiki's folder of attached files."""
    if not page.attachments:
        return []
    if pub is None:
        named = ", ".join(named.name for named in page.attachments)
        message = f"attached files were left behind: {named}; give their folder with --pub DIR"
        return [Problem(page.attachments[0].line, "note", message)]
    sections = list(meeting.sections.order_by("position", "pk"))
    there = dict(Attachment.objects.filter(section__in=sections).values_list("name", "sha256"))
    return [
        Problem(named.line, "warning", message)
        for named in page.attachments
        for message in _store(named, sections, there, _candidates(pub, source, named.name), pub)
    ]


def _store(
    named: Named, sections: list[Section], there: dict[str, str], candidates: Iterator[Path], pub: Path
) -> Iterator[str]:
    """Store one file; what is wrong with it comes out in words."""
    inside = pub.resolve()
    found = next((path.resolve() for path in candidates if path.is_file()), None)
    if ".." in Path(named.name).parts or Path(named.name).is_absolute():
        yield f"the attached file “{named.name}” is refused: its name leaves its folder"
    elif found is None:
        yield f"the attached file “{named.name}” is not under {pub}"
    elif not found.is_relative_to(inside):
        yield f"the attached file “{named.name}” is refused: it lies outside {pub}"
    elif found.stat().st_size > MAX_FILE_BYTES:
        yield f"the attached file “{named.name}” is larger than {MAX_FILE_BYTES // 1024 // 1024} MB and was left behind"
    elif not sections:
        yield f"the attached file “{named.name}” has no section to belong to"
    else:
        with found.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if there.get(named.name) != sha256:
                _keep(named, _section(named.name, sections), File(file, Path(named.name).name), sha256)


def _keep(named: Named, section: Section, file: File[bytes], sha256: str) -> None:
    """The row and the file itself, in place of an earlier one of that name."""
    row, _ = Attachment.objects.get_or_create(
        section=section, name=named.name[:250], defaults={"size": file.size, "sha256": sha256}
    )
    row.size, row.sha256, row.comment = file.size, sha256, named.comment[:250]
    file.seek(0)
    row.file.save(file.name or named.name, file)


def _section(name: str, sections: list[Section]) -> Section:
    """The section that names a file, else the last one."""
    return next((section for section in sections if f"attachment:{name}" in section.body), sections[-1])


def _candidates(pub: Path, source: Source, name: str) -> Iterator[Path]:
    """Where a wiki keeps a topic's file: `Web/Topic/name`, or the folder given is the web's own."""
    yield pub / source.web / source.name / name
    yield pub / source.name / name
    yield from sorted(pub.glob(f"*/{source.name}/{name}")) if not set("*?[") & set(source.name + name) else ()
