"""The plaintext side: order, back pressure both ways, half-close, close, and what the application hears."""

import asyncio
import gc
import logging
import select
import socket
import ssl
from collections.abc import Callable
from typing import cast

import pytest

from edge.tls.backlog import PIECE
from edge.tls.connection import TlsConnection
from edge.tls.greeting import Greeting
from edge.tls.terms import Limits
from edge.tls.transport import MAX_AHEAD, TlsTransport
from tests.edge.tls.pump import (
    NAME,
    Client,
    Echo,
    Recorder,
    accept,
    always,
    client_context,
    pump,
    raw_exchange,
    serving,
)

LOOPS = ("asyncio", "uvloop")
MEGABYTE = 1 << 20


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for what no event announces."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def transport_of(app: Recorder) -> TlsTransport:
    assert isinstance(app.transport, TlsTransport)
    return app.transport


def pattern(size: int) -> bytes:
    """Bytes in which a lost or swapped piece shows."""
    return b"".join(number.to_bytes(8, "big") for number in range(size // 8))


# Reading


async def test_data_comes_in_order_and_in_pieces_of_a_record() -> None:
    app = Recorder()
    sent = pattern(MEGABYTE)
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(sent)
        await until(lambda: len(app.received) == len(sent))
    assert bytes(app.received) == sent
    assert max(app.sizes) == 16 * 1024


async def test_paused_application_stops_the_socket() -> None:
    app = Recorder(pause=True)
    async with serving(lambda: app) as port, Client(port) as client:
        sending = asyncio.create_task(client.send(bytes(20 * MEGABYTE)))
        await app.got_data.wait()
        await asyncio.sleep(0.2)
        assert len(app.received) <= 16 * 1024
        assert transport_of(app)._incoming.pending <= 256 * 1024
        assert not sending.done()
        app.transport.resume_reading()
        await sending
        await until(lambda: len(app.received) == 20 * MEGABYTE)


async def test_resume_feeds_what_is_buffered_although_nothing_more_comes() -> None:
    app = Recorder(pause=True)
    sent = pattern(64 * 1024)
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(sent)
        await app.got_data.wait()
        await asyncio.sleep(0.1)
        assert not app.transport.is_reading()
        app.transport.resume_reading()
        await until(lambda: len(app.received) == len(sent))
        assert app.transport.is_reading()
    assert bytes(app.received) == sent


async def test_pause_after_resume_holds_what_is_buffered() -> None:
    app = Recorder(pause=True)
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(bytes(64 * 1024))
        await app.got_data.wait()
        await asyncio.sleep(0.05)
        before = len(app.received)
        app.transport.resume_reading()
        app.transport.pause_reading()
        await asyncio.sleep(0.05)
        assert len(app.received) == before
        app.transport.resume_reading()
        await until(lambda: len(app.received) == 64 * 1024)


async def test_application_may_pause_and_resume_within_its_data() -> None:
    class Blinking(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.pause_reading()
            self.transport.pause_reading()
            self.transport.resume_reading()
            self.transport.resume_reading()

    app = Blinking()
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(pattern(MEGABYTE))
        await until(lambda: len(app.received) == MEGABYTE)
    assert bytes(app.received) == pattern(MEGABYTE)


async def test_data_together_with_the_end_of_the_handshake_is_read() -> None:
    async with serving(Echo) as port:
        assert "GET /" in await s_client_says(port, "GET / HTTP/1.1\r\n\r\n")


async def s_client_says(port: int, text: str) -> str:
    """`s_client` closes when its input ends; the echo comes back before that."""
    process = await asyncio.create_subprocess_exec(
        *("openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}", "-servername", NAME),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(text.encode())
    said = await process.stdout.readline()
    process.stdin.close()
    process.kill()
    await process.wait()
    return said.decode()


async def test_broken_record_ends_the_connection_with_an_alert() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port) as client:
        await app.made.wait()
        await client.send_raw(b"\x17\x03\x03\x00\x20" + bytes(32))
        with pytest.raises(ssl.SSLError, match=r"(?i)bad record mac"):
            await client.receive(1)
        await app.lost.wait()
    assert isinstance(app.error, ssl.SSLError)


# Writing


async def test_one_large_write_arrives_whole_and_little_is_encrypted_ahead() -> None:
    app = Recorder()
    sent = pattern(20 * MEGABYTE)
    async with serving(lambda: app) as port, Client(port, buffer=65_536) as client:
        await app.made.wait()
        app.transport.write(sent)
        assert app.calls == ["made", "pause"]
        raw = transport_of(app)._raw
        assert raw.get_write_buffer_size() <= MAX_AHEAD + 1_024
        assert app.transport.get_write_buffer_size() > MEGABYTE
        receiving = asyncio.create_task(client.receive(len(sent)))
        while not receiving.done():
            assert raw.get_write_buffer_size() <= MAX_AHEAD + 1_024
            await asyncio.sleep(0.001)
        assert await receiving == sent
        await asyncio.wait_for(app.resumed.wait(), 5)
    assert app.calls[:3] == ["made", "pause", "resume"]


async def test_writes_while_paused_keep_their_order() -> None:
    app = Recorder()
    pieces = [pattern(40_000), pattern(100_000), b"x", pattern(200_000)] * 20
    async with serving(lambda: app) as port, Client(port, buffer=65_536) as client:
        await app.made.wait()
        for number, piece in enumerate(pieces):
            app.transport.write(bytearray(piece) if number % 2 else memoryview(piece))
        whole = b"".join(pieces)
        assert await client.receive(len(whole)) == whole


async def test_buffers_that_change_after_the_write_do_not_change_what_is_sent() -> None:
    app = Recorder()
    changing = bytearray(b"a" * 100_000)
    async with serving(lambda: app) as port, Client(port, buffer=65_536) as client:
        await app.made.wait()
        app.transport.write(bytes(8 * MEGABYTE))
        app.transport.write(changing)
        changing[:] = b"b" * len(changing)
        assert (await client.receive(8 * MEGABYTE + 100_000))[-100_000:] == b"a" * 100_000


async def test_one_write_leaves_as_one_record() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port) as client:
        await app.made.wait()
        app.transport.writelines([b"head", b"", bytearray(b"body")])
        app.transport.write(b"")
        assert await asyncio.to_thread(client.socket.recv, 100) == b"headbody"


async def test_session_ticket_leaves_at_once() -> None:
    async with serving(Echo) as port, Client(port) as client:
        readable, _, _ = await asyncio.to_thread(select.select, [client.socket], [], [], 5)
        assert readable


async def test_limits_of_the_write_buffer_are_bounded() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port):
        await app.made.wait()
        app.transport.set_write_buffer_limits(high=10 * MEGABYTE, low=9 * MEGABYTE)
        assert app.transport.get_write_buffer_limits() == (MAX_AHEAD - PIECE, MAX_AHEAD - PIECE)
        app.transport.set_write_buffer_limits(high=1_000)
        assert app.transport.get_write_buffer_limits() == (250, 1_000)
        app.transport.set_write_buffer_limits()
        assert app.transport.get_write_buffer_limits() == (32 * 1024, 128 * 1024)
        assert not app.transport.can_write_eof()


# Ending


async def test_peer_that_ends_is_answered_when_the_application_keeps_open() -> None:
    app = Recorder(keep_open=True)
    async with serving(lambda: app) as port, Client(port, tls=client_context(tls_1_2=True)) as client:
        await client.send(b"question")
        ending = asyncio.create_task(half_close(client))
        await app.got_eof.wait()
        assert not app.transport.is_closing()
        app.transport.write(b"answer")
        app.transport.close()
        assert await ending == b"answer"
    assert app.calls == ["made", "eof", "lost"]


async def half_close(client: Client) -> bytes:
    """Send close_notify alone, then read on: `SSLSocket.unwrap` cannot, an SSLObject can."""
    process = client.socket

    def exchange() -> bytes:
        process.setblocking(False)
        try:
            process._sslobj.shutdown()  # type: ignore[attr-defined]
        except (ssl.SSLWantReadError, ssl.SSLError):
            pass
        process.settimeout(5)
        return process.recv(100)

    return await asyncio.to_thread(exchange)


async def test_peer_that_ends_is_closed_when_the_application_does_not_mind() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(b"question")
        await client.end()
        await app.lost.wait()
    assert app.calls == ["made", "eof", "lost"]
    assert app.error is None


@pytest.mark.parametrize("keep_open", [False, True])
async def test_end_without_close_notify_is_an_end(keep_open: bool) -> None:
    app = Recorder(keep_open=keep_open)
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(b"question")
        await client.drop()
        await app.got_eof.wait()
        assert bytes(app.received) == b"question"
        assert app.transport.is_closing() is not keep_open
        app.transport.close()
        await app.lost.wait()
    assert app.calls == ["made", "eof", "lost"]


async def test_data_before_the_end_is_read_first_by_a_paused_application() -> None:
    app = Recorder(pause=True)
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(bytes(64 * 1024))
        await client.drop()
        await app.got_data.wait()
        await asyncio.sleep(0.05)
        assert app.calls == ["made"]
        app.transport.resume_reading()
        await app.lost.wait()
    assert len(app.received) == 64 * 1024
    assert app.calls == ["made", "eof", "lost"]


async def test_close_sends_what_is_written_then_close_notify() -> None:
    app = Recorder()
    sent = pattern(8 * MEGABYTE)
    async with serving(lambda: app) as port, Client(port, buffer=65_536) as client:
        await app.made.wait()
        app.transport.write(sent)
        app.transport.close()
        app.transport.close()
        app.transport.write(b"too late")
        assert app.transport.is_closing()
        assert await client.receive(len(sent) + 1) == sent  # recv raises SSLEOFError without close_notify
        await asyncio.wait_for(app.lost.wait(), 5)


async def test_answer_survives_a_close_while_the_peer_still_sends() -> None:
    class Rejects(Recorder):
        def data_received(self, data: bytes) -> None:
            if not self.received:
                super().data_received(data)
                self.transport.write(b"too large")
                self.transport.close()

    app = Rejects()
    async with serving(lambda: app) as port, Client(port) as client:
        await client.send(bytes(MEGABYTE))
        assert await client.receive(100) == b"too large"


async def test_application_hears_of_its_own_close_without_the_peer() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port):
        await app.made.wait()
        app.transport.close()
        assert "lost" not in app.calls
        await asyncio.wait_for(app.lost.wait(), 0.5)
    assert app.error is None


