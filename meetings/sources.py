"""Files, folders and archives -> pages to read, one at a time. What cannot be read is said, never raised."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: A page of minutes is text; whatever is larger than this is something else.
MAX_PAGE_BYTES = 20 * 1024 * 1024
#: What all pages of an archive may come to, and how much larger than its archive a page may be.
MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
PAGE_ENDINGS = frozenset({".txt", ".docx", ".twiki", ".text"})
ARCHIVE_ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar")
LEAVES = "its name points outside the archive; refused"


@dataclass(frozen=True, slots=True)
class Source:
    """One page to read: where it came from, its topic's name, and its bytes; or why it cannot be read."""

    path: str
    name: str
    data: bytes = b""
    refused: str = ""


def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """Every page under some paths: files as they are, folders recursively in order of name, archives unpacked."""
    for path in paths:
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file() and _is_page(p.relative_to(path))):
                yield from _file(file)
        else:
            yield from _file(path)


def _is_page(path: Path | PurePosixPath) -> bool:
    """Whether a file in a folder or archive is a page by its name; a wiki keeps much else beside them."""
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)
    return path.suffix.lower() in PAGE_ENDINGS and not hidden


def _leaves(member: PurePosixPath) -> bool:
    """Whether a member's name points outside its archive. It is never written anywhere, but it is no honest page."""
    return member.is_absolute() or ".." in member.parts


def _file(path: Path) -> Iterator[Source]:
    shown = str(path)
    try:
        if shown.lower().endswith(ARCHIVE_ENDINGS):
            yield from _archive(path)
        elif path.stat().st_size > MAX_PAGE_BYTES:
            yield Source(shown, path.stem, refused=_too_large(path.stat().st_size))
        else:
            yield Source(shown, path.stem, path.read_bytes())
    except OSError as error:
        yield Source(shown, path.stem, refused=f"cannot be read: {error.strerror or error}")
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        yield Source(shown, path.stem, refused=f"cannot be unpacked: {error}")


def _archive(path: Path) -> Iterator[Source]:
    members = _zip_members if path.suffix.lower() == ".zip" else _tar_members
    unpacked = 0
    for source in members(path):
        unpacked += len(source.data)
        if unpacked > MAX_ARCHIVE_BYTES:
            yield Source(source.path, source.name, refused="the archive unpacks to more than 1 GB; split it")
            return
        yield source


def _zip_members(path: Path) -> Iterator[Source]:
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda i: i.filename):
            member = PurePosixPath(info.filename)
            if info.is_dir() or not _is_page(member):
                continue
            shown = f"{path}/{member}"
            if _leaves(member):
                yield Source(shown, member.stem, refused=LEAVES)
            elif info.file_size > MAX_PAGE_BYTES:
                yield Source(shown, member.stem, refused=_too_large(info.file_size))
            elif info.file_size > MAX_RATIO * max(info.compress_size, 1024):
                yield Source(shown, member.stem, refused="unpacks to far more than its packed size; refused")
            else:
                with archive.open(info) as file:
                    yield Source(shown, member.stem, file.read(MAX_PAGE_BYTES))


def _tar_members(path: Path) -> Iterator[Source]:
    with tarfile.open(path, "r:*") as archive:
        for info in archive:
            member = PurePosixPath(info.name)
            if not info.isfile() or not _is_page(member):
                continue
            shown = f"{path}/{member}"
            if _leaves(member):
                yield Source(shown, member.stem, refused=LEAVES)
            elif info.size > MAX_PAGE_BYTES:
                yield Source(shown, member.stem, refused=_too_large(info.size))
            elif (file := archive.extractfile(info)) is not None:
                yield Source(shown, member.stem, file.read(MAX_PAGE_BYTES))


def _too_large(size: int) -> str:
    return f"is {size / 1024 / 1024:.0f} MB; a page of minutes may have {MAX_PAGE_BYTES // 1024 // 1024} MB"
