"""What an operator types who has lost a store."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.edge.cli.desk import Desk


@pytest.fixture
def backup(meridian: Desk, tmp_path: Path) -> str:
    """Of a store with one organisation."""
    file = tmp_path / "copy.db"
    meridian.done("backup", str(file))
    return str(file)


def test_a_lost_store_comes_back_held_and_is_resumed(meridian: Desk, backup: str) -> None:
    for file in (meridian.config.parent / "var").glob("brassplate.db*"):
        file.unlink()
    said = meridian.done("restore", backup).out
    assert "restored" in said and "It is held" in said and "brassplate resume" in said
    assert "meridian" in meridian.done("organisation", "list").out
    assert meridian.done("resume").out == "resumed: 0 mails go out, 0 renewals are due\n"
    assert meridian.done("resume").out == "the store is not held\n"


def test_a_store_that_is_there_is_kept_beside(meridian: Desk, backup: str) -> None:
    refused = meridian.typed("restore", backup)
    assert refused.code == 1 and "nothing was changed" in refused.err and "--replace" in refused.err
    said = meridian.done("restore", backup, "--replace").out
    [former] = (meridian.config.parent / "var").glob("brassplate.db.replaced-*Z")
    assert str(former) in said
    with closing(sqlite3.connect(former)) as db:
        assert db.execute("SELECT slug FROM organisations").fetchall() == [("meridian",)]


def test_without_the_master_key_nothing_is_restored(meridian: Desk, backup: str) -> None:
    (meridian.config.parent / "var" / "master.key").unlink()
    refused = meridian.typed("restore", backup, "--replace")
    assert refused.code == 1 and "master.key" in refused.err


def test_no_certificate_is_revoked_from_a_held_store(meridian: Desk, backup: str) -> None:
    meridian.done("restore", backup, "--replace")
    refused = meridian.typed("certificate", "revoke", "portal.meridian.example")
    assert refused.code == 1 and "brassplate resume" in refused.err
