import sqlite3

import pytest

from tests.edge.cli.desk import Desk


def test_all_faults_are_told_at_once(desk: Desk) -> None:
    desk.config.write_text('[edge]\nhttps = ["nowhere"]\ncnam_target = "x"\n[dns]\nresolvers = 1\n')
    said = desk.typed("organisation", "list")
    assert (said.code, said.out) == (2, "")
    for key in ("edge.https", "edge.admin_host", "edge.cname_target", "edge.cnam_target", "dns.resolvers"):
        assert f"  {key}: " in said.err
    assert said.err.startswith(f"brassplate: {desk.config}: ")


def test_missing_file_is_named(desk: Desk) -> None:
    desk.config.unlink()
    said = desk.typed("organisation", "list")
    assert said.code == 2 and str(desk.config) in said.err and "No such file" in said.err


def test_file_is_named_by_the_environment(meridian: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRASSPLATE_CONFIG", str(meridian.config))
    assert "meridian" in meridian.typed("organisation", "list", config=False).out


def test_file_lies_here_by_default(meridian: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRASSPLATE_CONFIG", raising=False)
    monkeypatch.chdir(meridian.config.parent)
    assert "meridian" in meridian.typed("organisation", "list", config=False).out


def test_environment_stands_above_the_file(meridian: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRASSPLATE_STORE__URL", "sqlite:///elsewhere/other.db")
    assert meridian.done("organisation", "list").out == ""
    assert (meridian.config.parent / "elsewhere" / "other.db").exists()


def test_newer_store_is_refused(meridian: Desk) -> None:
    db = sqlite3.connect(meridian.store_path)
    db.execute("PRAGMA user_version = 9999")
    db.close()
    for words in (("organisation", "list"), ("organisation", "suspend", "meridian")):
        said = meridian.typed(*words)
        assert said.code == 1 and "the store has schema 9999" in said.err


@pytest.mark.parametrize("broken", ["folder", "rubbish", "no folder"])
def test_store_that_cannot_be_used_is_told(desk: Desk, broken: str) -> None:
    match broken:
        case "folder":
            desk.store_path.mkdir()
        case "rubbish":
            desk.store_path.write_bytes(b"no database" * 1000)
        case _:
            desk.config.write_text(desk.config.read_text() + '[store]\nurl = "sqlite:////dev/null/x.db"\n')
    said = desk.typed("organisation", "list")
    assert (said.code, said.out) == (1, "") and said.err.startswith("brassplate: store ")
    assert len(said.err.splitlines()) == 1
