"""Files, folders and archives -> pages to read, one at a time. What cannot be read is said, never raised."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

#: A page of minutes is text; whatever is larger than this is something else.
MAX_PAGE_BYTES = 20 * 1024 * 1024
#: What all pages of an archive may come to, and how much larger than its packed self a page may be.
MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
PAGE_ENDINGS = (".txt", ".docx", ".twiki", ".text")
HISTORY_ENDING = ",v"
ARCHIVE_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


@dataclass(frozen=True, slots=True)
class Source:
    """One page to read: where it came from, its topic's name and its bytes; or why it cannot be read.

    `history` is the RCS file beside it, `web` the name of the folder it lies in, which on a wiki is its web.
    """

    path: str
    name: str
    data: bytes = b""
    history: bytes = b""
    web: str = ""
    refused: str = ""


def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """Every page under some paths: files as they are, folders recursively in order of name, archives unpacked."""
    for path in paths:
        try:
            if path.is_dir():
                yield from _folder(path, str(path))
            elif path.name.lower().endswith(ARCHIVE_ENDINGS):
                yield from _archive(path)
            else:
                yield _page(path, str(path))
        except OSError as error:
            yield Source(str(path), path.stem, refused=f"cannot be read: {error.strerror or error}")
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            yield Source(str(path), path.stem, refused=f"cannot be unpacked: {error}")


def expected(paths: Iterable[Path]) -> int:
    """About how many pages there will be, for a progress bar: an archive counts as one until it is unpacked."""
    return sum(sum(map(_is_page, path.rglob("*"))) if path.is_dir() else 1 for path in paths)


def _folder(folder: Path, shown: str) -> Iterator[Source]:
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if _is_page(inside) and file.is_file():
            inner = file.resolve().is_relative_to(folder.resolve())
            refused = Source(f"{shown}/{inside}", file.stem, refused="is a link that leads out of the folder; refused")
            yield _page(file, f"{shown}/{inside}") if inner else refused


def _is_page(path: PurePath) -> bool:
    """Whether a file in a folder or archive is a page by its name; a wiki keeps much else beside them."""
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)
    return path.name.lower().endswith(PAGE_ENDINGS) and not hidden


def _page(file: Path, shown: str) -> Source:
    try:
        if (size := file.stat().st_size) > MAX_PAGE_BYTES:
            return Source(shown, file.stem, refused=_too_large(size))
        history = file.with_name(file.name + HISTORY_ENDING)
        kept = history.read_bytes() if history.is_file() and history.stat().st_size <= MAX_PAGE_BYTES else b""
        return Source(shown, file.stem, file.read_bytes(), kept, file.absolute().parent.name)
    except OSError as error:
        return Source(shown, file.stem, refused=f"cannot be read: {error.strerror or error}")


def _archive(path: Path) -> Iterator[Source]:
    """Unpack what is a page or its history into a folder that goes away again, and read that."""
    with TemporaryDirectory() as folder:
        total = 0
        members = _zip_members if path.suffix.lower() == ".zip" else _tar_members
        for member, size, packed, opened in members(path):
            shown = f"{path}/{member}"
            if not _is_page(PurePosixPath(str(member).removesuffix(HISTORY_ENDING))):
                continue
            total += size
            if total > MAX_ARCHIVE_BYTES:
                yield Source(shown, member.stem, refused="the archive unpacks to more than 1 GB; split it")
                return
            if reason := _refusal(member, size, packed):
                yield Source(shown, member.stem, refused=reason)
                continue
            target = Path(folder, *member.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened as packed_file, target.open("wb") as file:
                shutil.copyfileobj(packed_file, file)
        yield from _folder(Path(folder), str(path))


def _refusal(member: PurePosixPath, size: int, packed: int) -> str:
    """Why a member is not unpacked, or nothing."""
    if member.is_absolute() or ".." in member.parts:
        return "its name points outside the archive; refused"
    if size > MAX_PAGE_BYTES:
        return _too_large(size)
    if size > MAX_RATIO * max(packed, 1024):
        return "unpacks to far more than its packed size; refused"
    return ""


def _zip_members(path: Path) -> Iterator[tuple[PurePosixPath, int, int, IO[bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield PurePosixPath(info.filename), info.file_size, info.compress_size, archive.open(info)


def _tar_members(path: Path) -> Iterator[tuple[PurePosixPath, int, int, IO[bytes]]]:
    with tarfile.open(path, "r:*") as archive:
        for info in archive:
            if info.isfile() and (opened := archive.extractfile(info)) is not None:
                # A tar file is packed as a whole, so that only the size of a member bounds it.
                yield PurePosixPath(info.name), info.size, info.size, opened


def _too_large(size: int) -> str:
    return f"is {size / 1024 / 1024:.0f} MB; a page of minutes may have {MAX_PAGE_BYTES // 1024 // 1024} MB"