async def test_peer_that_takes_nothing_is_cut_off_when_closing() -> None:
    app = Recorder()
    limits = Limits(stalled_seconds=0.1, linger_seconds=0.1)
    async with serving(lambda: app, limits=limits) as port, Client(port, buffer=4_096):
        await app.made.wait()
        app.transport.write(bytes(20 * MEGABYTE))
        app.transport.close()
        await asyncio.wait_for(app.lost.wait(), 5)


def shrink_send_buffer(app: Recorder) -> None:
    """So that what is written stays in the raw transport and not in the kernel."""
    app.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)


async def test_last_bytes_in_the_raw_buffer_arrive_and_then_the_socket_closes() -> None:
    app = Recorder()
    limits = Limits(stalled_seconds=5, linger_seconds=0.1)
    async with pump(always(accept(lambda: app)), limits=limits) as (listener, port):
        async with Client(port, buffer=4_096) as client:
            await app.made.wait()
            shrink_send_buffer(app)
            app.transport.write(pattern(64_000))
            assert app.transport.get_write_buffer_size() > 10_000
            app.transport.close()
            await app.lost.wait()
            assert await client.receive(64_001) == pattern(64_000)
            await until(lambda: not listener.connections, seconds=2)
    assert app.calls == ["made", "lost"]


