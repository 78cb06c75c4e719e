"""The composition root: build all, start, wait, stop in reverse."""

import asyncio
import logging
import random
import resource
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from edge import collector, house, open_files, plain_http, rooms
from edge.binding import BACKLOG, shown
from edge.doors import Doors, inherited_doors, opened_doors
from edge.ending import Ending
from edge.house import House
from edge.http_server import Runner
from edge.jobs import (
    bill_sums,
    certificate_reminders,
    clean_up,
    exporter,
    reminders,
    retention,
    rollups,
    sizes,
    uploads,
)
from edge.jobs.announcements import Announcer
from edge.jobs.bulk_deeds import BulkDeeds
from edge.jobs.delivery import Delivery
from edge.jobs.freeing import Freeing
from edge.jobs.importer import Importer
from edge.jobs.mailings import Mailings
from edge.jobs.post import Post
from edge.listener import Listener
from edge.mail_provider import mail_provider
from edge.networks import is_within
from edge.observatory import Observatory
from edge.routing.snapshot import POLL_SECONDS
from edge.settings import Settings
from edge.street import Street
from edge.supervisor.inheritance import Inherited
from edge.supervisor.supervisor import REPLACED
from edge.tls.acme_authority import AcmeAuthority
from edge.tls.admission import Admission
from edge.tls.places import Places, within_files
from edge.tls.renewal import Timer
from edge.tls.windows import EVERY_SECONDS as WINDOWS_SECONDS
from edge.tls.windows import RenewalWindows
from edge.watching import check, watcher
from store.instants import Clock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a running edge accepts connections."""

    https: tuple[str, ...]
    http: tuple[str, ...]
    metrics: str = ""


def serve(settings: Settings, ready: Callable[[list[str]], None], inherited: Inherited | None = None) -> None:
    """Run until SIGTERM or SIGINT, or until a successor serves on the same sockets; on uvloop where there is one."""
    raise_file_limit()
    doors = inherited_doors(inherited) if inherited else None
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_until_signal(settings, lambda bound: _announce(bound, ready), doors))


def _announce(bound: Bound, ready: Callable[[list[str]], None]) -> None:
    collector.settle()
    ready([*bound.https, *bound.http])


def raise_file_limit() -> None:
    """As many connections as the system lets us have: services start with 1,024 files, for programs that `select`."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def system_clock() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 the clock that everybody else is given


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's loops where it is installed; None: asyncio's own."""
    try:
        import uvloop
    except ImportError:
        log.warning("uvloop is not installed; serving on asyncio's own loop, which is slower")
        return None
    return uvloop.new_event_loop


async def run(
    settings: Settings,
    stop: asyncio.Event,
    ready: Callable[[Bound], None],
    clock: Clock = system_clock,
    doors: Doors | None = None,
) -> None:
    """Build from the bottom up, serve until `stop` is set, take it all down in reverse.

    `doors` are open sockets; None: those of the settings are opened.
    """
    async with AsyncExitStack() as stack:
        opened = doors or opened_doors(settings)
        stack.callback(opened.close)
        observatory = Observatory(settings)
        metrics = await observatory.open(stack, opened.metrics)
        built = await house.build(settings, stop, clock, stack, observatory.meters)
        room = await rooms.open_all(built, stack)
        admission = Admission(
            built.store, clock, built.snapshot.resolve, built.certificates, room, built.strangers
        )
        introduces = _introduces(settings)
        crowd = _crowd(settings)
        tls = Listener(
            admission,
            max_waiting=settings.max_waiting_handshakes,
            crowd=crowd,
            introduces=introduces,
            ears=built.meters.ears,
        )
        stack.push_async_callback(tls.close)
        observatory.furnish(built, tls)
        plain = await rooms.serving(
            plain_http.build(
                built.store,
                built.snapshot.resolve,
                clock,
                settings.public_https_port,
                built.proof_key,
                built.certificates.saw,
            ),
            built,
            stack,
            rooms.PLAIN,
            introduces,
            Street(crowd),
        )
        stack.push_async_callback(tls.drain, float(settings.drain_seconds))
        bound = Bound(
            await _listen(tls, opened.https), await _listen_plain(plain, opened.http, stack), metrics
        )
        async with asyncio.TaskGroup() as services:
            loops = [services.create_task(work, name=name) for name, work in _loops(built)]
            log.info(
                "serving",
                extra={"names": len(built.snapshot), "issuer": built.ca.name, "metrics": metrics or None},
            )
            observatory.serving()
            ready(bound)
            await stop.wait()
            log.info("stopping")
            await observatory.leaving(replaced=isinstance(stop, Ending) and stop.replaced)
            for loop in loops:
                loop.cancel()


def _loops(built: House) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
    """What runs from the start to the end, each under its name."""
    store, clock, rounds, provider = built.store, built.clock, built.rounds, mail_provider(built.settings)
    yield "follow the store", _follow(built)
    yield "loop lag", built.meters.lag.run()
    yield "open files", open_files.watch()
    yield (
        "renewal timer",
        Timer(store, clock, built.certificates.renew, is_held=built.standstill.__bool__).run(),
    )
    yield "clean-up", clean_up.run(store, clock, rounds)
    yield "retention", retention.run(store, clock, rounds)
    yield "exports", exporter.run(store, clock, rounds)
    yield "uploads", uploads.run(store, clock, rounds)
    yield "imports", Importer(store, clock).run(rounds)
    yield "disk sizes", sizes.run(store, clock, rounds)
    yield "mailings", Mailings(store, clock, provider).run(rounds)
    yield "bulk deeds", BulkDeeds(store, clock, provider).run(rounds)
    yield "call sums", rollups.run(store, clock, rounds)
    yield "bill sums", bill_sums.run(store, clock, rounds)
    yield "reminders", reminders.run(store, clock, rounds)
    yield "watch", watcher(built).run(rounds)
    yield "freeing names", Freeing(store, clock, provider, lambda name: check(built, name)).run(rounds)
    if isinstance(built.ca, AcmeAuthority):
        windows = RenewalWindows(store, clock, built.ca.renewal_window, random.random)
        yield "renewal windows", rounds.repeat("renewal windows", windows.work, WINDOWS_SECONDS)
    yield "certificate reminders", certificate_reminders.run(store, clock, provider, rounds)
    yield "announcements", Announcer(store, clock, provider).run(rounds)
    if delivery := _delivery(built):
        yield "mail delivery", delivery.run(rounds)


async def _follow(built: House) -> None:
    """Take over what any process commits: routes, and certificates that replace loaded ones."""
    seen = -1
    while True:
        version = await built.store.data_version()
        if version != seen:
            built.certificates.forget(await built.snapshot.refresh())
            await built.certificates.refresh()
            await built.standstill.refresh()
            seen = version
        await asyncio.sleep(POLL_SECONDS)


def _delivery(built: House) -> Delivery | None:
    """Who sends the outbox's mail; None: no relay is set, so mail waits."""
    settings = built.settings
    if settings.smtp is None:
        return None
    return Delivery(
        built.store,
        built.clock,
        Post(settings.smtp, our_name=settings.admin_host, ca_file=settings.mail_ca_file),
        bounces=settings.mail_bounces,
        per_minute=settings.mail_per_minute,
        jitter=lambda: random.uniform(-1, 1),
    )


