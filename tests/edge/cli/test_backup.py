import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.edge.cli.desk import Desk


def slugs(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as db:
        return [row[0] for row in db.execute("SELECT slug FROM organisations")]


def test_a_folder_gets_a_dated_file(meridian: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    said = meridian.done("backup", str(folder)).out
    [file] = folder.iterdir()
    assert re.fullmatch(r"brassplate-\d{8}T\d{6}Z\.db", file.name)
    assert said.startswith(f"wrote {file} (") and "master.key, so keep a copy" in said
    assert slugs(file) == ["meridian"]


def test_the_master_key_is_not_in_it(meridian: Desk, tmp_path: Path) -> None:
    meridian.done("backup", str(tmp_path / "copy.db"))
    key = (meridian.config.parent / "var" / "master.key").read_bytes().strip()
    assert key not in (tmp_path / "copy.db").read_bytes()


@pytest.mark.parametrize("what", ["a file that is there", "a folder that is not"])
def test_a_destination_that_does_not_do_is_refused(meridian: Desk, tmp_path: Path, what: str) -> None:
    target = tmp_path / "copy.db"
    if what == "a file that is there":
        target.write_text("precious")
    else:
        target = tmp_path / "nowhere" / "copy.db"
    said = meridian.typed("backup", str(target))
    assert said.code == 1 and str(target) in said.err
    assert not target.exists() or target.read_text() == "precious"


def test_a_store_that_is_not_there_is_not_made(desk: Desk, tmp_path: Path) -> None:
    said = desk.typed("backup", str(tmp_path / "copy.db"))
    assert said.code == 1 and "there is none yet" in said.err
    assert not (tmp_path / "copy.db").exists()
