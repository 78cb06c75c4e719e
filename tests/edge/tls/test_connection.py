"""The way of a connection to its certificate: hello, policy, waiting, handshake, and each way it can end."""

import asyncio
import logging
import socket
import ssl
import struct

import pytest

from edge.sni.alerts import Alert, fatal
from edge.sni.client_hello import ClientHello
from edge.tls.contexts import challenge_context
from edge.tls.terms import Accept, Arrival, Decision, Limits, Refuse
from tests.edge.sni.hellos import CHROMIUM, python_hello, records
from tests.edge.tls.pump import (
    NAME,
    QUICK,
    Client,
    Echo,
    Recorder,
    accept,
    always,
    client_context,
    count_asks,
    pump,
    raw_exchange,
    run,
    s_client,
    serving,
)
from tests.fakes.self_signed import self_signed

LOOPS = ("asyncio", "uvloop")
UNKNOWN = Refuse(Alert.UNRECOGNIZED_NAME, "unknown name")


@pytest.fixture(autouse=True)
def every_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "edge")


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an operator sees."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The closing lines so far."""
    return [record for record in caplog.records if record.getMessage() == "TLS connection closed"]


def outcomes(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["outcome"] for record in lines(caplog)]


# Hello


@pytest.mark.parametrize("size", [1, 100, 1_000])
async def test_hello_may_come_in_any_segments(size: int) -> None:
    seen: list[ClientHello] = []
    segments = [CHROMIUM[at : at + size] for at in range(0, len(CHROMIUM), size)]
    async with pump(count_asks(seen, UNKNOWN)) as (_, port):
        assert await raw_exchange(port, *segments) == fatal(Alert.UNRECOGNIZED_NAME)
    assert [hello.server_name for hello in seen] == [NAME]


async def test_hello_in_several_records_shakes_hands() -> None:
    async with serving(Echo) as port:
        answer = await raw_exchange(port, records(python_hello()[5:], 100), end=True)
    assert answer[:1] == b"\x16"


async def test_late_hello_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    async with pump(always(UNKNOWN), limits=QUICK) as (_, port):
        assert await raw_exchange(port, CHROMIUM[:100]) == fatal(Alert.INTERNAL_ERROR)
    assert outcomes(caplog) == ["refused: hello too late"]


async def test_silent_connection_is_closed_without_an_alert() -> None:
    async with pump(always(UNKNOWN), limits=QUICK) as (_, port):
        assert await raw_exchange(port) == b""


async def test_connection_that_sends_nothing_and_closes_is_no_event(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with pump(always(UNKNOWN)) as (listener, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.02)
        writer.close()
        await asyncio.sleep(0.05)
        assert listener.connections == 0
    assert events(caplog) == []


async def test_reset_before_the_hello_is_no_event(caplog: pytest.LogCaptureFixture) -> None:
    async with pump(always(UNKNOWN)) as (listener, port):
        client = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))
        await asyncio.sleep(0.02)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        await asyncio.sleep(0.05)
        assert listener.connections == 0
    assert events(caplog) == []


async def test_plain_http_gets_an_answer_in_plain_http(caplog: pytest.LogCaptureFixture) -> None:
    async with pump(always(UNKNOWN)) as (_, port):
        done = await run("curl", "-si", f"http://127.0.0.1:{port}/")
    assert done.returncode == 0, done
    assert done.stdout.startswith("HTTP/1.1 400 ")
    assert outcomes(caplog) == ["plain HTTP"]


async def test_bytes_that_are_not_tls_are_closed_without_an_answer() -> None:
    async with pump(always(UNKNOWN)) as (_, port):
        assert await raw_exchange(port, b"\x00\x01\x02") == b""


async def test_malformed_hello_gets_decode_error() -> None:
    broken = CHROMIUM[:44] + b"\xff" + CHROMIUM[45:]
    async with pump(always(UNKNOWN)) as (_, port):
        assert await raw_exchange(port, broken[:43] + b"\x21" + broken[44:]) == fatal(Alert.DECODE_ERROR)


# Alerts that real peers see


async def test_openssl_sees_unrecognized_name(caplog: pytest.LogCaptureFixture) -> None:
    async with pump(always(UNKNOWN)) as (_, port):
        said = await s_client(port, name="unknown.example")
    assert "tlsv1 unrecognized name" in said
    assert "SSL alert number 112" in said
    [line] = lines(caplog)
    assert (line.__dict__["sni"], line.__dict__["outcome"]) == ("unknown.example", "refused: unknown name")
    assert events(caplog) == ["TLS connection closed"]
    assert line.__dict__["peer"] == "127.0.0.1"


async def test_curl_sees_unrecognized_name() -> None:
    async with pump(always(UNKNOWN)) as (_, port):
        done = await run("curl", "-ksS", f"https://localhost:{port}/")
    assert (done.returncode, "unrecognized name" in done.stderr) == (35, True)


