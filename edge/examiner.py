"""Examiner: looks at names as the settings ask for them: the thorough one, and the one before an order is spent."""

import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime

from edge.dns.authorities import authority
from edge.dns.confirmation import Confirmer
from edge.dns.examination import Examiner
from edge.dns.inquiry import Took, untimed
from edge.dns.lookup import Lookup, Sources
from edge.dns.preflight import Preflights
from edge.dns.preflight.visit import Visitor
from edge.dns.probe import Prober
from edge.dns.resolver import Resolver
from edge.routing import proof
from edge.settings import Settings
from store import acme_state, domain_history
from store.database import Store
from store.diagnosis import Authority, History
from store.hostname import Hostname
from store.instants import Clock


def sources(settings: Settings) -> Sources:
    """Whom the settings name to be asked."""
    return Sources(
        resolvers=settings.resolvers,
        public_resolvers=settings.public_resolvers,
        root_hints=settings.root_hints,
        private_servers=settings.private_servers,
    )


def examiner(
    settings: Settings,
    clock: Clock,
    our_addresses: Callable[[], Awaitable[frozenset[str]]],
    took: Took = untimed,
) -> Examiner:
    """Asks whom the settings name; a proxy is asked for the path that every name of ours answers."""
    prober = Prober(proof.PREFIX + secrets.token_urlsafe(32))
    lookup = Lookup(sources(settings), clock, probe=prober.probe, took=took)
    return Examiner(lookup, clock, our_addresses, support=settings.support_email)


def preflights(
    settings: Settings,
    store: Store,
    clock: Clock,
    resolver: Resolver,
    confirmer: Confirmer,
    proof_key: bytes,
) -> Preflights:
    """Asks as the CA will, at our own addresses and public ports alone."""
    visitor = Visitor(
        addresses=resolver.addresses,
        our_addresses=confirmer.our_addresses,
        http_port=settings.public_http_port,
        https_port=settings.public_https_port,
    )
    return Preflights(
        visitor=visitor,
        addresses=resolver.addresses,
        records=resolver.records,
        authority=lambda: store.read(certificate_authority, settings),
        expected=lambda hostname, nonce: proof.preflight(proof_key, hostname, nonce),
        clock=clock,
    )


def circumstances(
    db: sqlite3.Connection,
    settings: Settings,
    hostname: Hostname,
    now: datetime,
    *,
    asking: int | None = None,
) -> tuple[History, Authority | None]:
    """What the store knows of a name, and the CA that its CAA records must permit: none for the embedded one."""
    return domain_history.of(db, hostname, now, asking=asking), certificate_authority(db, settings)


def certificate_authority(db: sqlite3.Connection, settings: Settings) -> Authority | None:
    """The CA that CAA records must permit, with our account there as far as there is one; none: the embedded one."""
    if settings.issuer != "acme":
        return None
    account = acme_state.account(db, settings.directory)
    url = account.url if account else ""
    return authority(settings.directory, settings.caa_identities, url, settings.challenges)
