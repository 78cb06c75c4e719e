"""The composition root: build all, start, wait, stop in reverse."""

import asyncio
import logging
import random
import signal
import sqlite3
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

import admin.app
import portal.app
from admin.provider import ProviderFacts
from edge import own_names, plain_http
from edge.dns.confirmation import Confirmer
from edge.dns.resolver import Resolver
from edge.http_server import Runner
from edge.jobs import clean_up
from edge.jobs.completion import Completion
from edge.jobs.proof import Prover
from edge.listener import Listener
from edge.proxy.forward import Forwarder, leave_as_sent
from edge.routing import proof
from edge.routing.authority import hostname_of, one_name
from edge.routing.snapshot import POLL_SECONDS, Snapshot
from edge.settings import Settings
from edge.tls import local_authority
from edge.tls.acme_authority import AcmeAuthority, AcmeSettings
from edge.tls.admission import Admission, ProtocolFactory
from edge.tls.authority import CertificateAuthority
from edge.tls.certificates import Certificates
from edge.tls.contexts import Contexts
from edge.tls.issuer import Issuer
from edge.tls.local_authority import LocalAuthority
from edge.tls.renewal import Timer
from store import domains, installation, organisations
from store.database import Store
from store.destination import Destination, Room
from store.diagnosis import Diagnosis
from store.domains import HostnameTaken
from store.hostname import Hostname, canonical, registered_domain
from store.instants import Clock
from store.tasks import OwnedTasks
from store.vault import Vault

log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0


class CannotStart(Exception):
    """The process cannot serve; the text says why."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a running edge accepts connections."""

    https: tuple[str, ...]
    http: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _House:
    """What stands before any door is opened."""

    settings: Settings
    stop: asyncio.Event
    clock: Clock
    store: Store
    snapshot: Snapshot
    resolver: Resolver
    confirmer: Confirmer
    ca: CertificateAuthority
    trust: ssl.SSLContext
    certificates: Certificates
    proof_key: bytes


def serve(settings: Settings, ready: Callable[[list[str]], None]) -> None:
    """Run until SIGTERM or SIGINT, on uvloop where it is installed."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_until_signal(settings, lambda bound: ready([*bound.https, *bound.http])))


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
) -> None:
    """Build from the bottom up, serve until `stop` is set, take it all down in reverse."""
    async with AsyncExitStack() as stack:
        house = await _build(settings, stop, clock, stack)
        rooms = await _rooms(house, stack)
        admission = Admission(house.store, clock, house.snapshot.resolve, house.certificates, rooms)
        tls = Listener(admission, max_waiting=settings.max_waiting_handshakes)
        stack.push_async_callback(tls.close)
        plain = await _runner(
            plain_http.build(house.store, house.snapshot.resolve, clock, settings.public_https_port),
            house,
            stack,
        )
        bound = Bound(await _listen(tls, settings.https), await _listen_plain(plain, settings.http))
        stack.push_async_callback(tls.drain, DRAIN_SECONDS)
        async with asyncio.TaskGroup() as services:
            loops = (
                services.create_task(_follow(house), name="follow the store"),
                services.create_task(
                    Timer(house.store, clock, house.certificates.renew).run(), name="renewal timer"
                ),
                services.create_task(clean_up.run(house.store, clock), name="clean-up"),
            )
            log.info("serving", extra={"names": len(house.snapshot), "issuer": house.ca.name})
            ready(bound)
            await stop.wait()
            log.info("stopping")
            for loop in loops:
                loop.cancel()


async def _build(settings: Settings, stop: asyncio.Event, clock: Clock, stack: AsyncExitStack) -> _House:
    vault = Vault.from_file(settings.master_key_file)
    settings.store_path.parent.mkdir(parents=True, exist_ok=True)
    store = await Store.open(settings.store_path)
    stack.push_async_callback(store.close)
    await store.write(_register_own_names, settings, clock())
    snapshot = Snapshot(store)
    await snapshot.refresh()
    # Reading the list of public suffixes takes 70 ms: not in a visitor's time, and not on the loop.
    await asyncio.to_thread(registered_domain, _hostname(settings.cname_target))
    resolver = Resolver(settings.resolvers)
    confirmer = Confirmer(resolver, clock, _hostname(settings.cname_target), settings.addresses)
    ca, trust = await _authority(settings, store, vault, clock, stack)
    issuer = Issuer(
        store=store,
        vault=vault,
        ca=ca,
        confirm=confirmer.confirm,
        resolve=snapshot.resolve,
        clock=clock,
        jitter=lambda: random.uniform(-1, 1),
    )
    certificates = Certificates(store, vault, Contexts(), issuer.issue, clock)
    stack.push_async_callback(certificates.close)
    await certificates.refresh()
    proof_key = await store.write(installation.proof_key)
    return _House(
        settings, stop, clock, store, snapshot, resolver, confirmer, ca, trust, certificates, proof_key
    )


async def _authority(
    settings: Settings, store: Store, vault: Vault, clock: Clock, stack: AsyncExitStack
) -> tuple[CertificateAuthority, ssl.SSLContext]:
    """The issuer, and what visitors trust."""
    trust = ssl.create_default_context()
    if settings.issuer == "local":
        root = await local_authority.open_root(
            store,
            vault,
            clock,
            root_file=settings.root_file,
            days=settings.root_days,
            permitted=settings.root_permits,
        )
        trust.load_verify_locations(settings.root_file)
        return LocalAuthority(root, clock, timedelta(hours=settings.leaf_hours)), trust
    if settings.trust_file:
        trust.load_verify_locations(settings.trust_file)
    acme = AcmeAuthority(
        store,
        vault,
        clock,
        AcmeSettings(
            directory=settings.directory,
            contact=settings.contact,
            agree_terms=settings.agree_terms,
            ca_file=str(settings.ca_file or ""),
            challenges=settings.challenges,
        ),
    )
    stack.push_async_callback(acme.close)
    warming = OwnedTasks()
    stack.push_async_callback(warming.close)
    warming.start(acme.prepare(), "prepare the CA account")
    return acme, trust


async def _rooms(house: _House, stack: AsyncExitStack) -> Callable[[Destination], ProtocolFactory]:
    """The applications behind the doors."""
    own_answer = proof.answering(house.proof_key)
    forwarder = Forwarder(_upstream_of(house.snapshot))
    await forwarder.open()
    stack.push_async_callback(forwarder.close)
    proxy_app = web.Application(middlewares=[one_name, own_answer], client_max_size=0)
    proxy_app.router.add_route("*", "/{path:(?s:.*)}", forwarder.forward)
    proxy_app.on_response_prepare.append(leave_as_sent)
    portal_app = portal.app.build(
        house.store,
        clock=house.clock,
        resolve=house.snapshot.resolve,
        hostname_of=hostname_of,
        public_port=house.settings.public_https_port,
        middlewares=[own_answer],
    )
    completion = await _completion(house, stack)
    admin_app = admin.app.build(
        house.store,
        clock=house.clock,
        hostname_of=hostname_of,
        facts=_provider_facts(house),
        check=lambda hostname: _check(house, hostname),
        complete=completion.start,
        middlewares=[own_answer],
    )
    servers = {
        Room.PORTAL: (await _runner(portal_app, house, stack)).server,
        Room.ADMIN: (await _runner(admin_app, house, stack)).server,
        Room.UPSTREAM: (await _runner(proxy_app, house, stack)).server,
    }

    def room(destination: Destination) -> ProtocolFactory:
        server = servers[destination.room]
        assert server
        return server

    return room


async def _completion(house: _House, stack: AsyncExitStack) -> Completion:
    async def issue(hostname: Hostname) -> bool:
        return isinstance(await house.certificates.context_for(hostname, "wizard"), ssl.SSLContext)

    prover = Prover(
        house.resolver.addresses,
        house.confirmer.our_addresses,
        house.trust,
        house.settings.public_https_port,
        lambda hostname, nonce: (proof.PREFIX + nonce, proof.answer(house.proof_key, hostname, nonce)),
    )
    completion = Completion(
        house.store, house.clock, lambda hostname: _check(house, hostname), issue, prover.prove
    )
    stack.push_async_callback(completion.close)
    return completion


def _provider_facts(house: _House) -> ProviderFacts:
    settings = house.settings
    return ProviderFacts(
        admin_host=_hostname(settings.admin_host),
        cname_target=_hostname(settings.cname_target),
        provider_domain=settings.provider_domain,
        public_https_port=settings.public_https_port,
        operator_name=settings.operator_name,
        support_email=settings.support_email,
        public_ca=settings.issuer == "acme" and settings.trust_file is None,
        addresses=house.confirmer.our_addresses,
    )


async def _check(house: _House, hostname: Hostname) -> Diagnosis:
    """Look at a registered name's DNS now, keep and give what it says."""
    domain = await house.store.read(domains.by_hostname, hostname)
    if domain is None:
        raise LookupError(f"{hostname} is not registered")
    diagnosis = (await house.confirmer.confirm(domain.destination, fresh=True)).diagnosis
    await house.store.write(domains.set_diagnosis, hostname, diagnosis, house.clock())
    return diagnosis


