import os
import sqlite3

import pytest

from edge import settings
from edge.cli import transaction
from edge.settings import Settings
from store import organisations
from tests.edge.cli.desk import Desk


@pytest.fixture
def found(meridian: Desk) -> Settings:
    loaded = settings.load(meridian.config, os.environ)
    assert isinstance(loaded, Settings)
    return loaded


def test_what_only_reads_cannot_write(found: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        transaction.read(found, lambda db: organisations.set_suspended(db, 1, True))
    assert "attempt to write a readonly database" in capsys.readouterr().err
    assert not transaction.read(found, organisations.every)[0].suspended


def test_refusal_takes_back_what_was_written_before_it(found: Settings) -> None:
    def change(db: sqlite3.Connection) -> None:
        organisations.set_suspended(db, 1, True)
        transaction.organisation(db, "nobody")

    with pytest.raises(SystemExit) as ended:
        transaction.run(found, change)
    assert ended.value.code == 1
    assert not transaction.read(found, organisations.every)[0].suspended
