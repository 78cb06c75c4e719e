"""The demo's folder: one demo at a time, files whole, a store removed without its neighbour."""

from pathlib import Path

import pytest

from demo import folder
from demo.folder import InUse


def test_second_demo_is_kept_out_until_the_first_ends(tmp_path: Path) -> None:
    place = tmp_path / "new" / "demo"
    with folder.alone(place), pytest.raises(InUse), folder.alone(place):
        pass
    with folder.alone(place):
        assert place.is_dir()


def test_file_is_replaced_whole_and_keeps_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "sign-ins.json"
    (tmp_path / "sign-ins.json.new").write_text("left by a crash")
    for text in ("first", "second"):
        folder.write_whole(path, text, 0o600)
    assert path.read_text() == "second" and path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["sign-ins.json"]


def test_store_goes_with_all_that_is_beside_it_but_not_the_other_one(tmp_path: Path) -> None:
    own = ("", "-wal", "-shm", ".queue", ".write", ".import_1_2_3")
    others = {"brassplate-pebble.db", "brassplate-pebble.db-wal", "brassplate.toml"}
    for name in (*(f"brassplate.db{ending}" for ending in own), *others):
        (tmp_path / name).touch()
    folder.remove_store(tmp_path / "brassplate.db")
    assert {each.name for each in tmp_path.iterdir()} == others
