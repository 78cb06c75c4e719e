"""Customer Access, Certificate: a certificate of one's own, and Cloudflare before the name on purpose."""

import sqlite3
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from admin.certificate import accepting
from admin.certificate.receiving import LARGEST_BYTES
from store import audit, certificates, domains, issuance
from store.audit import Entry
from store.certificates import Certificate, Source
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.fakes.admin_console import HOST, NOW, VAULT, Answer, Browser, Console
from tests.fakes.own_ca import Authority, new_key, pem

PAGE = "/organisations/acme/settings/customer-access/certificate"
OTHER = Hostname("billing.other.com")
ROOT = Authority("Root of Trust")
MIDDLE = Authority("Middle CA", ROOT)
STRANGER = Authority("Nobody's root")
ORIGIN = Authority("CloudFlare Origin Certificate Authority")
KEY = new_key()
TODAY = datetime.now(UTC).replace(microsecond=0)
"""Handshakes are judged by the machine's own clock."""
BEGAN = min(NOW, TODAY) - timedelta(days=1)
ENDS = max(NOW, TODAY) + timedelta(days=90)


def leaf(by: Authority = MIDDLE) -> bytes:
    return by.leaf(HOST, key=KEY, not_before=BEGAN, not_after=ENDS)


GOOD = leaf() + MIDDLE.pem


@pytest.fixture
async def page(console: Console, admin: Browser) -> Browser:
    """Acme's admin, with a name of their own and a house whose visitors trust one root."""
    console.edge.trust.load_verify_locations(cadata=ROOT.pem.decode())
    await console.store.write(_add, HOST, 1)
    await admin.get(PAGE)
    return admin


def _add(db: sqlite3.Connection, hostname: Hostname, organisation_id: int) -> None:
    target = Hostname("customers.provider.example")
    domains.add(
        db,
        Destination(hostname, Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, target),
        NOW,
    )


async def upload(page: Browser, certificate: bytes = b"", key: bytes = b"", files: bytes = b"") -> Answer:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("csrf", page.token)
    form.add_field("certificate", certificate.decode())
    form.add_field("key", key.decode())
    form.add_field("files", files, filename="own.pem", content_type="application/x-pem-file")
    return await page.send("POST", PAGE, form, {"Sec-Fetch-Site": "same-origin"})  # type: ignore[arg-type]


async def standing(console: Console) -> Certificate | None:
    return await console.store.read(certificates.standing, HOST, console.now)


async def test_own_certificate_is_served_from_now_on_its_key_sealed(console: Console, page: Browser) -> None:
    assert (await upload(page, GOOD, pem(KEY))).location == f"{PAGE}?uploaded=1"
    found = await standing(console)
    assert found and found.source is Source.UPLOADED and found.issuer == "Middle CA"
    assert b"PRIVATE" not in found.sealed_key
    assert VAULT.open(found.sealed_key, HOST, found.serial) == pem(KEY)
    entry = (await console.store.read(audit.of_organisation, 1))[0]
    assert entry.action == "certificate.uploaded" and "BEGIN" not in str(entry)
    shown = (await page.get(f"{PAGE}?uploaded=1")).text
    assert "Your certificate is in use from now on." in shown and "Middle CA" in shown
    assert "PRIVATE KEY-----\n" not in shown


async def test_files_may_be_chosen_in_any_order(console: Console, page: Browser) -> None:
    answer = await upload(page, files=pem(KEY) + MIDDLE.pem + leaf())
    assert answer.location == f"{PAGE}?in-order=1"
    assert "We put its chain in order" in (await page.get(answer.location)).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (leaf(), "The certificate of “Middle CA”, which signed yours, is missing"),
        (leaf(STRANGER), "The certificate of “Nobody&#39;s root”, which signed yours, is missing"),
        (leaf(ORIGIN), "only Cloudflare’s proxy trusts it"),
        (b"", "There is no certificate in what you sent."),
    ],
)
async def test_what_visitors_would_refuse_is_told_and_not_served(
    console: Console, page: Browser, sent: bytes, words: str
) -> None:
    answer = await upload(page, sent, pem(KEY))
    assert answer.status == 422 and words in answer.text
    assert "PRIVATE KEY" not in answer.text.replace("-----BEGIN PRIVATE KEY-----", "", 1)
    assert await standing(console) is None