async def test_openssl_sees_protocol_version_and_nobody_is_asked() -> None:
    seen: list[ClientHello] = []
    async with pump(count_asks(seen, accept(Echo))) as (_, port):
        said = await s_client(port, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    assert "SSL alert number 70" in said
    assert seen == []


async def test_openssl_sees_no_application_protocol() -> None:
    async with serving(Echo) as port:
        said = await s_client(port, "-alpn", "h2")
    assert "SSL alert number 120" in said


async def test_openssl_sees_handshake_failure_when_no_cipher_fits(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Echo) as port:
        said = await s_client(port, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256")
    assert "SSL alert number 40" in said
    assert outcomes(caplog) == ["handshake failed: NO_SHARED_CIPHER"]


async def test_alert_arrives_although_the_client_goes_on_sending() -> None:
    async with pump(always(UNKNOWN)) as (_, port):
        assert await raw_exchange(port, CHROMIUM + bytes(200_000)) == fatal(Alert.UNRECOGNIZED_NAME)


async def test_client_that_keeps_its_side_open_is_closed_after_lingering() -> None:
    async with pump(always(UNKNOWN), limits=QUICK) as (listener, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(CHROMIUM)
        assert await reader.read() == fatal(Alert.UNRECOGNIZED_NAME)
        assert listener.connections == 1
        await asyncio.sleep(0.3)
        assert listener.connections == 0
        writer.close()


# Policy


async def test_policy_is_given_the_hello_and_the_address() -> None:
    asked: list[tuple[str | None, str]] = []

    def policy(hello: ClientHello, arrival: Arrival) -> Decision:
        asked.append((hello.server_name, arrival.address))
        return UNKNOWN

    async with pump(policy) as (_, port):
        await raw_exchange(port, CHROMIUM)
    assert asked == [(NAME, "127.0.0.1")]


async def test_failing_policy_is_an_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    def policy(hello: ClientHello, arrival: Arrival) -> Decision:
        raise LookupError("bug")

    async with pump(policy) as (_, port):
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)
    assert outcomes(caplog) == ["refused: policy failed"]


async def test_failing_factory_ends_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    def factory() -> asyncio.Protocol:
        raise LookupError("bug")

    async with serving(factory) as port, Client(port) as client:
        assert await client.receive(1) == b""
    assert outcomes(caplog) == ["no application protocol"]


async def test_connection_waits_for_a_certificate() -> None:
    ready = asyncio.get_running_loop().create_future()
    async with pump(always(ready)) as (listener, port):
        entering = asyncio.create_task(Client(port).__aenter__())
        while not listener.waiting:
            await asyncio.sleep(0.01)
        ready.set_result(accept(Echo))
        client = await entering
        await client.send(b"hello")
        assert await client.receive(5) == b"hello"
        await client.__aexit__()
        assert listener.waiting == 0


async def test_coroutine_of_a_policy_is_awaited() -> None:
    async def decide() -> Decision:
        await asyncio.sleep(0)
        return accept(Echo)

    async with pump(lambda hello, arrival: decide()) as (_, port), Client(port) as client:
        await client.send(b"hello")
        assert await client.receive(5) == b"hello"


async def test_refusal_after_waiting_is_an_alert() -> None:
    async def decide() -> Decision:
        return Refuse(Alert.INTERNAL_ERROR, "no certificate")

    async with pump(lambda hello, arrival: decide()) as (_, port):
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)


async def test_certificate_too_late_leaves_the_work_running(caplog: pytest.LogCaptureFixture) -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    async with pump(always(shared), limits=QUICK) as (listener, port):
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)
        assert listener.waiting == 0
        assert not shared.done()
        shared.set_result(UNKNOWN)
        await asyncio.sleep(0)
    assert outcomes(caplog) == ["refused: certificate too late"]


