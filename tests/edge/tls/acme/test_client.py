"""Against a scripted server: what Pebble cannot be made to say. Issuance itself is in test_issuance.py."""

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.tls.acme.account import new_account_key
from edge.tls.acme.client import AcmeClient
from edge.tls.acme.errors import AcmeMalformed, AcmeProblem, AcmeTimeout, AcmeUnreachable
from edge.tls.acme.order import OrderStatus
from edge.tls.acme.polling import Pace
from edge.tls.acme.renewal_info import certificate_id
from edge.tls.csr import new_key, signing_request
from edge.tls.local_ca import issue, load_root, make_root
from store.hostname import Hostname
from tests.fakes.acme_server import AcmeServer, Reply, problem
from tests.fakes.stepped_time import SteppedTime
from tests.peers.ports import free_port

HOST = Hostname("shop.customer.test")
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
CSR = signing_request(new_key(), HOST)


@pytest.fixture
async def server() -> AsyncIterator[AcmeServer]:
    async with AcmeServer() as server:
        yield server


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
async def client(server: AcmeServer, time: SteppedTime) -> AsyncIterator[AcmeClient]:
    pace = Pace(sleep=time.sleep, monotonic=time.monotonic)
    async with AcmeClient(server.url("/dir"), new_account_key(), clock=lambda: NOW, pace=pace) as client:
        yield client


def created(server: AcmeServer, status: str = "pending") -> Reply:
    return Reply(server.order(status), 201, {"Location": server.url("/order/1")})


async def test_account_is_looked_up_when_only_the_key_is_known(
    server: AcmeServer, client: AcmeClient
) -> None:
    server.say("/new-order", created(server))
    await client.new_order(HOST)
    assert server.asked_at("/account")[0].payload == {"onlyReturnExisting": True}
    assert "jwk" in server.asked_at("/account")[0].protected
    assert server.asked_at("/new-order")[0].protected["kid"] == server.url("/account/1")


async def test_contact_and_agreement_are_told_to_the_ca(server: AcmeServer, client: AcmeClient) -> None:
    record = await client.register(contact="ops@provider.test, tel:+441", agree_terms=True)
    assert record.url == server.url("/account/1")
    assert server.asked_at("/account")[0].payload == {
        "termsOfServiceAgreed": True,
        "contact": ["mailto:ops@provider.test", "tel:+441"],
    }


