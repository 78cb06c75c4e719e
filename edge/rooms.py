"""Rooms: the applications behind the doors: portal, admin, and the way to upstreams."""

import sqlite3
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Middleware

import admin.api.app
import admin.app
import portal.app
from admin.provider import ProviderFacts
from edge import following, own_names, upstream_room
from edge import front as front_page
from edge.access import Access
from edge.dns.proxies import is_cloudflare
from edge.house import House
from edge.http_server import Runner
from edge.jobs.announcements import Announcer
from edge.jobs.awaiting import Awaiting
from edge.jobs.completion import Completion
from edge.jobs.proof import Prover
from edge.mail_provider import mail_provider
from edge.operations import operations
from edge.proxy.proxy import Proxy
from edge.routing import proof
from edge.routing.authority import hostname_of
from edge.routing.client_address import named_by_proxy
from edge.routing.hsts import strict_transport
from edge.routing.snapshot import Snapshot
from edge.settings import Settings
from edge.street import Street
from edge.tls.admission import FRONT, ProtocolFactory
from edge.watching import check
from store import changeover
from store.destination import Destination, Room
from store.hostname import Hostname
from store.tasks import OwnedTasks

SHUTDOWN_SECONDS = 10.0
PLAIN = "plain"
"""What requests on port 80 are counted as."""


async def open_all(house: House, stack: AsyncExitStack) -> Callable[[Destination], ProtocolFactory]:
    """Set up every application; gives the protocol factory of a destination."""
    own_answer = proof.answering(house.proof_key)
    portal_app = portal.app.build(
        house.store,
        clock=house.clock,
        resolve=house.snapshot.resolve,
        hostname_of=hostname_of,
        provider=mail_provider(house.settings),
        vault=house.vault,
        middlewares=[named_by_proxy(house.snapshot.resolve, is_cloudflare), own_answer],
    )
    completion = await _completion(house, stack)
    looking = following.looking(house, completion)
    stack.push_async_callback(looking.close)
    background = OwnedTasks()
    stack.push_async_callback(background.close)
    awaiting = Awaiting(house.store, house.clock, completion.complete)
    background.start(awaiting.run(house.rounds), "names being set up")
    admin_app = admin.app.build(
        house.store,
        clock=house.clock,
        hostname_of=hostname_of,
        facts=_provider_facts(house),
        operations=operations(
            house,
            check=lambda hostname: check(house, hostname),
            complete=completion.start,
            follow=looking.follow,
        ),
        vault=house.vault,
        middlewares=[own_answer],
    )
    servers: dict[Room, ProtocolFactory | None] = {
        Room.PORTAL: (await serving(portal_app, house, stack, Room.PORTAL.value)).server,
        Room.ADMIN: (await serving(admin_app, house, stack, Room.ADMIN.value)).server,
        Room.UPSTREAM: _proxy(house, stack),
    }

    if house.settings.api_host:
        api = await serving(_api(house, own_answer), house, stack, Room.API.value)
        servers[Room.API] = api.server

    front = await serving(
        front_page.build(house.settings.operator_name, house.settings.support_email), house, stack, FRONT
    )
    target = own_names.hostname(house.settings.cname_target)

    def room(destination: Destination) -> ProtocolFactory:
        if destination.hostname == target:
            assert front.server
            return front.server
        server = servers[destination.room]
        assert server
        return server

    return room


def _proxy(house: House, stack: AsyncExitStack) -> Proxy:
    proxy = Proxy(
        upstream_room.terms(
            house.settings,
            house.snapshot.resolve,
            house.proof_key,
            clock=house.clock,
            is_stopping=house.stop.is_set,
            answered=access(house, Room.UPSTREAM.value).of_proxy,
        )
    )
    stack.push_async_callback(proxy.close)
    return proxy


def _api(house: House, own_answer: Middleware) -> web.Application:
    return admin.api.app.build(
        house.store,
        clock=house.clock,
        hostname_of=hostname_of,
        api_host=own_names.hostname(house.settings.api_host),
        public_port=house.settings.public_https_port,
        middlewares=[own_answer],
    )


def is_public_ca(settings: Settings) -> bool:
    """Whether visitors trust the certificates without being told to."""
    return settings.issuer == "acme" and settings.trust_file is None


def access(house: House, destination: str) -> Access:
    """Who hears of the answers of one destination."""
    return Access(destination, house.meters.answered, house.settings.log_access)


async def serving(
    app: web.Application,
    house: House,
    stack: AsyncExitStack,
    destination: str,
    introduces: Callable[[str], bool] | None = None,
    street: Street | None = None,
) -> Runner:
    """An application made ready to take connections; `destination` is what its requests are counted as,
    `introduces` as the listener has it, `street` of a listener of its own."""
    if destination != PLAIN and is_public_ca(house.settings):
        app.on_response_prepare.append(strict_transport(house.snapshot.resolve))
    runner = Runner(
        app,
        is_stopping=house.stop.is_set,
        shutdown_seconds=SHUTDOWN_SECONDS,
        introduces=introduces,
        answered=access(house, destination).of_aiohttp,
        street=street,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    return runner


async def _completion(house: House, stack: AsyncExitStack) -> Completion:
    async def issue(hostname: Hostname) -> bool:
        return isinstance(await house.certificates.context_for(hostname, "wizard"), ssl.SSLContext)

    prover = Prover(
        lambda hostname: following.addresses(house, hostname),
        house.confirmer.our_addresses,
        house.trust,
        house.settings.public_https_port,
        lambda hostname, nonce: (proof.PREFIX + nonce, proof.answer(house.proof_key, hostname, nonce)),
        _through_proxy(house.snapshot),
    )
    announcer = Announcer(house.store, house.clock, mail_provider(house.settings))

    def set_live(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
        announcer.set_live(db, hostname, now)
        changeover.arrive(db, hostname, house.settings.provider_domain, now)

    completion = Completion(
        house.store,
        house.clock,
        lambda hostname: check(house, hostname),
        issue,
        prover.prove,
        set_live=set_live,
        support=house.settings.support_email,
    )
    stack.push_async_callback(completion.close)
    return completion


def _provider_facts(house: House) -> ProviderFacts:
    settings = house.settings
    return ProviderFacts(
        admin_host=own_names.hostname(settings.admin_host),
        cname_target=own_names.hostname(settings.cname_target),
        provider_domain=settings.provider_domain,
        public_https_port=settings.public_https_port,
        api_host=own_names.hostname(settings.api_host) if settings.api_host else None,
        operator_name=settings.operator_name,
        support_email=settings.support_email,
        public_ca=is_public_ca(settings),
        addresses=house.confirmer.our_addresses,
        mail=mail_provider(settings),
        require_second_factor=settings.require_second_factor,
        mail_goes_out=settings.smtp is not None,
        spf=settings.mail_spf,
        texts=house.resolver.texts,
    )


def _through_proxy(snapshot: Snapshot) -> Callable[[Hostname, str], bool]:
    """Whether an address leads to us although it is not ours: Cloudflare's, of a name that is set to have it."""

    def leads_on(hostname: Hostname, address: str) -> bool:
        destination = snapshot.resolve(hostname)
        return destination is not None and destination.behind_proxy and is_cloudflare(address)

    return leads_on