@pytest.mark.parametrize("reset", [False, True])
async def test_client_that_leaves_while_waiting_is_forgotten_and_the_work_goes_on(
    reset: bool, caplog: pytest.LogCaptureFixture
) -> None:
    gone_on = asyncio.Event()
    go = asyncio.Event()

    async def decide() -> Decision:
        await go.wait()
        gone_on.set()
        return accept(Echo)

    async with pump(lambda hello, arrival: decide()) as (listener, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(CHROMIUM)
        while not listener.waiting:
            await asyncio.sleep(0.01)
        writer.transport.abort() if reset else writer.close()
        while listener.connections:
            await asyncio.sleep(0.01)
        assert listener.waiting == 0
        go.set()
        async with asyncio.timeout(1):
            await gone_on.wait()
    assert outcomes(caplog) == ["left while waiting"]


async def test_client_that_leaves_in_the_turn_of_the_decision_is_let_go() -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    async with pump(always(shared)) as (listener, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(CHROMIUM)
        while not listener.waiting:
            await asyncio.sleep(0.01)
        shared.set_result(accept(Echo))
        for connection in tuple(listener._terms.connections):
            connection.close()
        await asyncio.sleep(0.05)
        writer.close()


async def test_many_share_one_future() -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    async with pump(always(shared)) as (listener, port):
        clients = [asyncio.create_task(Client(port).__aenter__()) for _ in range(4)]
        while listener.waiting < 4:
            await asyncio.sleep(0.01)
        shared.set_result(accept(Echo))
        for client in await asyncio.gather(*clients):
            await client.__aexit__()


async def test_failed_work_is_an_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    shared.set_exception(LookupError("secret"))
    async with pump(always(shared)) as (_, port):
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)
    assert outcomes(caplog) == ["refused: policy failed: LookupError"]


async def test_cancelled_work_is_an_internal_error() -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    shared.cancel()
    async with pump(always(shared)) as (_, port):
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)


async def test_flood_while_waiting_is_refused() -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    limits = Limits(early_bytes=1_000)
    async with pump(always(shared), limits=limits) as (_, port):
        assert await raw_exchange(port, CHROMIUM, bytes(60_000)) == fatal(Alert.UNEXPECTED_MESSAGE)


# Handshake


@pytest.mark.parametrize("tls_1_2", [False, True])
async def test_bytes_pass_both_ways(tls_1_2: bool, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Echo) as port:
        async with Client(port, tls=client_context(tls_1_2=tls_1_2)) as client:
            await client.send(b"hello")
            assert await client.receive(5) == b"hello"
            await client.end()
        await asyncio.sleep(0.05)
    [line] = lines(caplog)
    facts = {key: line.__dict__[key] for key in ("sni", "outcome", "version")}
    assert facts == {"sni": NAME, "outcome": "served", "version": "TLSv1.2" if tls_1_2 else "TLSv1.3"}
    assert line.__dict__["cipher"] and line.__dict__["milliseconds"] >= 0


async def test_late_handshake_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    async with pump(always(accept(Echo)), limits=QUICK) as (_, port):
        answer = await raw_exchange(port, python_hello())
    assert answer.endswith(fatal(Alert.INTERNAL_ERROR))
    assert outcomes(caplog) == ["refused: handshake too late"]


async def test_client_that_distrusts_us_leaves_one_line(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Echo) as port:
        done = await run("curl", "-sS", "--resolve", f"{NAME}:{port}:127.0.0.1", f"https://{NAME}:{port}/")
        await asyncio.sleep(0.05)
    assert done.returncode == 60
    assert outcomes(caplog) == ["handshake failed: TLSV1_ALERT_UNKNOWN_CA"]
    assert all(record.exc_info is None for record in caplog.records)


async def test_garbage_in_the_handshake_gets_an_alert() -> None:
    async with serving(Echo) as port:
        answer = await raw_exchange(port, python_hello(tls_1_2=True), b"\x16\x03\x03\x00\x05hello")
    assert answer[-7:-1] == fatal(0)[:6]


async def test_client_that_leaves_in_the_handshake_is_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Echo) as port:
        await raw_exchange(port, python_hello(), end=True)
        await asyncio.sleep(0.05)
    assert outcomes(caplog) == ["left in the handshake"]


async def test_challenge_is_answered_and_closed_quietly(caplog: pytest.LogCaptureFixture) -> None:
    context = challenge_context(*self_signed(NAME))
    decision = Accept(context, None, NAME, alpn=(b"acme-tls/1",))
    async with pump(always(decision)) as (_, port):
        async with Client(port, tls=client_context(("acme-tls/1",))) as client:
            assert client.socket.selected_alpn_protocol() == "acme-tls/1"
            assert await client.receive(1) == b""
        await asyncio.sleep(0.05)
    assert outcomes(caplog) == ["challenge answered"]


async def test_text_from_outside_cannot_break_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    name = b"billing.customer.exampl\n"
    async with pump(always(UNKNOWN)) as (_, port):
        await raw_exchange(port, CHROMIUM.replace(NAME.encode(), name))
    assert [line.__dict__["sni"] for line in lines(caplog)] == [r"'billing.customer.exampl\n'"]


async def test_application_can_ask_who_is_there() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port) as client:
        await app.made.wait()
        info = app.transport.get_extra_info
        assert info("peername") == client.socket.getsockname()
        assert info("sockname") == ("127.0.0.1", port)
        assert info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert isinstance(info("sslcontext"), ssl.SSLContext)
        assert info("ssl_object").version() == "TLSv1.3"
        assert info("peercert") is None
        assert info("brassplate.hostname") == NAME
        assert info("brassplate.hello").alpn == (b"http/1.1",)
        assert info("nothing", "default") == "default"
