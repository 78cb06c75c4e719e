"""The listener: addresses, counts, bounds, and the order in which it ends."""

import asyncio
import socket

import pytest

from edge.listener import Listener
from edge.sni.alerts import Alert, fatal
from edge.tls.places import Places
from edge.tls.terms import Decision, Limits, Refuse
from tests.edge.sni.hellos import CHROMIUM
from tests.edge.tls.pump import Client, Echo, Recorder, accept, always, pump, raw_exchange, serving

LOOPS = ("asyncio", "uvloop")
UNKNOWN = always(Refuse(Alert.UNRECOGNIZED_NAME, "unknown name"))


async def test_all_addresses_are_bound_and_told() -> None:
    listener = Listener(UNKNOWN)
    bound = await listener.start(["127.0.0.1:0", "[::1]:0", "127.0.0.2:0"])
    try:
        assert [address.rpartition(":")[0] for address in bound] == ["127.0.0.1", "[::1]", "127.0.0.2"]
        for address in bound:
            host, _, port = address.rpartition(":")
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.write(CHROMIUM)
            assert await reader.read() == fatal(Alert.UNRECOGNIZED_NAME)
            writer.close()
    finally:
        await listener.close()


async def test_v4_and_v6_may_share_a_port() -> None:
    listener = Listener(UNKNOWN)
    [first] = await listener.start(["0.0.0.0:0"])
    port = first.rpartition(":")[2]
    assert await listener.start([f"[::]:{port}"]) == [f"[::]:{port}"]
    await listener.close()


async def test_listening_sockets_are_taken_over() -> None:
    given = socket.create_server(("127.0.0.1", 0))
    listener = Listener(UNKNOWN)
    [address] = await listener.start([given])
    assert await raw_exchange(int(address.rpartition(":")[2]), CHROMIUM) == fatal(Alert.UNRECOGNIZED_NAME)
    await listener.close()


async def test_taken_address_is_named_and_nothing_stays_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        listener = Listener(UNKNOWN)
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            await listener.start([f"127.0.0.2:{port}", f"127.0.0.1:{port}"])
        with socket.create_server(("127.0.0.2", port)):
            pass
        await listener.close()


@pytest.mark.parametrize("address", ["", "443", "host", "::1:443", "127.0.0.1:https", "[::1]"])
async def test_text_that_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(OSError, match="host:port"):
        await Listener(UNKNOWN).start([address])


async def test_connections_are_counted() -> None:
    async with pump(always(accept(Echo))) as (listener, port):
        assert listener.connections == 0
        async with Client(port):
            assert listener.connections == 1
        while listener.connections:
            await asyncio.sleep(0.01)


async def test_handshakes_that_wait_are_bounded() -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    async with pump(always(shared), max_waiting=3) as (listener, port):
        waiting = [asyncio.create_task(raw_exchange(port, CHROMIUM)) for _ in range(3)]
        while listener.waiting < 3:
            await asyncio.sleep(0.01)
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)
        shared.set_result(Refuse(Alert.UNRECOGNIZED_NAME, "gone"))
        assert set(await asyncio.gather(*waiting)) == {fatal(Alert.UNRECOGNIZED_NAME)}
        assert listener.waiting == 0


async def test_handshakes_that_wait_are_bounded_for_one_address() -> None:
    asked = 0

    async def decide() -> Decision:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()
        raise AssertionError

    async with pump(lambda hello, arrival: decide(), max_waiting_per_address=1) as (listener, port):
        first = asyncio.create_task(raw_exchange(port, CHROMIUM))
        while not listener.waiting:
            await asyncio.sleep(0.01)
        assert await raw_exchange(port, CHROMIUM) == fatal(Alert.INTERNAL_ERROR)
        assert asked == 1
        first.cancel()


async def test_connections_are_bounded_for_one_address(caplog: pytest.LogCaptureFixture) -> None:
    app = Recorder()
    with caplog.at_level("INFO", "edge.tls"):
        async with serving(lambda: app, crowd=Places(per_address=1)) as port:
            async with Client(port):
                with pytest.raises(OSError):
                    async with Client(port):
                        pass
            async with asyncio.timeout(2):
                while True:  # whoever leaves makes room
                    try:
                        async with Client(port):
                            break
                    except OSError:
                        await asyncio.sleep(0.02)
    assert "refused: too many connections" in {getattr(one, "outcome", "") for one in caplog.records}


