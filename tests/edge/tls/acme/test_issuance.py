"""Whole orders against Pebble, a real CA in its own process."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509

from edge.tls.acme.account import new_account_key
from edge.tls.acme.challenges import ALPN_PROTOCOL, HTTP_01, HTTP_PREFIX, TLS_ALPN_01, challenge_certificate
from edge.tls.acme.client import AcmeClient
from edge.tls.acme.errors import AccountLost, AcmeProblem
from edge.tls.acme.order import Authorization, AuthorizationStatus, Order, OrderStatus
from edge.tls.csr import new_key, signing_request
from store.hostname import Hostname
from tests.peers.pebble import Pebble

HOST = Hostname("shop.customer.test")
SOON = 20.0


@dataclass
class Site:
    """Answers http-01 as the edge would."""

    proofs: dict[str, str] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(text=self.proofs[request.match_info["token"]])


@asynccontextmanager
async def http_site(pebble: Pebble) -> AsyncIterator[Site]:
    site, application = Site(), web.Application()
    application.router.add_get(HTTP_PREFIX + "{token}", site.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", pebble.http_port).start()
    try:
        yield site
    finally:
        await runner.cleanup()


def client_of(pebble: Pebble, key: bytes | None = None, account_url: str | None = None) -> AcmeClient:
    return AcmeClient(
        pebble.directory_url,
        key or new_account_key(),
        clock=lambda: datetime.now(UTC),
        account_url=account_url,
        ca_file=str(pebble.ca_file),
    )


@pytest.fixture
async def client(pebble: Pebble) -> AsyncIterator[AcmeClient]:
    async with client_of(pebble) as client:
        await client.register(contact="ops@provider.test", agree_terms=True)
        yield client


async def prove(client: AcmeClient, site: Site, order: Order) -> Authorization:
    """Answer http-01 and wait, unless the CA believes us already."""
    (authorization,) = await client.authorizations(order)
    if authorization.status is AuthorizationStatus.VALID:
        return authorization
    challenge = authorization.challenge([HTTP_01])
    assert challenge
    site.proofs[challenge.token] = await client.key_authorization(challenge)
    await client.answer(challenge)
    return await client.wait_for_authorization(authorization.url, within_seconds=SOON)


async def obtain(client: AcmeClient, site: Site, hostname: Hostname = HOST) -> bytes:
    order = await client.new_order(hostname)
    await prove(client, site, order)
    order = await client.finalise(order, signing_request(new_key(), hostname), within_seconds=SOON)
    return await client.certificate(order)


def names_in(chain_pem: bytes) -> list[str]:
    leaf = x509.load_pem_x509_certificates(chain_pem)[0]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


async def test_certificate_comes_by_http_01(pebble: Pebble, client: AcmeClient) -> None:
    async with http_site(pebble) as site:
        chain_pem = await obtain(client, site)
    assert names_in(chain_pem) == [HOST]
    assert len(x509.load_pem_x509_certificates(chain_pem)) == 2
    assert pebble.orders() == 1


async def test_chain_leads_to_the_root_of_the_ca(pebble: Pebble, client: AcmeClient) -> None:
    async with http_site(pebble) as site:
        leaf, issuer = x509.load_pem_x509_certificates(await obtain(client, site))
    leaf.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(x509.load_pem_x509_certificate(pebble.root_pem()))


async def test_certificate_comes_by_tls_alpn_01(pebble: Pebble, client: AcmeClient, tmp_path: Path) -> None:
    order = await client.new_order(HOST)
    (authorization,) = await client.authorizations(order)
    challenge = authorization.challenge([TLS_ALPN_01, HTTP_01])
    assert challenge and challenge.kind == TLS_ALPN_01
    proof = await client.key_authorization(challenge)
    context = challenge_context(tmp_path, *challenge_certificate(HOST, proof, datetime.now(UTC)))
    async with await asyncio.start_server(close, "127.0.0.1", pebble.tls_port, ssl=context):
        await client.answer(challenge)
        decided = await client.wait_for_authorization(authorization.url, within_seconds=SOON)
    assert decided.status is AuthorizationStatus.VALID, decided.problem
    order = await client.finalise(order, signing_request(new_key(), HOST), within_seconds=SOON)
    assert names_in(await client.certificate(order)) == [HOST]


def challenge_context(folder: Path, certificate_pem: bytes, key_pem: bytes) -> ssl.SSLContext:
    (folder / "challenge.pem").write_bytes(certificate_pem + key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "challenge.pem")
    context.set_alpn_protocols([ALPN_PROTOCOL])
    return context


async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_several_orders_run_at_once(pebble: Pebble, client: AcmeClient) -> None:
    hostnames = [Hostname(f"shop{number}.customer.test") for number in range(8)]
    async with http_site(pebble) as site, asyncio.TaskGroup() as group:
        flights = [group.create_task(obtain(client, site, hostname)) for hostname in hostnames]
        await asyncio.gather(*flights)
    assert [names_in(flight.result()) for flight in flights] == [[hostname] for hostname in hostnames]


async def test_rejected_nonces_are_not_noticed() -> None:
    async with Pebble(nonce_reject=20) as pebble, client_of(pebble) as client, http_site(pebble) as site:
        await client.register(agree_terms=True)
        for _ in range(3):
            assert names_in(await obtain(client, site)) == [HOST]


async def test_proof_is_not_asked_again_when_the_ca_reuses_it() -> None:
    async with Pebble(authz_reuse=100) as pebble, client_of(pebble) as client, http_site(pebble) as site:
        await client.register(agree_terms=True)
        await obtain(client, site)
        order = await client.new_order(HOST)
        assert order.status is OrderStatus.READY
        (authorization,) = await client.authorizations(order)
        assert authorization.status is AuthorizationStatus.VALID


async def test_deactivated_authorization_is_proven_anew() -> None:
    async with Pebble(authz_reuse=100) as pebble, client_of(pebble) as client, http_site(pebble) as site:
        await client.register(agree_terms=True)
        proven = await prove(client, site, await client.new_order(HOST))
        given_up = await client.deactivate_authorization(proven.url)
        assert given_up.status is AuthorizationStatus.DEACTIVATED
        assert (await client.new_order(HOST)).status is OrderStatus.PENDING


async def test_refused_name_brings_the_words_of_the_ca() -> None:
    async with Pebble(blocked_domains=("blocked.test",)) as pebble, client_of(pebble) as client:
        await client.register(agree_terms=True)
        with pytest.raises(AcmeProblem) as caught:
            await client.new_order(Hostname("shop.blocked.test"))
    assert caught.value.code == "rejectedIdentifier"
    assert "blocked.test" in caught.value.detail


async def test_failed_proof_brings_the_words_of_the_ca(pebble: Pebble, client: AcmeClient) -> None:
    order = await client.new_order(HOST)
    (authorization,) = await client.authorizations(order)
    challenge = authorization.challenge([HTTP_01])
    assert challenge
    await client.answer(challenge)
    decided = await client.wait_for_authorization(authorization.url, within_seconds=SOON)
    assert decided.status is AuthorizationStatus.INVALID
    assert decided.problem and decided.problem.code == "connection"
    assert (await client.fetch_order(order.url)).status is OrderStatus.INVALID


async def test_terms_that_are_not_agreed_are_told_by_the_ca(pebble: Pebble) -> None:
    async with client_of(pebble) as client:
        with pytest.raises(AcmeProblem, match="agree"):
            await client.register(agree_terms=False)


async def test_account_is_found_by_its_key(pebble: Pebble) -> None:
    key = new_account_key()
    async with client_of(pebble, key) as first:
        record = await first.register(agree_terms=True)
    async with client_of(pebble, key) as second:
        assert (await second.find_account()).url == record.url
        assert (await second.register(agree_terms=True)).url == record.url


async def test_unknown_account_is_lost(pebble: Pebble) -> None:
    async with client_of(pebble) as client:
        with pytest.raises(AccountLost):
            await client.new_order(HOST)


async def test_account_that_the_ca_forgot_is_registered_anew(pebble: Pebble, client: AcmeClient) -> None:
    await client.new_order(HOST)
    await asyncio.to_thread(pebble.restart)
    with pytest.raises(AccountLost):
        await client.new_order(HOST)
    await client.register(agree_terms=True)
    assert (await client.new_order(HOST)).status is OrderStatus.PENDING
    assert pebble.orders() == 2


async def test_order_is_resumed_by_another_process(pebble: Pebble) -> None:
    account_key, key = new_account_key(), new_key()
    async with http_site(pebble) as site:
        async with client_of(pebble, account_key) as first:
            account = await first.register(agree_terms=True)
            order = await first.new_order(HOST)
            await prove(first, site, order)
        async with client_of(pebble, account_key, account.url) as second:
            resumed = await second.fetch_order(order.url)
            assert resumed.status is OrderStatus.READY
            resumed = await second.finalise(resumed, signing_request(key, HOST), within_seconds=SOON)
            again = await second.finalise(resumed, signing_request(key, HOST), within_seconds=SOON)
            assert await second.certificate(again) == await second.certificate(resumed)
    assert pebble.orders() == 1


async def test_certificate_is_revoked_once(pebble: Pebble, client: AcmeClient) -> None:
    async with http_site(pebble) as site:
        chain_pem = await obtain(client, site)
    await client.revoke(chain_pem, reason=4)
    with pytest.raises(AcmeProblem) as caught:
        await client.revoke(chain_pem)
    assert caught.value.code == "alreadyRevoked"


async def test_ca_without_renewal_information_has_none(pebble: Pebble, client: AcmeClient) -> None:
    async with http_site(pebble) as site:
        assert await client.renewal_info(await obtain(client, site)) is None
