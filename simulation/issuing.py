"""Issuing: one order of one name as `edge.tls.issuer` makes it: look, gate, preflight, ledger, CA, ladder."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from edge.tls import gate, limits, quota
from edge.tls.authority import UNREACHABLE, NotIssued
from edge.tls.gate import Denied
from edge.tls.issuer import LATEST_LOOK, LOOK_AGAIN, LOOKS_LEFT, RENEWAL
from edge.tls.limits import Limits
from edge.tls.quota import Order
from edge.tls.renewal import renew_at
from simulation.ca import CA, Certificate, Refused
from simulation.judge import Judge
from simulation.record import Record
from simulation.sights import SIGHTS, Sight
from store import ledger
from store.diagnosis import Routing
from store.issuance import Failure
from store.ledger import Charge, Scope
from store.watches import SOONEST, Place, Watch

DIRECTORY = "https://ca.example/directory"
TAKES = timedelta(seconds=6)
"""An order that is carried to its end."""
TAKES_IN_VAIN = timedelta(seconds=30)
"""One to a CA that does not answer."""

RetryAt = Callable[..., datetime]
RenewAt = Callable[[datetime, datetime, float], datetime]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that decide; a test puts a bad one in the place of one of them."""

    limits: Limits = limits.LETS_ENCRYPT
    renew_at: RenewAt = renew_at
    retry_at: RetryAt = gate.retry_at
    asks_ledger: bool = True
    asks_windows: bool = True


class Issuing:
    """Orders of one account; says how long each took."""

    def __init__(self, db: sqlite3.Connection, ca: CA, judge: Judge, rules: Rules):
        self._db = db
        self._ca = ca
        self._judge = judge
        self._rules = rules
        self.look_soon: Callable[[Record, datetime], None] = lambda record, now: None
        """Called where an order's own look found a name other than its watch has it."""

    def issue(self, one: Record, reason: str, replace: Certificate | None, now: datetime) -> timedelta:
        """A certificate, or what `Issuer.issue` keeps of there being none."""
        sight = SIGHTS[one.life.state(now)]
        self._heard(one, sight, now)
        renewal = reason == RENEWAL
        verdict = gate.decide(
            one.destination,
            one.standing,
            sight.diagnosis,
            sight.fingerprint,
            now,
            one.watch,
            renewal=renewal,
        )
        if isinstance(verdict, Denied):
            return timedelta()
        found = one.valid(now)
        if found and found != replace:
            return timedelta()
        known = renewal and found and one.window
        one.begin()
        if sight.forbidden:
            wait = _until_next_look(found if renewal else None, now)
            one.wait(Failure("preflight:caa_forbids", "", sight.fingerprint, now + wait))
            return timedelta()
        return self._order(one, sight, limits.ARI if known else reason, found if renewal else None, now)

    def _order(
        self, one: Record, sight: Sight, counted_as: str, replaces: Certificate | None, now: datetime
    ) -> timedelta:
        wanted: tuple[Charge, ...] = ()
        if self._rules.asks_ledger:
            wanted = limits.charges(self._rules.limits, one.hostname, one.life.organisation_id, counted_as)
        if held := ledger.spend(self._db, DIRECTORY, wanted, now):
            refused = NotIssued(f"{quota.OWN}{held.scope.value}", held.words, held.until - now)
            self._failed(one, sight, refused, Order(DIRECTORY, one.hostname, wanted, ()), replaces, now)
            return timedelta()
        got = self._ca.order(one.life.name, one.life.domain, replaces, sight.proven, now)
        if isinstance(got, Refused):
            wait = got.retry_after and timedelta(seconds=got.retry_after // timedelta(seconds=1) + 1)
            refused = NotIssued(f"ca:{got.code}", got.words, wait, unproven=got.code == "unauthorized")
            self._failed(one, sight, refused, Order(DIRECTORY, one.hostname, wanted, wanted), replaces, now)
            return TAKES_IN_VAIN if got.code == "unreachable" else TAKES
        self._judge.issued(one.life, one.certificate, got, now)
        jitter = 2 * drawn(one, f"renew {got.serial}") - 1
        one.succeed(got, self._rules.renew_at(got.not_before, got.not_after, jitter))
        if wanted and ledger.is_used(self._db, DIRECTORY, Scope.CONSECUTIVE_FAILURES, one.hostname):
            ledger.refill(self._db, DIRECTORY, Scope.CONSECUTIVE_FAILURES, one.hostname)
        return TAKES

    def _failed(
        self,
        one: Record,
        sight: Sight,
        refused: NotIssued,
        order: Order,
        stands: Certificate | None,
        now: datetime,
    ) -> None:
        own = refused.cause.startswith(quota.OWN)
        imposed = None if own or not order.wanted else quota.settle(self._db, order, refused, now)
        if quota.is_a_wait(refused):
            wait = imposed or refused.retry_after or gate.LADDER[0]
            one.wait(Failure(refused.cause, refused.detail, sight.fingerprint, now + wait))
            return
        jitter = 2 * drawn(one, f"retry {now}") - 1
        at = self._rules.retry_at(
            one.standing.failures + 1,
            now,
            jitter,
            refused.retry_after,
            ends_at=stands.not_after if stands else None,
            reached=refused.cause != UNREACHABLE,
        )
        one.fail(Failure(refused.cause, refused.detail, sight.fingerprint, at))

    def _heard(self, one: Record, sight: Sight, now: datetime) -> None:
        """`watches.differs`."""
        watch = one.watch
        if watch is None:
            one.known = sight.diagnosis
        elif sight.certain and (sight.diagnosis.routing is Routing.OK) is not watch.is_well:
            soon = max(now, watch.looked_at + SOONEST) if watch.looked_at else now
            if soon < watch.next_look_at:
                self.look_soon(one, soon)


def drawn(one: Record, what: str) -> float:
    """0 to 1, the same for the same name and cause in every run: whoever looks more often draws nothing else."""
    return crc32(f"{one.life.name} {one.life.jitter} {what}".encode()) / 2**32


def is_lost(watch: Watch) -> bool:
    """Whether several looks agreed that the name has left."""
    return watch.place is Place.MOVED and watch.suspected is None


def _until_next_look(stands: Certificate | None, now: datetime) -> timedelta:
    if stands is None:
        return LOOK_AGAIN
    return max(LOOK_AGAIN, min((stands.not_after - now) / LOOKS_LEFT, LATEST_LOOK))
