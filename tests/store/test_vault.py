from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.vault import KEY_BYTES, MasterKeyUnusable, SealBroken, Vault, write_new_key

VAULT = Vault(b"k" * KEY_BYTES)
PLACE = ("billing.acme.example", "04ab")


def key_file(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@given(st.binary(max_size=200))
def test_secret_comes_back_for_what_it_belongs_to(secret: bytes) -> None:
    assert VAULT.open(VAULT.seal(secret, *PLACE), *PLACE) == secret


@pytest.mark.parametrize(
    "place", [("billing.evil.example", "04ab"), ("billing.acme.example", "04ac"), PLACE[:1], ()]
)
def test_seal_does_not_open_for_another_owner_or_serial(place: tuple[str, ...]) -> None:
    with pytest.raises(SealBroken, match="does not open"):
        VAULT.open(VAULT.seal(b"secret", *PLACE), *place)


def test_seal_does_not_open_with_another_key() -> None:
    with pytest.raises(SealBroken, match=r"billing\.acme\.example 04ab"):
        Vault(b"x" * KEY_BYTES).open(VAULT.seal(b"secret", *PLACE), *PLACE)


@given(st.integers(0, 33))
def test_seal_does_not_open_when_a_byte_changed(position: int) -> None:
    sealed = bytearray(VAULT.seal(b"secret", *PLACE))
    sealed[position] ^= 1
    with pytest.raises(SealBroken):
        VAULT.open(bytes(sealed), *PLACE)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_seal_does_not_open_when_cut_short(length: int) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(VAULT.seal(b"secret", *PLACE)[:length], *PLACE)


def test_same_secret_is_sealed_differently_each_time() -> None:
    sealed = {VAULT.seal(b"secret", *PLACE) for _ in range(20)}
    assert len(sealed) == 20 and not any(b"secret" in text for text in sealed)


def test_broken_seal_does_not_name_the_secret() -> None:
    with pytest.raises(SealBroken) as broken:
        VAULT.open(VAULT.seal(b"secret", *PLACE), "elsewhere")
    assert "secret" not in str(broken.value).removeprefix("a secret of") and broken.value.__cause__ is None


def test_new_key_file_is_closed_to_others_and_opens(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    write_new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    sealed = Vault.from_file(path).seal(b"secret", *PLACE)
    assert Vault.from_file(path).open(sealed, *PLACE) == b"secret"


def test_new_key_is_not_written_over_an_old_one(tmp_path: Path) -> None:
    path = key_file(tmp_path / "master.key", b"old")
    with pytest.raises(FileExistsError):
        write_new_key(path)
    assert path.read_bytes() == b"old"


def test_two_new_keys_differ(tmp_path: Path) -> None:
    write_new_key(tmp_path / "one")
    write_new_key(tmp_path / "two")
    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path / "master.key", b"00" * KEY_BYTES, mode)
    with pytest.raises(MasterKeyUnusable, match=f"mode {mode:o} lets others read it; chmod 600"):
        Vault.from_file(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not 32 bytes in hex"),
        (b"00" * 31, "not 32 bytes in hex"),
        (b"00" * 33, "not 32 bytes in hex"),
        (b"zz" * 32, "not 32 bytes in hex"),
        (b"\xff" * 32, "not a key file"),
    ],
)
def test_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = key_file(tmp_path / "master.key", content)
    with pytest.raises(MasterKeyUnusable, match=words) as refused:
        Vault.from_file(path)
    assert str(path) in str(refused.value)


def test_missing_key_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable, match=r"master\.key: No such file"):
        Vault.from_file(tmp_path / "master.key")


def test_folder_in_place_of_a_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable, match="Is a directory"):
        Vault.from_file(tmp_path)
