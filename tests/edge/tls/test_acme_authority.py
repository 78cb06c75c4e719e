"""Against Pebble, which finds its http-01 answers at our own port 80; what it never says is scripted."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from admin.wizard.causes import Explanation, explain
from edge import plain_http
from edge.tls.acme.client import AcmeClient
from edge.tls.acme.order import AuthorizationStatus
from edge.tls.acme.renewal_info import certificate_id
from edge.tls.acme_authority import AcmeAuthority, AcmeSettings
from edge.tls.authority import Material, NotIssued
from edge.tls.csr import signing_request
from edge.tls.issuance_trace import Trace
from store import acme_state, challenge_results, challenges
from store.acme_state import PendingOrder
from store.database import Store
from store.diagnosis import Actor
from store.hostname import Hostname
from store.vault import Vault
from tests.fakes.acme_server import AcmeServer, Reply, problem
from tests.fakes.own_ca import Authority, new_key
from tests.peers.pebble import Pebble

SHOP = Hostname("shop.customer.test")
VAULT = Vault(b"m" * 32)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Office:
    """A store, the CA that its authorities talk to, and those that were opened."""

    store: Store
    settings: AcmeSettings
    opened: list[AcmeAuthority]

    def authority(self, vault: Vault = VAULT, **settings: object) -> AcmeAuthority:
        """One more authority, as after a restart."""
        given = replace(self.settings, **settings)  # type: ignore[arg-type]
        self.opened.append(AcmeAuthority(self.store, vault, now, given))
        return self.opened[-1]

    async def obtain(self, hostname: Hostname = SHOP) -> Material:
        return await self.authority().obtain(hostname, Trace())

    async def pending(self) -> PendingOrder:
        found = await self.store.read(acme_state.pending_order, SHOP)
        assert found
        return found


class Crash(Exception):
    """The process ended here."""


class CrashingTrace(Trace):
    """Ends the process at the end of a phase."""

    def __init__(self, phase: str) -> None:
        super().__init__()
        self._phase = phase

    def mark(self, name: str) -> None:
        if name == self._phase:
            raise Crash


async def crashed(office: Office, phase: str) -> None:
    with pytest.raises(Crash):
        await office.authority().obtain(SHOP, CrashingTrace(phase))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "brassplate.db")
    yield store
    await store.close()


async def office_of(store: Store, directory: str, ca_file: str = "") -> AsyncIterator[Office]:
    made = Office(store, AcmeSettings(directory, "ops@provider.test", True, ca_file, ("http-01",)), [])
    yield made
    for authority in made.opened:
        await authority.close()


@pytest.fixture
async def office(store: Store, pebble: Pebble) -> AsyncIterator[Office]:
    async for made in office_of(store, pebble.directory_url, str(pebble.ca_file)):
        yield made


@pytest.fixture
async def port_80(store: Store, pebble: Pebble) -> AsyncIterator[None]:
    runner = web.AppRunner(plain_http.build(store, lambda _: None, now, 443, b"k" * 32), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", pebble.http_port).start()
    yield
    await runner.cleanup()


@pytest.fixture
async def scripted(store: Store) -> AsyncIterator[tuple[AcmeServer, Office]]:
    async with AcmeServer() as server:
        async for made in office_of(store, server.url("/dir")):
            yield server, made


def assert_fits(material: Material, hostname: Hostname = SHOP) -> None:
    """The leaf is for the name and for the key that came with it."""
    leaf = x509.load_pem_x509_certificates(material.chain_pem)[0]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [hostname]
    key = serialization.load_pem_private_key(material.key_pem, None)
    assert leaf.public_key() == key.public_key()


@pytest.mark.usefixtures("port_80")
async def test_certificate_comes_with_its_key_and_trace(office: Office) -> None:
    trace = Trace()
    assert_fits(await office.authority().obtain(SHOP, trace))
    assert [phase.name for phase in trace.phases] == ["order", "validation", "finalise"]


@pytest.mark.usefixtures("port_80")
async def test_the_certificate_says_what_the_name_was_proven_by(office: Office) -> None:
    authority = office.authority(challenges=("http-01", "tls-alpn-01"))
    assert (await authority.obtain(SHOP, Trace())).challenge == "http-01"


@pytest.mark.usefixtures("port_80")
@pytest.mark.parametrize("learned", ["the CA did not find us by http-01", "our own look did not"])
async def test_the_other_challenge_is_tried_where_one_does_not_lead_to_us(
    office: Office, learned: str
) -> None:
    avoid = frozenset({"http-01"}) if learned == "our own look did not" else frozenset()
    if not avoid:
        await office.store.write(challenge_results.failed, SHOP, "http-01", now())
    authority = office.authority(challenges=("http-01", "tls-alpn-01"))
    with pytest.raises(NotIssued) as refused:  # nobody listens where tls-alpn-01 is asked
        await authority.obtain(SHOP, Trace(), avoid=avoid)
    assert (refused.value.cause, refused.value.challenge) == ("ca:unauthorized", "tls-alpn-01")


async def test_what_an_ended_order_leaves_pending_is_deactivated(office: Office, pebble: Pebble) -> None:
    await crashed(office, "order")
    pending, authority = await office.pending(), office.authority()
    await authority.prepare()
    async with await client_after_crash(office, pebble) as client, asyncio.timeout(5):
        order = await client.fetch_order(pending.url)
        await authority.give_up(SHOP)
        await office.store.write(acme_state.forget_order, SHOP)
        while True:
            (authorization,) = await client.authorizations(order)
            if authorization.status is AuthorizationStatus.DEACTIVATED:
                break
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("port_80")
async def test_account_outlives_a_restart(office: Office, pebble: Pebble) -> None:
    await office.authority().prepare()
    first = await office.store.read(acme_state.account, office.settings.directory)
    await office.obtain()
    assert await office.store.read(acme_state.account, office.settings.directory) == first
    assert first and b"PRIVATE KEY" not in first.sealed_key
    assert accounts(pebble) == 1


def accounts(pebble: Pebble) -> int:
    """How many accounts the CA has made."""
    return len(re.findall(r"There are now \d+ accounts in memory", pebble.log()))


@pytest.mark.usefixtures("port_80")
@pytest.mark.parametrize("phase", ["order", "validation", "finalise"])
async def test_order_goes_on_after_a_crash_in_any_phase(office: Office, pebble: Pebble, phase: str) -> None:
    await crashed(office, phase)
    pending = await office.pending()
    material = await office.obtain()
    assert_fits(material)
    assert material.key_pem == VAULT.open(pending.sealed_key, SHOP, pending.url)
    assert pebble.orders() == 1


async def client_after_crash(office: Office, pebble: Pebble) -> AcmeClient:
    account = await office.store.read(acme_state.account, office.settings.directory)
    assert account
    key_pem = VAULT.open(account.sealed_key, account.directory)
    return AcmeClient(
        account.directory, key_pem, clock=now, account_url=account.url, ca_file=str(pebble.ca_file)
    )


@pytest.mark.usefixtures("port_80")
async def test_order_goes_on_after_a_crash_while_the_ca_validates(office: Office, pebble: Pebble) -> None:
    await crashed(office, "order")
    async with await client_after_crash(office, pebble) as client:
        order = await client.fetch_order((await office.pending()).url)
        (authorization,) = await client.authorizations(order)
        challenge = authorization.challenge(["http-01"])
        assert challenge
        answer = await client.key_authorization(challenge)
        ends_at = now() + timedelta(hours=1)
        await office.store.write(challenges.put, SHOP, "http-01", challenge.token, answer, ends_at)
        await client.answer(challenge)
    assert_fits(await office.obtain())
    assert pebble.orders() == 1


@pytest.mark.usefixtures("port_80")
async def test_order_goes_on_after_a_crash_while_the_ca_signs(office: Office, pebble: Pebble) -> None:
    await crashed(office, "validation")
    pending = await office.pending()
    key_pem = VAULT.open(pending.sealed_key, SHOP, pending.url)
    async with await client_after_crash(office, pebble) as client:
        order = await client.fetch_order(pending.url)
        await client.finalise(order, signing_request(key_pem, SHOP), within_seconds=20)
    material = await office.obtain()
    assert (material.key_pem, pebble.orders()) == (key_pem, 1)


@pytest.mark.usefixtures("port_80")
async def test_order_that_the_ca_forgot_is_made_anew(office: Office, pebble: Pebble) -> None:
    await crashed(office, "order")
    gone = replace(
        await office.pending(), url=f"{office.settings.directory.removesuffix('/dir')}/my-order/no"
    )
    sealed = replace(gone, sealed_key=VAULT.seal(b"key", SHOP, gone.url))
    await office.store.write(acme_state.put_pending_order, sealed, now())
    assert_fits(await office.obtain())
    assert pebble.orders() == 2


@pytest.mark.usefixtures("port_80")
async def test_order_whose_key_does_not_open_is_made_anew(office: Office, pebble: Pebble) -> None:
    await crashed(office, "order")
    unreadable = replace(await office.pending(), sealed_key=b"not sealed by this master key")
    await office.store.write(acme_state.put_pending_order, unreadable, now())
    assert_fits(await office.obtain())
    assert pebble.orders() == 2


@pytest.mark.usefixtures("port_80")
async def test_order_at_another_ca_is_left_alone(office: Office) -> None:
    await crashed(office, "order")
    elsewhere = replace(await office.pending(), directory="https://other-ca.test/dir")
    await office.store.write(acme_state.put_pending_order, elsewhere, now())
    assert_fits(await office.obtain())


@pytest.mark.usefixtures("port_80")
@pytest.mark.parametrize("phase", ["none", "order"])
async def test_lost_account_is_registered_anew_and_the_order_made(
    office: Office, pebble: Pebble, phase: str
) -> None:
    authority = office.authority()
    await authority.prepare()
    if phase == "order":
        await crashed(office, "order")
    lost = await office.store.read(acme_state.account, authority.name)
    pebble.restart()
    before = accounts(pebble)
    assert_fits(await authority.obtain(SHOP, Trace()))
    assert_fits(await office.obtain())
    assert accounts(pebble) == before + 1
    assert await office.store.read(acme_state.account, authority.name) != lost


@pytest.mark.usefixtures("port_80")
async def test_crowd_survives_the_loss_of_the_account(office: Office, pebble: Pebble) -> None:
    authority = office.authority()
    await authority.prepare()
    pebble.restart()
    before = accounts(pebble)
    names = [Hostname(f"shop{number}.customer.test") for number in range(6)]
    for name, material in zip(
        names, await asyncio.gather(*(authority.obtain(name, Trace()) for name in names)), strict=True
    ):
        assert_fits(material, name)
    assert accounts(pebble) == before + 1


async def refusal(office: Office, **settings: object) -> NotIssued:
    with pytest.raises(NotIssued) as refused:
        await office.authority(**settings).obtain(SHOP, Trace())  # type: ignore[arg-type]
    return refused.value


async def test_check_asks_the_ca_for_our_account(office: Office) -> None:
    said = await office.authority().check()
    account = await office.store.read(acme_state.account, office.settings.directory)
    assert account and account.url in said


async def test_check_of_a_ca_that_is_down_is_a_refusal(office: Office) -> None:
    with pytest.raises(NotIssued, match="ca:unreachable"):
        await office.authority(directory="https://127.0.0.1:1/dir").check()


async def test_ca_that_is_down_is_a_refusal_and_heals(
    office: Office, pebble: Pebble, port_80: None, caplog: pytest.LogCaptureFixture
) -> None:
    pebble.kill()
    authority = office.authority()
    await authority.prepare()
    assert [record.message for record in caplog.records] == ["the CA cannot be reached yet"]
    assert (await refusal(office)).cause == "ca:unreachable"
    pebble.restart()
    assert_fits(await authority.obtain(SHOP, Trace()))


@pytest.mark.usefixtures("port_80")
async def test_ca_that_goes_down_under_an_order_is_a_refusal(office: Office, pebble: Pebble) -> None:
    authority = office.authority()
    await authority.prepare()
    pebble.kill()
    with pytest.raises(NotIssued, match="no answer from") as refused:
        await authority.obtain(SHOP, Trace())
    assert refused.value.cause == "ca:unreachable"
    told = explain(refused.value.cause)  # row 35
    assert told.happened == "The certificate authority did not answer as it should."
    assert told.action.startswith("Nothing to do: this is not your fault") and told.actor is Actor.CA


async def test_blocked_name_is_refused_in_the_words_of_the_ca(store: Store) -> None:
    async with Pebble(blocked_domains=("customer.test",)) as pebble:
        async for office in office_of(store, pebble.directory_url, str(pebble.ca_file)):
            refused = await refusal(office)
    assert refused.cause == "ca:rejectedIdentifier"
    assert SHOP in refused.detail and "policy" in refused.detail
    assert explain(refused.cause) == Explanation(  # row 34
        "The certificate authority does not issue for this name.", "Choose another address.", Actor.YOU
    )


async def test_failed_validation_is_told_in_the_words_of_the_ca(office: Office) -> None:
    refused = await refusal(office)
    assert refused.cause in ("ca:connection", "ca:unauthorized")
    assert "connection refused" in refused.detail
    told = explain(refused.cause)  # row 32
    assert (told.happened, told.actor) == (
        "The certificate authority could not reach us by your name.",
        Actor.YOU,
    )
    assert "A firewall, a proxy or a second record may stand between." in told.action


async def test_what_other_places_of_the_ca_saw_is_told_apart(scripted: tuple[AcmeServer, Office]) -> None:
    server, office = scripted
    words = "During secondary validation: 203.0.113.9: Invalid response from http://shop.customer.test: 404"
    challenge = {
        "type": "http-01",
        "status": "invalid",
        "url": server.url("/challenge/1"),
        "token": "dG9rZW4",
        "error": {"type": "urn:ietf:params:acme:error:unauthorized", "detail": words},
    }
    authorization = {
        "status": "invalid",
        "identifier": {"type": "dns", "value": SHOP},
        "challenges": [challenge],
    }
    server.say("/new-order", Reply(server.order(), 201, {"Location": server.url("/order/1")}))
    server.say("/authorization/1", Reply(authorization))
    refused = await refusal(office)
    assert refused.cause == "ca:perspectives" and words in refused.detail and refused.unproven
    told = explain(refused.cause)  # row 31
    assert "some of them saw something else" in told.happened and told.actor is Actor.YOU
    assert "answers differently by country or network" in told.action


async def test_kind_of_challenge_that_the_ca_lacks_is_named(office: Office) -> None:
    refused = await refusal(office, challenges=("dns-persist-01",))
    assert (refused.cause, refused.detail) == ("ca:no_challenge", "the CA offers none of dns-persist-01")


@pytest.mark.usefixtures("port_80")
async def test_account_of_another_master_key_is_a_refusal(office: Office) -> None:
    await office.authority().prepare()
    refused = await refusal(office, vault=Vault(b"x" * 32))
    assert refused.cause == "account_sealed"


async def test_wait_that_the_ca_asks_for_is_handed_on(scripted: tuple[AcmeServer, Office]) -> None:
    server, office = scripted
    server.say("/new-order", problem("rateLimited", "too many certificates", 429, Retry_After="3600"))
    refused = await refusal(office)
    assert (refused.cause, refused.retry_after) == ("ca:rateLimited", timedelta(hours=1))
    assert "too many certificates" in refused.detail


@pytest.mark.parametrize("status", [429, 503])
async def test_busy_ca_does_not_cost_the_order_under_way(
    scripted: tuple[AcmeServer, Office], status: int
) -> None:
    server, office = scripted
    url = server.url("/order/1")
    pending = PendingOrder(SHOP, server.url("/dir"), url, VAULT.seal(b"key", SHOP, url))
    await office.store.write(acme_state.put_pending_order, pending, now())
    server.say("/order/1", problem("rateLimited", "busy", status))
    assert (await refusal(office)).cause == "ca:rateLimited"
    assert server.asked_at("/new-order") == []


async def test_answer_without_sense_is_a_refusal(scripted: tuple[AcmeServer, Office]) -> None:
    server, office = scripted
    server.say("/new-order", Reply(b"<html>", 200))
    assert (await refusal(office)).cause == "ca:malformed"


ISSUER = Authority("An authority")
KEY = new_key()


def leaf() -> bytes:
    return ISSUER.leaf(SHOP, key=KEY, not_before=now(), not_after=now() + timedelta(days=90))


async def ordered(server: AcmeServer, office: Office, replaced: bytes) -> list[dict[str, object]]:
    """What was asked of new-order by a renewal, which the CA then refuses."""
    with pytest.raises(NotIssued):
        await office.authority().obtain(SHOP, Trace(), replaces=replaced.decode())
    return [dict(asked.payload or {}) for asked in server.asked_at("/new-order")]


async def test_renewal_names_what_it_replaces_where_the_ca_knows_such_ids(
    scripted: tuple[AcmeServer, Office],
) -> None:
    server, office = scripted
    server.say("/new-order", problem("malformed", "no", 400))
    held = leaf()
    [asked] = await ordered(server, office, held)
    assert asked["replaces"] == certificate_id(x509.load_pem_x509_certificate(held))


async def test_renewal_goes_on_without_where_it_was_replaced_already(
    scripted: tuple[AcmeServer, Office],
) -> None:
    server, office = scripted
    refusals = (problem("alreadyReplaced", "by another", 409), problem("malformed", "no", 400))
    server.say("/new-order", *refusals)
    first, second = await ordered(server, office, leaf())
    assert "replaces" in first and "replaces" not in second


@pytest.mark.parametrize(("wanted", "named"), [("", None), ("shortlived", "shortlived"), ("gone", None)])
async def test_profile_is_named_where_the_ca_has_it(
    scripted: tuple[AcmeServer, Office], wanted: str, named: str | None
) -> None:
    server, office = scripted
    names = {"newNonce": "/nonce", "newAccount": "/account", "newOrder": "/new-order"}
    directory: dict[str, object] = {name: server.url(path) for name, path in names.items()}
    server.say("/dir", Reply(directory | {"meta": {"profiles": {"shortlived": "six days"}}}))
    server.say("/new-order", problem("malformed", "no", 400))
    with pytest.raises(NotIssued):
        await office.authority(profile=wanted).obtain(SHOP, Trace())
    [asked] = server.asked_at("/new-order")
    assert (asked.payload or {}).get("profile") == named


@pytest.mark.usefixtures("port_80")
async def test_profile_that_a_real_ca_does_not_have_keeps_nobody_waiting(office: Office) -> None:
    assert_fits(await office.authority(profile="shortlived").obtain(SHOP, Trace()))


async def test_ca_without_windows_is_told_no_id(scripted: tuple[AcmeServer, Office]) -> None:
    server, office = scripted
    names = {"newNonce": "/nonce", "newAccount": "/account", "newOrder": "/new-order"}
    server.say("/dir", Reply({name: server.url(path) for name, path in names.items()}))
    server.say("/new-order", problem("malformed", "no", 400))
    [asked] = await ordered(server, office, leaf())
    assert "replaces" not in asked
    assert await office.authority().renewal_window(leaf().decode()) is None


async def test_window_is_what_the_ca_says_of_that_certificate(scripted: tuple[AcmeServer, Office]) -> None:
    server, office = scripted
    held = leaf()
    path = f"/renewal-info/{certificate_id(x509.load_pem_x509_certificate(held))}"
    window = {"start": "2027-01-01T00:00:00Z", "end": "2027-01-02T00:00:00Z"}
    server.say(path, Reply({"suggestedWindow": window}, headers={"Retry-After": "21600"}))
    found = await office.authority().renewal_window(held.decode())
    assert found and (found.start_at.day, found.end_at.day, found.retry_after) == (1, 2, 21600.0)
    server.say(path, Reply({}, 503))
    with pytest.raises(NotIssued):
        await office.authority().renewal_window(held.decode())
