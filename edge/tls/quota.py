"""Quota: before each new order the ledger is asked, and told afterwards what became of it."""

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.tls import limits
from edge.tls.authority import NotIssued
from edge.tls.limits import Limits
from store import ledger
from store.database import Store
from store.destination import Destination
from store.hostname import Hostname
from store.instants import Clock
from store.ledger import Charge, Scope

log = logging.getLogger(__name__)

RATE_LIMITED = "ca:rateLimited"
"""The cause of a refusal of type urn:ietf:params:acme:error:rateLimited (RFC 8555 section 6.6)."""
OWN = "limit:"
"""What causes of our own refusals begin with; the scope follows."""
_OF_CERTIFICATES = (Scope.REGISTERED_DOMAIN, Scope.SAME_NAMES)
"""Counted by the CA once a certificate is there."""
_OF_FAILURES = (Scope.FAILED_AUTHORIZATIONS, Scope.CONSECUTIVE_FAILURES)


class Quota:
    """What is left of one CA's limits, for all processes on one store."""

    def __init__(self, store: Store, clock: Clock, directory: str, limits: Limits):
        self._store = store
        self._clock = clock
        self._directory = directory
        self._limits = limits

    def spending(self, destination: Destination, reason: str) -> "Spending":
        """What one issuance spends; nothing until it takes."""
        return Spending(self._store, self._clock, self._directory, self._limits, destination, reason)


class Spending:
    """One issuance and the orders that it makes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        directory: str,
        known: Limits,
        destination: Destination,
        reason: str,
    ):
        self._store = store
        self._clock = clock
        self._directory = directory
        self._limits = known
        self._hostname = destination.hostname
        self._wanted = limits.charges(known, destination.hostname, destination.organisation_id, reason)
        self._taken: tuple[Charge, ...] = ()

    async def take(self) -> None:
        """Spend what a new order costs; `NotIssued` with the wait where a limit has none left."""
        if not self._wanted:
            return
        now = self._clock()
        wait = await self._store.write(ledger.spend, self._directory, self._wanted, now)
        if wait:
            log.info(
                "order held back",
                extra={
                    "hostname": self._hostname,
                    "limit": wait.scope.value,
                    "until": wait.until.isoformat(),
                },
            )
            raise NotIssued(f"{OWN}{wait.scope.value}", wait.words, wait.until - now)
        self._taken = self._wanted

    async def succeeded(self) -> None:
        """A certificate came: failures in a row are over."""
        if not self._wanted:
            return
        scope, name = Scope.CONSECUTIVE_FAILURES, str(self._hostname)
        used: bool = await self._store.read(ledger.is_used, self._directory, scope, name)
        if used:
            await self._store.write(ledger.refill, self._directory, scope, name)

    async def failed(self, refused: NotIssued) -> timedelta | None:
        """No certificate came: what only certificates cost is given back, what the CA says of rates is kept.

        The wait that the CA imposed, in its words or its Retry-After; None: it imposed none.
        """
        if not self._wanted or refused.cause.startswith(OWN):
            return None
        order = Order(self._directory, self._hostname, self._wanted, self._taken)
        return await self._store.write(settle, order, refused, self._clock())


@dataclass(frozen=True, slots=True)
class Order:
    """What one order was to cost, and what was taken for it."""

    directory: str
    hostname: Hostname
    wanted: tuple[Charge, ...]
    taken: tuple[Charge, ...]


def settle(db: sqlite3.Connection, order: Order, refused: NotIssued, now: datetime) -> timedelta | None:
    """Put the ledger right after an order without a certificate; the wait that the CA imposed, if it did."""
    _move(db, order.directory, order.taken, _OF_CERTIFICATES, -1, now)
    if refused.unproven:
        _move(db, order.directory, order.wanted, _OF_FAILURES, 1, now)
    if refused.cause != RATE_LIMITED:
        return None
    scope = limits.held_scope(refused.detail)
    until = limits.held_until(refused.detail, refused.retry_after, now)
    subject = limits.subject_of(scope, order.hostname)
    ledger.hold(db, order.directory, scope, subject, until, refused.detail)
    return until - now


def _move(
    db: sqlite3.Connection,
    directory: str,
    charges: Sequence[Charge],
    scopes: Sequence[Scope],
    tokens: int,
    now: datetime,
) -> None:
    for charge in charges:
        if charge.limit.scope in scopes:
            ledger.move(db, directory, charge, tokens, now)


def is_a_wait(refused: NotIssued) -> bool:
    """Whether a refusal is about a rate: nothing is wrong with the name, and no failure is counted."""
    return refused.cause == RATE_LIMITED or refused.cause.startswith(OWN)