async def test_peer_that_takes_none_of_the_raw_buffer_is_cut_off() -> None:
    app = Recorder()
    limits = Limits(stalled_seconds=0.1, linger_seconds=5)
    async with pump(always(accept(lambda: app)), limits=limits) as (listener, port):
        async with Client(port, buffer=4_096):
            await app.made.wait()
            shrink_send_buffer(app)
            app.transport.write(pattern(64_000))
            app.transport.close()
            await until(lambda: not listener.connections, seconds=2)


@pytest.mark.parametrize("size", [100_000, 4 * MEGABYTE])
async def test_slow_reader_gets_all_after_the_close(size: int) -> None:
    app = Recorder()
    limits = Limits(stalled_seconds=0.25, linger_seconds=0.25)
    async with serving(lambda: app, limits=limits) as port, Client(port, buffer=4_096) as client:
        await app.made.wait()
        shrink_send_buffer(app)
        app.transport.write(pattern(size))
        app.transport.close()
        received = bytearray()
        while data := await client.receive(size // 16):
            received += data
            await asyncio.sleep(0.05)
    assert bytes(received) == pattern(size)


async def test_abort_drops_what_is_written() -> None:
    app = Recorder()
    async with serving(lambda: app) as port, Client(port, buffer=65_536) as client:
        await app.made.wait()
        app.transport.write(bytes(8 * MEGABYTE))
        app.transport.abort()
        assert app.transport.is_closing()
        await app.lost.wait()
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await client.receive(8 * MEGABYTE)


async def test_reset_by_the_peer_reaches_the_application() -> None:
    app = Recorder()
    async with serving(lambda: app) as port:
        async with Client(port) as client:
            await app.made.wait()
            client.reset_on_close()
        await app.lost.wait()
    assert app.calls in (["made", "lost"], ["made", "eof", "lost"])
    app.transport.write(b"nobody hears it")
    app.transport.close()
    app.transport.abort()


async def test_application_that_fails_in_flow_control_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    class Fails(Recorder):
        def pause_writing(self) -> None:
            raise LookupError("bug")

    app = Fails()
    with caplog.at_level(logging.ERROR):
        async with serving(lambda: app) as port, Client(port, buffer=65_536) as client:
            await app.made.wait()
            app.transport.write(bytes(8 * MEGABYTE))
            assert len(await client.receive(8 * MEGABYTE)) == 8 * MEGABYTE
    assert "protocol.pause_writing() failed" in caplog.text


async def test_protocol_can_be_replaced() -> None:
    first, second = Recorder(), Recorder()
    async with serving(lambda: first) as port, Client(port) as client:
        await first.made.wait()
        first.transport.set_protocol(second)
        assert first.transport.get_protocol() is second
        await client.send(b"hello")
        await second.got_data.wait()
    assert bytes(second.received) == b"hello"
    assert not first.received


async def test_ended_connections_leave_nothing_to_the_collector() -> None:
    class Forgets(Echo):
        def connection_lost(self, exc: BaseException | None) -> None:
            del self._transport

    async with pump(always(accept(Forgets))) as (listener, port):
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                async with Client(port) as client:
                    await client.send(b"hello")
                    await client.receive(5)
                    await client.drop()
                    await client.receive(1)
            await raw_exchange(port, b"GET / HTTP/1.1")
            await until(lambda: not listener.connections)
            await asyncio.sleep(0)
            left = [
                item for item in gc.get_objects() if isinstance(item, TlsConnection | TlsTransport | Greeting)
            ]
            assert left == []
        finally:
            gc.enable()


async def test_tls_1_2_client_cannot_renegotiate() -> None:
    async with serving(Echo) as port:
        process = await asyncio.create_subprocess_exec(
            *("openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{port}", "-servername", NAME),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(b"R\n"), 10)
    assert b"no renegotiation" in said.lower()


async def test_key_update_is_answered() -> None:
    async with serving(Echo) as port:
        process = await asyncio.create_subprocess_exec(
            *("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", NAME),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b"K\n")
        await asyncio.sleep(0.2)
        process.stdin.write(b"after the update\n")
        async with asyncio.timeout(5):
            while b"after the update" not in await process.stdout.readline():
                pass
        process.stdin.close()
        process.kill()
        await process.wait()


@pytest.mark.parametrize("size", [1, 1_000_000])
async def test_last_words_and_the_end_arrive_together(size: int) -> None:
    class Parting(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport = cast(TlsTransport, transport)

        def data_received(self, data: bytes) -> None:
            self._transport.write_last(b"x" * size)
            assert self._transport.is_closing()
            self._transport.write(b"too late")

    async with serving(Parting) as port, Client(port) as client:
        await client.send(b"bye")
        assert await client.receive(size + 10) == b"x" * size
