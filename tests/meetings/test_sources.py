"""Files, folders and archives -> pages, and what is refused with which words."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from meetings.importer import sources
from meetings.importer.sources import Source


def read(*paths: Path) -> list[Source]:
    return list(sources.sources(paths))


def tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_folder_gives_its_pages_in_order_and_nothing_else(tmp_path: Path):
    for name in ("b.txt", "a.txt", "a.txt,v", ".hidden.txt", "picture.png", "deep/c.docx"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(name.encode())
    assert [(s.path.removeprefix(f"{tmp_path}/"), s.name, s.data, s.history) for s in read(tmp_path)] == [
        ("a.txt", "a", b"a.txt", b"a.txt,v"),
        ("b.txt", "b", b"b.txt", b""),
        ("deep/c.docx", "c", b"deep/c.docx", b""),
    ]


def test_a_file_named_by_hand_is_read_whatever_its_ending(tmp_path: Path):
    (tmp_path / "Oct30,2012ProductionMeeting").write_bytes(b"x")
    assert [s.name for s in read(tmp_path / "Oct30,2012ProductionMeeting")] == ["Oct30,2012ProductionMeeting"]


@pytest.mark.parametrize("make", [lambda p, m: tar(p / "a.tar.gz", m), lambda p, m: zipped(p / "a.zip", m)])
def test_archives_give_their_pages(tmp_path: Path, make):
    archive = make(tmp_path, {"web/One.txt": b"1", "web/One.txt,v": b"v", "web/x.png": b"p", "Two.txt": b"2"})
    assert [(s.path, s.name, s.data, s.history) for s in read(archive)] == [
        (f"{archive}/Two.txt", "Two", b"2", b""),
        (f"{archive}/web/One.txt", "One", b"1", b"v"),
    ]
    assert read(archive)[1].web == "web"


def test_a_member_that_points_outside_is_refused(tmp_path: Path):
    archive = zipped(tmp_path / "a.zip", {"../../etc/One.txt": b"1", "/etc/Two.txt": b"2"})
    assert [(s.name, s.data, s.refused) for s in read(archive)] == [
        ("One", b"", "its name points outside the archive; refused"),
        ("Two", b"", "its name points outside the archive; refused"),
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_links_in_an_archive_are_not_followed(tmp_path: Path):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("One.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert read(path) == []


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "One.txt").symlink_to(tmp_path / "secret.txt")
    [source] = read(tmp_path / "pages")
    assert (source.data, source.refused) == (b"", "is a link that leads out of the folder; refused")


def test_a_bomb_is_refused(tmp_path: Path):
    [source] = read(zipped(tmp_path / "a.zip", {"One.txt": b"0" * (15 * 1024 * 1024)}))
    assert (source.data, source.refused) == (b"", "unpacks to far more than its packed size; refused")


def test_a_page_that_is_too_large_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_PAGE_BYTES", 1024 * 1024)
    (tmp_path / "One.txt").write_bytes(b"x" * (3 * 1024 * 1024))
    archives = [tar(tmp_path / "a.tar.gz", {"Two.txt": b"x" * (3 * 1024 * 1024)})]
    assert [s.refused for s in read(tmp_path / "One.txt", *archives)] == [
        "is 3 MB; a page of minutes may have 1 MB"
    ] * 2


def test_an_archive_that_never_ends_is_cut_off(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_ARCHIVE_BYTES", 10)
    found = read(tar(tmp_path / "a.tar.gz", {f"{i}.txt": b"12345" for i in range(9)}))
    assert [(s.name, s.refused) for s in found] == [("2", "the archive unpacks to more than 1 GB; split it")]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tgz"])
def test_a_damaged_archive_is_said(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"PK\x03\x04 this is not an archive")
    [source] = read(tmp_path / name)
    assert source.refused.startswith("cannot be unpacked: ")


def test_what_is_not_there_is_said(tmp_path: Path):
    [source] = read(tmp_path / "gone.txt")
    assert source.refused == "cannot be read: No such file or directory"
