"""What an operator types who wants to know whether all is well."""

from pathlib import Path

from tests.edge.cli.desk import Desk


def codes(desk: Desk) -> list[str]:
    """Of what is found; how many files may be open is this machine's affair."""
    found = [each["code"] for each in desk.typed("check", "--json").json]
    return [code for code in found if code != "files"]


def test_findings_are_told_with_what_to_do(meridian: Desk) -> None:
    said = meridian.typed("check")
    assert said.code == 2
    assert "error: 127.0.0.1:1: it does not answer\n    mend dns.resolvers" in said.out
    assert "[key-without-copy]" in said.out and said.out.endswith(" findings\n")


def test_a_backup_and_a_second_copy_of_the_key_are_noted(meridian: Desk, tmp_path: Path) -> None:
    key = meridian.config.parent / "var" / "master.key"
    copy = tmp_path / "copy.key"
    copy.write_bytes(key.read_bytes())
    meridian.done("backup", str(tmp_path / "backup.db"))
    assert (
        "is the same key; that is noted. It is on the same disk"
        in meridian.done("key", "copied", str(copy)).out
    )
    assert codes(meridian) == ["dns-silent", "mail-not-set"]


def test_what_is_no_second_copy_is_refused(meridian: Desk, tmp_path: Path) -> None:
    key = meridian.config.parent / "var" / "master.key"
    other = tmp_path / "other.key"
    other.write_text("00" * 32)
    for file, words in (
        (key, "is the key itself"),
        (other, "is another key"),
        (tmp_path / "none", "No such file"),
    ):
        refused = meridian.typed("key", "copied", str(file))
        assert refused.code == 1 and words in refused.err