async def test_too_much_is_told(page: Browser) -> None:
    answer = await upload(page, files=bytes(LARGEST_BYTES))
    assert answer.status == 413 and "more than 64 kB" in answer.text


async def test_form_without_its_token_is_refused(console: Console, page: Browser) -> None:
    page.token = "other"
    assert (await upload(page, GOOD, pem(KEY))).status == 403
    assert await standing(console) is None


async def test_form_of_another_kind_is_refused(page: Browser) -> None:
    assert (await page.post(PAGE, certificate="x")).status == 400


async def test_ours_is_got_a_week_before_an_own_one_ends(console: Console, page: Browser) -> None:
    await upload(page, GOOD, pem(KEY))
    due = (await console.store.read(issuance.standing, HOST)).next_action_at
    assert due == ENDS - certificates.TAKING_OVER
    assert "We get one ourselves from" in (await page.get(PAGE)).text


async def test_none_is_got_where_the_admin_wants_none(console: Console, page: Browser) -> None:
    await page.post(f"{PAGE}/way")
    await upload(page, GOOD, pem(KEY))
    assert (await console.store.read(issuance.standing, HOST)).next_action_at is None
    assert "we get none for this name" in (await page.get(PAGE)).text
    await page.post(f"{PAGE}/way", ordered="1")
    due = (await console.store.read(issuance.standing, HOST)).next_action_at
    assert due == ENDS - certificates.TAKING_OVER


async def test_withdrawn_certificate_is_gone_and_ours_is_due(console: Console, page: Browser) -> None:
    await upload(page, GOOD, pem(KEY))
    assert (await page.post(f"{PAGE}/withdraw")).location == f"{PAGE}?withdrawn=1"
    assert await standing(console) is None
    assert (await console.store.read(issuance.standing, HOST)).next_action_at == console.now
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "certificate.withdrawn"


async def test_cloudflares_own_is_taken_with_a_warning_where_cloudflare_stands_on_purpose(
    console: Console, page: Browser
) -> None:
    await page.post(f"{PAGE}/way", behind_proxy="1")
    domain = await console.store.read(domains.by_hostname, HOST)
    assert domain and domain.destination.behind_proxy and not domain.destination.ordered
    answer = await upload(page, leaf(ORIGIN), pem(KEY))
    assert "Only Cloudflare trusts it" in (await page.get(answer.location)).text
    assert (await standing(console)) is not None


async def test_organisation_without_a_name_of_its_own_has_nothing_to_upload(admin: Browser) -> None:
    assert "No name of your own yet" in (await admin.get(PAGE)).text
    assert (await upload(admin, GOOD, pem(KEY))).status == 303


async def test_name_of_another_organisation_is_out_of_reach(console: Console, page: Browser) -> None:
    other = await console.add_organisation("other")
    await console.store.write(_add, OTHER, other.id)
    assert (await page.get(PAGE.replace("acme", "other"))).status == 404
    entry = Entry(1, "staff:1", "domain.way_set", OTHER, {}, "", NOW)
    assert not await console.store.write(accepting.set_way, 1, OTHER, (True, False), entry)
    assert not await console.store.write(accepting.withdraw, 1, OTHER, entry)
    held = Certificate(OTHER, "01", "", b"", "x", NOW, ENDS, Source.UPLOADED)
    assert isinstance(await console.store.write(accepting.put, 1, held, entry), accepting.Gone)
    domain = await console.store.read(domains.by_hostname, OTHER)
    assert domain and not domain.destination.behind_proxy and domain.destination.ordered
