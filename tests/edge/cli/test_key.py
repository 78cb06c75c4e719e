import fcntl
import os

from store import installation, vault
from tests.edge.cli.desk import Desk


def test_rotation_says_what_to_do_with_the_old_key(meridian: Desk) -> None:
    key = meridian.config.parent / "var" / "master.key"
    sealed = vault.Vault.from_file(key).seal(b"", installation.KEY_CHECK)
    meridian.store(lambda db: installation.put(db, {installation.KEY_CHECK: sealed}))
    said = meridian.done("key", "rotate").out
    assert said.startswith(f"{key} is a new key; 1 secrets were resealed.")
    assert f"The old key is in {key}.previous: keep it with the backups made before now" in said
    actions = meridian.store(lambda db: [row["action"] for row in db.execute("SELECT action FROM audit")])
    assert actions[-1] == "master_key.rotated"


def test_second_rotation_at_the_same_time_is_refused(meridian: Desk) -> None:
    folder = os.open(meridian.config.parent / "var", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        said = meridian.typed("key", "rotate")
    finally:
        os.close(folder)
    assert (said.code, said.err) == (1, "brassplate: another rotation is running\n")


def test_missing_key_is_named(meridian: Desk) -> None:
    key = meridian.config.parent / "var" / "master.key"
    key.unlink()
    said = meridian.typed("key", "rotate")
    assert said.code == 1 and "master.key: No such file" in said.err
    assert not vault.next_file(key).exists()


def test_key_behind_a_link_is_refused(meridian: Desk) -> None:
    key = meridian.config.parent / "var" / "master.key"
    key.rename(key.with_name("elsewhere.key"))
    key.symlink_to("elsewhere.key")
    said = meridian.typed("key", "rotate")
    assert said.code == 1 and "is a link; name the file itself" in said.err
