"""House: what stands before any door is opened: store, routes, issuer, certificates."""

import asyncio
import random
import sqlite3
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge import own_names, trust
from edge.dns.confirmation import Confirmer
from edge.dns.examination import Examiner
from edge.dns.resolver import Resolver
from edge.examiner import examiner, preflights
from edge.jobs.rounds import Rounds
from edge.jobs.standstill import Standstill
from edge.metrics.issuance import counted
from edge.metrics.meters import Meters
from edge.routing.snapshot import Snapshot
from edge.settings import Settings
from edge.starting import CannotStart
from edge.tls import limits, local_authority
from edge.tls.acme_authority import AcmeAuthority, AcmeSettings
from edge.tls.authority import CertificateAuthority
from edge.tls.certificates import Certificates
from edge.tls.contexts import Contexts
from edge.tls.issuer import Issuer, Looks
from edge.tls.limits import Limits
from edge.tls.local_authority import LocalAuthority
from edge.tls.quota import Quota
from edge.tls.strangers import StrangerCount
from edge.tls.turns import Turns
from store import domains, installation, organisations, portal_names
from store.database import Store
from store.destination import Room
from store.domains import HostnameTaken
from store.hostname import Hostname, registered_domain
from store.instants import Clock
from store.tasks import OwnedTasks
from store.vault import SealBroken, Vault

AT_ONCE = 50
"""Organisations whose names are brought in line in one write: some 4 ms."""


@dataclass(frozen=True, slots=True)
class House:
    """The parts that doors and loops are made of."""

    settings: Settings
    stop: asyncio.Event
    clock: Clock
    store: Store
    snapshot: Snapshot
    resolver: Resolver
    confirmer: Confirmer
    examiner: Examiner
    ca: CertificateAuthority
    trust: ssl.SSLContext
    certificates: Certificates
    proof_key: bytes
    rounds: Rounds
    strangers: StrangerCount
    vault: Vault
    meters: Meters
    standstill: Standstill


async def build(
    settings: Settings,
    stop: asyncio.Event,
    clock: Clock,
    stack: AsyncExitStack,
    meters: Meters | None = None,
) -> House:
    """Build from the bottom up; `stack` takes it down in reverse."""
    meters = meters or Meters()
    vault = Vault.from_file(settings.master_key_file)
    store = await _opened(settings, stack)
    await _check_key(settings, store, vault)
    await _register_names(store, settings, clock)
    snapshot = Snapshot(store)
    await snapshot.refresh()
    # Reading the list of public suffixes takes 70 ms: not in a visitor's time, and not on the loop.
    await asyncio.to_thread(registered_domain, own_names.hostname(settings.cname_target))
    resolver = Resolver(settings.resolvers, took=meters.questions("resolver"))
    confirmer = Confirmer(resolver, clock, own_names.hostname(settings.cname_target), settings.addresses)
    standstill = Standstill(store)
    await standstill.refresh()
    ca, visitors_trust = await _authority(settings, store, vault, clock, stack, standstill)
    proof_key = await store.write(installation.proof_key)
    issuer = Issuer(
        store=store,
        vault=vault,
        ca=ca,
        quota=Quota(store, clock, ca.name, limits_of(settings)),
        looks=Looks(
            confirmer.confirm, preflights(settings, store, clock, resolver, confirmer, proof_key).look
        ),
        resolve=snapshot.resolve,
        clock=clock,
        jitter=lambda: random.uniform(-1, 1),
    )
    issue = counted(issuer.issue, ca.name, meters.registry)
    turns = Turns(issue, lambda hostname: _organisation_of(snapshot, hostname))
    certificates = Certificates(store, vault, Contexts(), turns.issue, clock)
    stack.push_async_callback(certificates.close)
    await certificates.refresh()
    return House(
        settings,
        stop,
        clock,
        store,
        snapshot,
        resolver,
        confirmer,
        examiner(settings, clock, confirmer.our_addresses, meters.questions("look")),
        ca,
        visitors_trust,
        certificates,
        proof_key,
        Rounds(clock, ended=meters.round, is_held=standstill.__bool__),
        StrangerCount(clock),
        vault,
        meters,
        standstill,
    )