def _crowd(settings: Settings) -> Places:
    """Who may be connected, by https and http together; never so many that the store, the DNS and the CA are left
    without a file."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    total = within_files(settings.max_connections, files)
    if total < settings.max_connections:
        log.info("fewer connections than set", extra={"connections": total, "open_files": files})
    return Places(
        total,
        settings.max_connections_per_address,
        spared=lambda address: is_within(address, settings.trusted_proxies),
    )


def _introduces(settings: Settings) -> Callable[[str], bool] | None:
    """Whether a peer says who its connections are from; None: nobody does."""
    named = settings.proxy_protocol_from
    return (lambda address: is_within(address, named)) if named else None


async def _listen(listener: Listener, doors: Sequence[socket.socket]) -> tuple[str, ...]:
    return tuple(await listener.start(doors))


async def _listen_plain(
    runner: Runner, doors: Sequence[socket.socket], stack: AsyncExitStack
) -> tuple[str, ...]:
    for door in doors:
        site = web.SockSite(runner, door, backlog=BACKLOG)
        await site.start()
        stack.push_async_callback(site.stop)  # before anything drains: a successor may be there
    return tuple(shown(door) for door in doors)


async def _until_signal(settings: Settings, ready: Callable[[Bound], None], doors: Doors | None) -> None:
    ending = Ending()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    loop.add_signal_handler(REPLACED, ending.hand_over)
    await run(settings, ending, ready, doors=doors)
