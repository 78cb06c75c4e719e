"""The panel's doorkeeper: whom it lets in."""

import pytest

from demo.guard import is_loopback_host, is_own_form


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8090", True), ("panel.localhost", True), ("127.0.0.1:8090", True), ("[::1]:8090", True),
        ("localhost.example", False), ("127.0.0.2.nip.io", False), ("[::", False), ("", False),
    ],
)  # fmt: skip
def test_loopback_names_are_known(host: str, own: bool) -> None:
    assert is_loopback_host(host) is own


@pytest.mark.parametrize(
    ("site", "origin", "own"),
    [
        ("same-origin", None, True), ("none", None, False), ("cross-site", "http://p.localhost:1", False),
        (None, "http://p.localhost:1", True), (None, "http://p.localhost:2", False), (None, "null", False),
        (None, None, False),
    ],
)  # fmt: skip
def test_own_forms_are_told_from_foreign_ones(site: str | None, origin: str | None, own: bool) -> None:
    assert is_own_form(site, origin, "p.localhost:1") is own
