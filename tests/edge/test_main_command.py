"""The command as a shell runs it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.edge.cli.desk import CONFIGURATION
from tests.peers.knot import Knot


def brassplate(
    *words: str, stdin: str = "", folder: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("brassplate")), *words]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )


def test_help_names_the_verbs() -> None:
    said = brassplate("--help")
    assert said.returncode == 0
    for verb in ("init", "serve", "organisation", "staff", "user", "domain", "certificate", "import"):
        assert f"\n    {verb}" in said.stdout


def test_words_that_are_no_verb_are_a_wrong_use() -> None:
    for words in ((), ("fly",), ("domain",), ("domain", "fly")):
        said = brassplate(*words)
        assert (said.returncode, said.stdout) == (2, "") and "usage: brassplate" in said.stderr


def test_a_domain_from_its_registration_to_its_check(tmp_path: Path) -> None:
    zones = {"customer.test": "shop CNAME edge.platform.test.\n", "broken.test": None}
    with Knot(zones) as knot:
        text = CONFIGURATION.format(resolver=knot.address, provider_domain="", addresses="[]")
        (tmp_path / "brassplate.toml").write_text(text)
        for words in (
            ("organisation", "add", "meridian", "--name", "Meridian"),
            ("domain", "add", "shop.customer.test", "--organisation", "meridian"),
        ):
            assert brassplate(*words, folder=tmp_path).returncode == 0
        codes = {
            name: brassplate("domain", "check", name, "--json", folder=tmp_path).returncode
            for name in ("shop.customer.test", "nowhere.customer.test", "shop.broken.test")
        }
        shown = brassplate("domain", "show", "shop.customer.test", "--json", folder=tmp_path)
    assert codes == {"shop.customer.test": 0, "nowhere.customer.test": 1, "shop.broken.test": 2}
    assert json.loads(shown.stdout)["hostname"] == "shop.customer.test"


def test_refusal_is_one_line_on_stderr(tmp_path: Path) -> None:
    text = CONFIGURATION.format(resolver="127.0.0.1:1", provider_domain="", addresses="[]")
    (tmp_path / "brassplate.toml").write_text(text)
    said = brassplate("organisation", "suspend", "nobody", folder=tmp_path)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "brassplate: there is no organisation 'nobody'; see brassplate organisation list\n"
