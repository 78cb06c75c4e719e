import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import upload_folder
from store.upload_folder import Incoming, NoRoom, UploadFolder


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "store.db")


def incoming(folder: UploadFolder) -> Incoming:
    found = folder.receive(10)
    assert isinstance(found, Incoming)
    return found


def test_file_is_its_owners_alone_whatever_the_umask(folder: UploadFolder) -> None:
    before = os.umask(0)
    try:
        one = incoming(folder)
    finally:
        os.umask(before)
    one.write(b"abc")
    one.keep()
    file = folder.file(one.name)
    assert file and file.read_bytes() == b"abc"
    assert (file.stat().st_mode & 0o777, folder.path.stat().st_mode & 0o777) == (0o600, 0o700)


def test_discarded_file_was_never_there(folder: UploadFolder) -> None:
    one = incoming(folder)
    one.write(b"abc")
    one.discard()
    one.discard()
    assert folder.file(one.name) is None


def test_disk_keeps_a_reserve(folder: UploadFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_folder, "RESERVE_BYTES", 2**62)
    assert isinstance(folder.receive(1), NoRoom)


@pytest.mark.parametrize(
    "name", ["", "..", "../store.db", "x" * 32, "0" * 31, "0" * 32 + "\n", "/etc/passwd"]
)
def test_name_that_is_not_ours_leads_nowhere(folder: UploadFolder, name: str) -> None:
    (folder.path.parent / "store.db").write_text("kept")
    folder.path.mkdir()
    assert folder.file(name) is None
    folder.remove(name)
    assert (folder.path.parent / "store.db").exists()


def test_link_is_no_file(folder: UploadFolder, tmp_path: Path) -> None:
    folder.path.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder.path / ("0" * 32)).symlink_to(tmp_path / "secret")
    assert folder.file("0" * 32) is None


def test_orphans_are_old_files_of_ours_that_nobody_knows(folder: UploadFolder) -> None:
    assert folder.orphans(frozenset(), datetime.now(UTC)) == []
    known, old, new = incoming(folder), incoming(folder), incoming(folder)
    (folder.path / "somebody's notes").write_text("x")
    now = datetime.now(UTC)
    for one in (known, old):
        os.utime(folder.path / one.name, (0, 0))
    assert folder.orphans(frozenset({known.name}), now - timedelta(hours=1)) == [old.name]
    for one in (known, old, new):
        one.discard()