async def test_connections_are_bounded_in_all() -> None:
    app = Recorder()
    async with serving(lambda: app, crowd=Places(total=1, spared=lambda address: True)) as port:
        async with Client(port):
            with pytest.raises(OSError):
                async with Client(port):
                    pass


async def test_a_connection_on_which_nothing_moves_is_cut_off() -> None:
    app = Recorder()
    async with serving(lambda: app, limits=Limits(idle_seconds=0.1)) as port, Client(port) as client:
        await client.send(b"half a request")
        await asyncio.wait_for(app.lost.wait(), 2)
        with pytest.raises(OSError):
            await client.receive(1)


async def test_a_peer_that_takes_nothing_of_an_answer_is_cut_off() -> None:
    app = Recorder()
    limits = Limits(idle_seconds=0.1)
    async with serving(lambda: app, limits=limits) as port, Client(port, buffer=4096):
        await app.made.wait()
        app.transport.write(bytes(16 * 2**20))
        await asyncio.wait_for(app.lost.wait(), 2)


async def test_a_slow_connection_is_not_idle() -> None:
    async with serving(Echo, limits=Limits(idle_seconds=0.2)) as port, Client(port) as client:
        for _ in range(12):
            await client.send(b"x")
            assert await client.receive(1) == b"x"
            await asyncio.sleep(0.05)


async def test_a_peer_that_takes_an_answer_by_drops_is_cut_off_whatever_it_sends() -> None:
    app = Recorder()
    limits = Limits(idle_seconds=0.2)
    async with serving(lambda: app, limits=limits) as port, Client(port, buffer=4096) as client:
        await app.made.wait()
        app.transport.write(bytes(16 * 2**20))
        while not app.lost.is_set():
            try:
                await client.send(b"x")
                await client.receive(1)
            except OSError:
                break
            await asyncio.sleep(0.02)
        await asyncio.wait_for(app.lost.wait(), 2)


async def test_drain_waits_for_connections_that_end_by_themselves() -> None:
    app = Recorder()
    async with pump(always(accept(lambda: app))) as (listener, port), Client(port) as client:
        await app.made.wait()
        draining = asyncio.create_task(listener.drain(5))
        await asyncio.sleep(0.05)
        assert not draining.done()
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", port)
        app.transport.write(b"last words")
        app.transport.close()
        assert await client.receive(100) == b"last words"
        await client.drop()
        await asyncio.wait_for(draining, 2)
        assert listener.connections == 0


async def test_idle_connections_end_in_order_at_the_limit() -> None:
    app = Recorder()
    async with pump(always(accept(lambda: app))) as (listener, port), Client(port) as client:
        await app.made.wait()
        draining = asyncio.create_task(listener.drain(0.1))
        assert await client.receive(1) == b""  # close_notify, or recv would raise
        await client.drop()
        await asyncio.wait_for(draining, 2)


async def test_handshakes_that_wait_get_an_alert_at_the_limit() -> None:
    shared: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    async with pump(always(shared)) as (listener, port):
        waiting = asyncio.create_task(raw_exchange(port, CHROMIUM))
        while not listener.waiting:
            await asyncio.sleep(0.01)
        await listener.drain(0.05)
        assert await waiting == fatal(Alert.INTERNAL_ERROR)
        assert not shared.done()


async def test_close_drops_what_is_left() -> None:
    app = Recorder()
    async with pump(always(accept(lambda: app)), limits=Limits(linger_seconds=0.1)) as (listener, port):
        async with Client(port) as client:
            await app.made.wait()
            await listener.close()
            assert listener.connections == 0
            assert "lost" in app.calls
            client.reset_on_close()


async def test_drain_of_an_idle_listener_is_immediate() -> None:
    async with pump(UNKNOWN) as (listener, _):
        async with asyncio.timeout(0.5):
            await listener.drain(60)
