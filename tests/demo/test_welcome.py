"""The welcome says all that a newcomer needs, for the ports and the CA that there are."""

from pathlib import Path

import pytest

from demo import welcome
from demo.companies import SignIn
from demo.configuration import ADMIN_HOST, CNAME_TARGET, Ports

PORTS = Ports(https=9443, http=9080, dns=8054, panel=8091, ca=14000, ca_management=15000)
SIGNINS = [
    SignIn(ADMIN_HOST, "the operator", "operator@provider.example", "amber-beacon-birch-canal"),
    SignIn(welcome.UNVISITED, "a customer of Harbour Telecom", "accounts@lantern.example", "fern-flint-gable-heron"),
    SignIn(ADMIN_HOST, "an admin of Pennine Voice", "admin@pennine.example", "larch-linen-maple-otter"),
]  # fmt: skip


def text(ca: str = "local", folder: str = "/srv/demo") -> str:
    return welcome.text(PORTS, Path(folder) / "root.pem", SIGNINS, ca)


def test_addresses_have_the_ports_that_are_used() -> None:
    for address in (
        "https://admin.localhost:9443/",
        "http://panel.localhost:8091/",
        "http://panel.localhost:8091/inbox",
        "https://harbour.localhost:9443/",
        "https://pennine.localhost:9443/ (not open yet)",
        CNAME_TARGET,
    ):
        assert address in text()


def test_everybody_stands_below_the_place_to_sign_in() -> None:
    lines = text().splitlines()
    console, portal = (
        next(place for place, line in enumerate(lines) if f"Sign-ins at {where}" in line)
        for where in ("the admin console", "https://harbour.localhost")
    )
    for signin in SIGNINS:
        [place] = [i for i, line in enumerate(lines) if line.split()[-2:] == [signin.email, signin.password]]
        assert (place > portal) == (signin.where == welcome.UNVISITED) and place > console


def test_curl_line_names_the_root_port_and_name() -> None:
    assert (
        "curl --cacert /srv/demo/root.pem --resolve billing.harbour.example:9443:127.0.0.1 \\\n"
        "          https://billing.harbour.example:9443/sign-in\n" in text()
    )


def test_folder_with_a_space_is_quoted_for_the_shell() -> None:
    assert "--cacert '/home/an na/root.pem' " in text(folder="/home/an na")


def test_browser_is_named_for_the_folder_that_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "     make demo-browser\n" in text(folder=str(tmp_path / "var" / "demo"))
    assert "     brassplate demo --browser --directory '/home/an na'\n" in text(folder="/home/an na")


@pytest.mark.parametrize(("ca", "words"), [("local", "in .example or .test"), ("pebble", "any domain")])
def test_wizard_is_told_which_domains_the_ca_signs_for(ca: str, words: str) -> None:
    assert f"choose {'a domain ' if ca == 'local' else ''}{words}" in text(ca)


def test_other_cas_demo_in_the_folder_is_named() -> None:
    assert "from Pebble (--ca pebble)" in welcome.other_ca(Path("/srv/demo"), "local")
    assert "from the local CA (--ca local)" in welcome.other_ca(Path("/srv/demo"), "pebble")


def test_taken_port_is_named_with_the_one_used() -> None:
    assert welcome.taken(8443, PORTS) == "Port 8443 is taken; this demo answers on port 9443."
