"""A real CA that refuses for a rate: nginx in front of Pebble answers 429 to new orders, in each form that CAs use."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from store.hostname import Hostname
from tests.e2e.house import House, house
from tests.peers.api_certificate import write_api_certificate
from tests.peers.nginx import Nginx
from tests.peers.pebble import Pebble
from tests.peers.ports import free_port

OURS, SISTER = Hostname("billing.harbour.test"), Hostname("pay.harbour.test")
OTHERS = Hostname("billing.meridian.test")
FULL = "full"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Busy:
    """A CA whose new orders can be refused."""

    directory: str
    ca_file: Path
    folder: Path

    def refuse(self, detail: str) -> None:
        problem = {"type": "urn:ietf:params:acme:error:rateLimited", "detail": detail, "status": 429}
        (self.folder / "problem.json").write_text(json.dumps(problem))
        (self.folder / FULL).touch()

    def accept(self) -> None:
        (self.folder / FULL).unlink()


@contextmanager
def busy(tmp_path: Path, pebble: Pebble, retry_after: str) -> Iterator[Busy]:
    """Nginx in front of Pebble; Pebble names its URLs after the Host that it is asked by."""
    port, certificate, key = free_port(), tmp_path / "front.pem", tmp_path / "front.key"
    write_api_certificate(certificate, key)
    pebble_at = pebble.directory_url.removesuffix("/dir")
    header = f'add_header Retry-After "{retry_after}" always;' if retry_after else ""
    server = f"""
        listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
        proxy_ssl_verify off; proxy_set_header Host $http_host; error_page 429 /problem.json;
        location / {{ proxy_pass {pebble_at}; }}
        location = /order-plz {{ if (-f $document_root/{FULL}) {{ return 429; }} proxy_pass {pebble_at}; }}
        location = /problem.json {{ internal; types {{}} default_type application/problem+json; {header} }}
    """
    with Nginx(server) as nginx:
        yield Busy(f"https://127.0.0.1:{port}/dir", certificate, nginx.www)


def settings_of(ca: Busy) -> dict[str, dict[str, object]]:
    return {"acme": {"directory": ca.directory, "ca_file": str(ca.ca_file), "limits": []}}


CASES = {
    "one domain, time in words": (
        'too many certificates (50) already issued for "harbour.test" in the last 168h0m0s, retry after'
        " {until:%Y-%m-%d %H:%M:%S} UTC: see https://letsencrypt.org/docs/rate-limits/",
        "",
        2 * HOUR,
        {SISTER: False, OTHERS: True},
    ),
    "one name, seconds": (
        "too many failed authorizations (5) recently for this name",
        "5400",
        1.5 * HOUR,
        {SISTER: True, OTHERS: True},
    ),
    "the account, a date": (
        "too many new orders (300) from this account in the last 3h0m0s",
        "{date}",
        3 * HOUR,
        {SISTER: False, OTHERS: False},
    ),
    "nothing said": ("slow down", "", HOUR, {SISTER: True, OTHERS: True}),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_limit_holds_what_it_is_about_and_nothing_else(
    tmp_path: Path, pebble: Pebble, case: str
) -> None:
    said, header, wait, goes_on = CASES[case]
    until = datetime.now(UTC) + wait
    detail = said.format(until=until)
    retry_after = header.format(date=format_datetime(until, usegmt=True))
    with busy(tmp_path, pebble, retry_after) as ca:
        async with house(tmp_path, pebble, **settings_of(ca)) as running:
            for name in (OURS, SISTER, OTHERS):
                await running.register(name)
            ca.refuse(detail)
            await is_held(running, OURS, wait, detail)
            ca.accept()
            assert await running.alert(OURS) != ""
            assert pebble.orders() == 0, "asked again within the wait that the CA set"
            for name, issued in goes_on.items():
                assert (await running.alert(name) == "") is issued, name
            assert pebble.orders() == sum(goes_on.values())


async def is_held(running: House, name: Hostname, wait: timedelta, detail: str) -> None:
    """Its visitor is told, and the store says until when, in the CA's words."""
    assert "INTERNAL_ERROR" in await running.alert(name)
    standing = await running.standing(name)
    assert (standing.cause, standing.failures) == ("ca:rateLimited", 0)
    assert detail[:40] in standing.detail
    assert standing.retry_at and abs(standing.retry_at - datetime.now(UTC) - wait) < timedelta(minutes=15)
