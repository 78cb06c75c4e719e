"""Examiner: the thorough look at a name as the settings ask for it, and what the store knows beforehand."""

import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime

from edge.dns.authorities import authority
from edge.dns.examination import Examiner
from edge.dns.lookup import Lookup, Sources
from edge.dns.probe import Prober
from edge.routing import proof
from edge.settings import Settings
from store import acme_state, domain_history
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
    settings: Settings, clock: Clock, our_addresses: Callable[[], Awaitable[frozenset[str]]]
) -> Examiner:
    """Asks whom the settings name; a proxy is asked for the path that every name of ours answers."""
    prober = Prober(proof.PREFIX + secrets.token_urlsafe(32))
    lookup = Lookup(sources(settings), clock, probe=prober.probe)
    return Examiner(lookup, clock, our_addresses, support=settings.support_email)


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
