"""A desk with a configuration, and one with an organisation."""

from pathlib import Path

import pytest

from tests.edge.cli.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path / "brassplate.toml", capsys, monkeypatch)
    made.configure()
    return made


@pytest.fixture
def meridian(desk: Desk) -> Desk:
    """The organisation `meridian` is there."""
    desk.done("organisation", "add", "meridian", "--name", "Meridian Telecom")
    return desk
