import stat

import pytest

from edge import settings
from edge.settings import Faults, Settings
from store.vault import Vault
from tests.edge.cli.desk import Desk


@pytest.fixture
def empty(desk: Desk) -> Desk:
    """A folder with nothing in it."""
    desk.config.unlink()
    (desk.config.parent / "var" / "master.key").unlink()
    (desk.config.parent / "var").rmdir()
    return desk


def test_what_is_written_lacks_the_contact_alone(empty: Desk) -> None:
    empty.done("init", "--agree-terms")
    found = settings.load(empty.config, {})
    assert isinstance(found, Faults)
    assert [fault.key for fault in found.faults] == ["acme.contact"]
    empty.config.write_text(empty.config.read_text().replace('contact = ""', 'contact = "ops@provider.test"'))
    assert isinstance(settings.load(empty.config, {}), Settings)


def test_key_is_where_the_configuration_says_and_its_owners_alone(empty: Desk) -> None:
    said = empty.done("init", "--agree-terms")
    found = settings.load(empty.config, {"BRASSPLATE_ACME__CONTACT": "ops@provider.test"})
    assert isinstance(found, Settings)
    assert stat.S_IMODE(found.master_key_file.stat().st_mode) == 0o600
    assert Vault.from_file(found.master_key_file)
    assert str(found.master_key_file) in said.out and str(empty.config) in said.out


def test_terms_are_not_agreed_to_unasked(empty: Desk) -> None:
    empty.done("init")
    assert "agree_terms = false" in empty.config.read_text()


def test_folder_is_made_where_there_is_none(empty: Desk) -> None:
    empty.config = empty.config.parent / "new" / "deep" / "brassplate.toml"
    empty.done("init")
    assert empty.config.exists()


def test_what_is_there_is_never_overwritten(empty: Desk) -> None:
    empty.config.write_text("mine")
    said = empty.typed("init")
    assert (said.code, said.out, empty.config.read_text()) == (1, "", "mine")
    assert said.err == f"brassplate: {empty.config} is there already; nothing was written\n"
    assert not (empty.config.parent / "var").exists()


def test_key_that_is_there_is_never_overwritten(empty: Desk) -> None:
    empty.done("init")
    key = empty.config.parent / "var" / "master.key"
    before = key.read_text()
    empty.config.unlink()
    said = empty.typed("init")
    assert said.code == 1 and str(key) in said.err
    assert key.read_text() == before and not empty.config.exists()


def test_every_key_that_is_understood_is_in_the_file_or_has_a_default(empty: Desk) -> None:
    empty.done("init")
    text = empty.config.read_text()
    needed = [key.partition(".")[2] for key, default in settings.keys().items() if default is None]
    assert needed and all(f"{key} = " in text for key in needed)