async def _follow(house: _House) -> None:
    """Take over what any process commits: routes, and certificates that replace loaded ones."""
    seen = -1
    while True:
        version = await house.store.data_version()
        if version != seen:
            await house.snapshot.refresh()
            await house.certificates.refresh()
            seen = version
        await asyncio.sleep(POLL_SECONDS)


def _register_own_names(db: sqlite3.Connection, settings: Settings, now: datetime) -> None:
    given = (own_names.provider_name(settings, each) for each in organisations.every(db))
    for name in (own_names.admin_name(settings), *(name for name in given if name)):
        try:
            domains.put_own(db, name, now)
        except HostnameTaken:
            raise CannotStart(
                f"{name.hostname} is in the settings, but a client has it as a domain"
            ) from None


def _upstream_of(snapshot: Snapshot) -> Callable[[Hostname], str | None]:
    def upstream(hostname: Hostname) -> str | None:
        destination = snapshot.resolve(hostname)
        if destination is None or destination.suspended or not destination.upstreams:
            return None
        return destination.upstreams[0]

    return upstream


async def _runner(app: web.Application, house: _House, stack: AsyncExitStack) -> Runner:
    runner = Runner(app, is_stopping=house.stop.is_set, shutdown_seconds=DRAIN_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    return runner


async def _listen(listener: Listener, addresses: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(await listener.start(addresses))
    except OSError as error:
        raise CannotStart(f"edge.https {', '.join(addresses)}: {error}") from error


async def _listen_plain(runner: Runner, addresses: tuple[str, ...]) -> tuple[str, ...]:
    for address in addresses:
        host, _, port = address.rpartition(":")
        site = web.TCPSite(runner, host.removeprefix("[").removesuffix("]"), int(port))
        try:
            await site.start()
        except OSError as error:
            raise CannotStart(f"edge.http {address}: {error}") from error
    return tuple(
        f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port, *_ in runner.addresses
    )


def _hostname(text: str) -> Hostname:
    hostname = canonical(text)
    assert hostname, text
    return hostname


async def _until_signal(settings: Settings, ready: Callable[[Bound], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(settings, stop, ready)