def _organisation_of(snapshot: Snapshot, hostname: Hostname) -> int | None:
    destination = snapshot.resolve(hostname)
    return None if destination is None else destination.organisation_id


async def _opened(settings: Settings, stack: AsyncExitStack) -> Store:
    try:
        settings.store_path.parent.mkdir(parents=True, exist_ok=True)
        store = await Store.open(settings.store_path)
    except (OSError, sqlite3.DatabaseError) as error:
        raise CannotStart(f"store {settings.store_path}: {error}") from error
    stack.push_async_callback(store.close)
    return store


async def _check_key(settings: Settings, store: Store, vault: Vault) -> None:
    """Another master key would open nothing that is stored: no account, and no certificate's key."""
    kept = await store.read(installation.value, installation.KEY_CHECK)
    if kept is None:
        await store.write(installation.put, {installation.KEY_CHECK: vault.seal(b"", installation.KEY_CHECK)})
        return
    try:
        vault.open(kept, installation.KEY_CHECK)
    except SealBroken:
        raise CannotStart(
            f"master key {settings.master_key_file}: not the key that the secrets in {settings.store_path}"
            " were sealed with"
        ) from None


async def _authority(
    settings: Settings,
    store: Store,
    vault: Vault,
    clock: Clock,
    stack: AsyncExitStack,
    standstill: Standstill,
) -> tuple[CertificateAuthority, ssl.SSLContext]:
    """The issuer, and what visitors trust."""
    if settings.issuer == "local":
        root = await local_authority.open_root(
            store,
            vault,
            clock,
            root_file=settings.root_file,
            days=settings.root_days,
            permitted=settings.root_permits,
        )
        authority = LocalAuthority(root, clock, timedelta(hours=settings.leaf_hours))
        return authority, trust.of_visitors(settings)
    acme = AcmeAuthority(
        store,
        vault,
        clock,
        acme_settings(settings),
    )
    stack.push_async_callback(acme.close)
    warming = OwnedTasks()
    stack.push_async_callback(warming.close)
    if not standstill:
        warming.start(acme.prepare(), "prepare the CA account")
    return acme, trust.of_visitors(settings)


def acme_settings(settings: Settings) -> AcmeSettings:
    """Which CA, as whom, and how names are proven."""
    return AcmeSettings(
        directory=settings.directory,
        contact=settings.contact,
        agree_terms=settings.agree_terms,
        ca_file=str(settings.ca_file or ""),
        challenges=settings.challenges,
        profile=settings.profile,
    )


def limits_of(settings: Settings) -> Limits:
    """What the CA lets us have; the embedded one has no limits."""
    return limits.of_words(settings.limits) if settings.issuer == "acme" else limits.NONE


async def _register_names(store: Store, settings: Settings, clock: Clock) -> None:
    """Bring the provider's own names, and those of organisations, in line with the settings, some at a time."""
    try:
        await store.write(_register_own_names, settings, clock())
        everybody = [each.id for each in await store.read(organisations.every)]
        for some in (everybody[at : at + AT_ONCE] for at in range(0, len(everybody), AT_ONCE)):
            await store.write(_settle, some, settings.provider_domain, clock())
    except HostnameTaken as taken:
        raise CannotStart(f"{taken.hostname} is in the settings, but a client has it as a domain") from None


def _register_own_names(db: sqlite3.Connection, settings: Settings, now: datetime) -> None:
    domains.put_own(db, own_names.admin_name(settings), now)
    for room, name in (
        (Room.API, own_names.api_name(settings)),
        (Room.UPSTREAM, own_names.front_name(settings)),
    ):
        for former in domains.own_of_room(db, room):
            if name is None or former.hostname != name.hostname:
                domains.remove(db, former.hostname, now)
        if name:
            domains.put_own(db, name, now)


def _settle(db: sqlite3.Connection, organisation_ids: list[int], provider_domain: str, now: datetime) -> None:
    for organisation_id in organisation_ids:
        portal_names.settle(db, organisation_id, provider_domain, now)