async def test_directory_and_nonces_are_kept(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/order/1", Reply(server.order()))
    for _ in range(3):
        await client.fetch_order(server.url("/order/1"))
    assert len(server.asked_at("/dir")) == 1
    assert len(server.asked_at("/nonce")) == 0
    nonces = [asked.protected["nonce"] for asked in server.asked if asked.method == "POST"]
    assert len(set(nonces)) == len(nonces) == 4


async def test_directory_is_read_again_after_hours(
    server: AcmeServer, client: AcmeClient, time: SteppedTime
) -> None:
    await client.directory()
    time.now += 7 * 3600
    await client.directory()
    assert len(server.asked_at("/dir")) == 2


async def test_rejected_nonce_is_followed_by_the_fresh_one(server: AcmeServer, client: AcmeClient) -> None:
    bad = problem("badNonce", "stale", 400)
    server.say("/order/1", *[bad] * 10, Reply(server.order()))
    assert (await client.fetch_order(server.url("/order/1"))).status is OrderStatus.PENDING
    assert len(server.asked_at("/order/1")) == 11


async def test_nonces_rejected_for_ever_are_reported(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/order/1", problem("badNonce", "stale", 400))
    with pytest.raises(AcmeProblem, match="stale"):
        await client.fetch_order(server.url("/order/1"))
    assert len(server.asked_at("/order/1")) == 11


async def test_rate_limit_carries_the_retry_time(server: AcmeServer, client: AcmeClient) -> None:
    until = "Sun, 22 Nov 2026 13:00:00 GMT"
    server.say("/new-order", problem("rateLimited", "too many certificates", 429, Retry_After=until))
    with pytest.raises(AcmeProblem) as caught:
        await client.new_order(HOST)
    refused = caught.value
    assert (refused.code, refused.detail) == ("rateLimited", "too many certificates")
    assert (refused.status, refused.retry_after) == (429, 3600.0)


async def test_refusal_without_a_problem_document_keeps_its_words(
    server: AcmeServer, client: AcmeClient
) -> None:
    server.say("/new-order", Reply(b"<h1>Down for\n maintenance</h1>", 503, {"Retry-After": "120"}))
    with pytest.raises(AcmeProblem, match="Down for maintenance") as caught:
        await client.new_order(HOST)
    assert (caught.value.status, caught.value.retry_after) == (503, 120.0)


async def test_order_goes_on_without_replaces_when_replaced_already(
    server: AcmeServer, client: AcmeClient
) -> None:
    server.say("/new-order", problem("alreadyReplaced", "has a successor", 409), created(server))
    await client.new_order(HOST, replaces="aki.serial", profile="shortlived")
    first, second = (asked.payload or {} for asked in server.asked_at("/new-order"))
    assert (first["replaces"], first["profile"]) == ("aki.serial", "shortlived")
    assert "replaces" not in second
    assert second["profile"] == "shortlived"


async def test_finalised_order_is_waited_for_when_it_has_its_csr_already(
    server: AcmeServer, client: AcmeClient
) -> None:
    server.say("/order/1", Reply(server.order("processing")), Reply(server.order("valid")))
    server.say("/finalize/1", problem("orderNotReady", "status is processing"))
    order = await client.fetch_order(server.url("/order/1"))
    assert (await client.finalise(order, CSR, within_seconds=9)).status is OrderStatus.VALID


async def test_refusal_stands_when_the_order_is_not_ready(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/order/1", Reply(server.order("pending")))
    server.say("/finalize/1", problem("orderNotReady", "not authorised"))
    order = await client.fetch_order(server.url("/order/1"))
    with pytest.raises(AcmeProblem, match="not authorised"):
        await client.finalise(order, CSR, within_seconds=9)


async def test_invalid_order_brings_the_problem(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/order/1", Reply(server.order("ready")))
    error = {"type": "urn:ietf:params:acme:error:caa", "detail": "CAA forbids"}
    server.say("/finalize/1", Reply(server.order("invalid", error=error)))
    order = await client.fetch_order(server.url("/order/1"))
    order = await client.finalise(order, CSR, within_seconds=9)
    assert order.status is OrderStatus.INVALID
    assert order.problem and order.problem.code == "caa"


async def test_waiting_ends_at_the_deadline(
    server: AcmeServer, client: AcmeClient, time: SteppedTime
) -> None:
    server.say("/order/1", Reply(server.order("processing"), headers={"Retry-After": "300"}))
    with pytest.raises(AcmeTimeout):
        await client.wait_for_order(server.url("/order/1"), within_seconds=20)
    assert time.now == pytest.approx(20)


async def test_polling_survives_a_busy_ca(server: AcmeServer, client: AcmeClient) -> None:
    busy = problem("rateLimited", "slow down", 503, Retry_After="1")
    server.say("/order/1", busy, Reply(server.order("valid")))
    order = await client.wait_for_order(server.url("/order/1"), within_seconds=20)
    assert order.status is OrderStatus.VALID


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"not json"),
        Reply(b"[1]"),
        Reply(b"[" * 100_000),
        Reply(b"x" * ((1 << 20) + 1)),
        Reply({"status": "pending"}),
    ],
    ids=["text", "list", "deep", "long", "no finalize"],
)
async def test_malformed_answer_is_told_apart(server: AcmeServer, client: AcmeClient, reply: Reply) -> None:
    server.say("/order/1", reply)
    with pytest.raises(AcmeMalformed):
        await client.fetch_order(server.url("/order/1"))


async def test_directory_that_is_none_is_malformed(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/dir", Reply({"hello": "world"}))
    with pytest.raises(AcmeMalformed, match="newNonce"):
        await client.register(agree_terms=True)


async def test_ca_without_nonces_is_malformed(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/dir", Reply(_urls(server), nonce=False))
    server.say("/nonce", Reply(nonce=False))
    with pytest.raises(AcmeMalformed, match="nonce"):
        await client.register(agree_terms=True)


async def test_certificate_that_is_no_pem_is_malformed(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/order/1", Reply(server.order("valid", certificate=server.url("/certificate/1"))))
    server.say("/certificate/1", Reply(b"<html>"))
    order = await client.fetch_order(server.url("/order/1"))
    with pytest.raises(AcmeMalformed, match="not PEM"):
        await client.certificate(order)


async def test_ca_that_is_not_there_is_unreachable() -> None:
    url = f"http://127.0.0.1:{free_port()}/dir"
    async with AcmeClient(url, new_account_key(), clock=lambda: NOW) as client:
        with pytest.raises(AcmeUnreachable, match=r"no answer from http://127\.0\.0\.1"):
            await client.directory()


async def test_missing_root_of_the_ca_is_named() -> None:
    async with AcmeClient(
        "https://127.0.0.1:1/dir", new_account_key(), clock=lambda: NOW, ca_file="/no/such.pem"
    ) as client:
        with pytest.raises(AcmeUnreachable, match=r"ca_file /no/such\.pem"):
            await client.directory()


async def test_request_is_sent_again_when_the_connection_was_closed(
    server: AcmeServer, client: AcmeClient
) -> None:
    await client.register(agree_terms=True)
    server.say("/new-order", Reply(hang_up=True), created(server))
    assert (await client.new_order(HOST)).url == server.url("/order/1")
    assert len(server.asked_at("/new-order")) == 2


async def test_ca_that_hangs_up_for_ever_is_unreachable(server: AcmeServer, client: AcmeClient) -> None:
    await client.register(agree_terms=True)
    server.say("/new-order", Reply(hang_up=True))
    with pytest.raises(AcmeUnreachable):
        await client.new_order(HOST)
    assert len(server.asked_at("/new-order")) == 2


async def test_renewal_window_is_asked_by_certificate_id(server: AcmeServer, client: AcmeClient) -> None:
    root = load_root(*make_root(NOW, name="CA"))
    leaf_pem = issue(root, CSR, HOST, NOW, timedelta(days=90))
    path = f"/renewal-info/{certificate_id(x509.load_pem_x509_certificate(leaf_pem))}"
    window = {"start": "2027-01-20T00:00:00Z", "end": "2027-01-22T00:00:00Z"}
    server.say(path, Reply({"suggestedWindow": window}, headers={"Retry-After": "21600"}))
    found = await client.renewal_info(leaf_pem)
    assert found and found.start_at == datetime(2027, 1, 20, tzinfo=UTC)
    assert found.retry_after == 21600.0
    assert server.asked_at(path)[0].method == "GET"


async def test_nonce_with_foreign_characters_is_ignored(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/dir", Reply(_urls(server), headers={"Replay-Nonce": "a b"}, nonce=False))
    await client.register(agree_terms=True)
    assert len(server.asked_at("/nonce")) == 1


async def test_nonce_that_is_no_base64url_is_malformed(server: AcmeServer, client: AcmeClient) -> None:
    server.say("/dir", Reply(_urls(server), headers={"Replay-Nonce": "A"}, nonce=False))
    with pytest.raises(AcmeMalformed, match="nonce"):
        await client.register(agree_terms=True)


async def test_account_key_of_another_kind_is_refused(server: AcmeServer) -> None:
    key = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    async with AcmeClient(server.url("/dir"), key, clock=lambda: NOW) as client:
        with pytest.raises(ValueError, match="P-256"):
            await client.register(agree_terms=True)


def test_library_is_not_loaded_before_the_first_request() -> None:
    code = (
        "import edge.tls.acme.client, sys; sys.exit(bool({'acme', 'josepy', 'requests'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _urls(server: AcmeServer) -> dict[str, str]:
    names = {"newNonce": "/nonce", "newAccount": "/account", "newOrder": "/new-order"}
    return {name: server.url(path) for name, path in names.items()}
