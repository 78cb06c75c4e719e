"""Issuer: one issuance of one name, from the facts to the stored certificate, as one sequence."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509

from edge.tls import gate
from edge.tls.authority import UNREACHABLE, CertificateAuthority, Material, NotIssued
from edge.tls.gate import Denied
from edge.tls.issuance_trace import COMMIT, Trace
from edge.tls.limits import ARI
from edge.tls.preflight import fault as preflight_fault
from edge.tls.preflight import to_avoid
from edge.tls.quota import Quota, Spending, is_a_wait
from edge.tls.renewal import renew_at
from store import certificates, domains, held, issuance, leases, renewal_windows, watches
from store.certificates import Certificate
from store.database import Store
from store.destination import Destination
from store.diagnosis import Diagnosis, Evidence
from store.hostname import Hostname
from store.instants import Clock
from store.issuance import Attempt, Failure, LeaseLost
from store.leases import HeldBy, Lease
from store.phases import by_name
from store.preflight import Preflight
from store.vault import Vault

log = logging.getLogger(__name__)

RENEWAL = "renewal"
"""The reason of whoever replaces a certificate that stands."""
LEASE = timedelta(minutes=5)
DEADLINE_SECONDS = 180.0
"""One issuance at most, so that its lease never expires while it works."""
LOOK_AGAIN = timedelta(seconds=15)
"""How long a fault that our own look found stands: no order is spent on looking."""
LATEST_LOOK, LOOKS_LEFT = timedelta(hours=1), 50
"""A renewal is looked at again after this part of what is left of its certificate's life, or an hour."""
LOOK_AGAIN_SECONDS = 0.05
"""How often a process that waits for another's lease looks whether it has ended."""


class Confirmed(Protocol):
    """A look at the DNS with its meaning."""

    @property
    def evidence(self) -> Evidence: ...
    @property
    def diagnosis(self) -> Diagnosis: ...


class Confirms(Protocol):
    """Looks whether a name points at us; `edge.dns.confirmation.Confirmer` is the real one."""

    def __call__(self, destination: Destination) -> Awaitable[Confirmed]: ...


async def _nothing_asked(destination: Destination) -> Preflight:
    return Preflight()


@dataclass(frozen=True, slots=True)
class Looks:
    """What is asked about a name: whether it points at us, and, before an order is spent, what the CA will ask."""

    confirm: Confirms
    preflight: Callable[[Destination], Awaitable[Preflight]] = _nothing_asked


@dataclass(frozen=True, slots=True)
class _Work:
    """One issuance under way."""

    destination: Destination
    lease: Lease
    reason: str
    fingerprint: str
    spending: Spending
    trace: Trace
    started_at: datetime


class Issuer:
    """Gets certificates; whoever calls sees to it that a name is in work once in this process."""

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        ca: CertificateAuthority,
        quota: Quota,
        looks: Looks,
        resolve: Callable[[Hostname], Destination | None],
        clock: Clock,
        jitter: Callable[[], float],
    ):
        self._store = store
        self._vault = vault
        self._ca = ca
        self._quota = quota
        self._looks = looks
        self._resolve = resolve
        self._clock = clock
        self._jitter = jitter
        self._owner = leases.this_process()

    async def issue(
        self, hostname: Hostname, reason: str, *, replace: str = "", trace: Trace | None = None
    ) -> Certificate | Denied:
        """The name's certificate: another process's, or a new one; `replace` names a serial that will not do."""
        trace, started_at = trace or Trace(), self._clock()
        destination = self._resolve(hostname)
        if destination is None:
            return Denied("unregistered")
        if await self._store.read(held.since):
            return _no_order(hostname, gate.HELD)
        confirmed = await self._looks.confirm(destination)
        trace.mark("dns")
        await self._keep(hostname, confirmed.diagnosis)
        fingerprint = gate.fingerprint(confirmed.evidence)
        verdict = await self._verdict(destination, confirmed, reason)
        trace.mark("gate")
        if isinstance(verdict, Denied):
            return _no_order(hostname, verdict)
        lease = await self._lease(hostname, replace)
        if isinstance(lease, Certificate):
            return lease
        spending = self._quota.spending(destination, await self._counted_as(hostname, reason, replace))
        work = _Work(destination, lease, reason, fingerprint, spending, trace, started_at)
        return await self._under_lease(work, replace)

    async def _verdict(
        self, destination: Destination, confirmed: Confirmed, reason: str
    ) -> gate.Allowed | Denied:
        hostname, fingerprint = destination.hostname, gate.fingerprint(confirmed.evidence)
        standing = await self._store.read(issuance.standing, hostname)
        watch = await self._store.read(watches.of, hostname)
        renewal = reason == RENEWAL
        return gate.decide(
            destination, standing, confirmed.diagnosis, fingerprint, self._clock(), watch, renewal=renewal
        )

    async def _lease(self, hostname: Hostname, replace: str) -> Lease | Certificate:
        """The lease on a name, or the certificate that its other holder got while we waited."""
        while True:
            now = self._clock()
            taken = await self._store.write(
                leases.take, issuance.lease_name(hostname), self._owner, now, now + LEASE
            )
            if isinstance(taken, Lease):
                log.info("lease taken", extra={"hostname": hostname, "generation": taken.generation})
                return taken
            assert isinstance(taken, HeldBy)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            found = await self._store.read(certificates.standing, hostname, self._clock())
            if found and found.serial != replace:
                return found

    async def _under_lease(self, work: _Work, replace: str) -> Certificate | Denied:
        try:
            found = await self._settled(work, replace)
            if found is None:
                return await self._order(work)
            await self._store.write(leases.release, work.lease)
            return found
        except LeaseLost:
            return Denied("lease_lost", "another process took over")
        except BaseException:
            await asyncio.shield(self._store.write(leases.release, work.lease))
            raise

    async def _settled(self, work: _Work, replace: str) -> Certificate | Denied | None:
        """What whoever held the lease while we waited for it came to: a certificate, or a failure to respect."""
        hostname = work.destination.hostname
        found = await self._store.read(certificates.standing, hostname, self._clock())
        if found and found.serial != replace:
            return found
        confirmed = await self._looks.confirm(
            work.destination
        )  # remembered, unless we waited too long for that
        verdict = await self._verdict(work.destination, confirmed, work.reason)
        return _no_order(hostname, verdict) if isinstance(verdict, Denied) else None

    async def _order(self, work: _Work) -> Certificate | Denied:
        hostname = work.destination.hostname
        await self._store.write(issuance.begin, work.lease, hostname)
        work.trace.mark("lease")
        try:
            found = await self._looks.preflight(work.destination)
            work.trace.mark("preflight")
            if fault := preflight_fault(found, self._ca.methods):
                return await self._wait(work, fault, await self._until_next_look(work))
            async with asyncio.timeout(DEADLINE_SECONDS):
                material = await self._ca.obtain(
                    hostname, work.trace, work.spending.take, await self._replaced(work), to_avoid(found)
                )
            certificate = self._certificate(hostname, material)
        except NotIssued as refused:
            return await self._fail(work, refused)
        except TimeoutError:
            return await self._fail(
                work, NotIssued("deadline", f"not done in {DEADLINE_SECONDS:.0f} seconds")
            )
        except Exception as error:
            # Kept as a failure like any other: else each visitor would set off another order.
            log.exception("issuance broke", extra={"hostname": hostname})
            return await self._fail(work, NotIssued("internal", f"{type(error).__name__}: {error}"))
        return await self._succeed(work, certificate, material.challenge)

    async def _counted_as(self, hostname: Hostname, reason: str, replace: str) -> str:
        """What the CA's limits know an order as: a renewal within its own window is free."""
        if reason == RENEWAL and await self._store.read(renewal_windows.is_known, hostname, replace):
            return ARI
        return reason

    async def _replaced(self, work: _Work) -> str:
        """The chain of this CA's certificate that a renewal takes the place of; empty: of none."""
        if work.reason != RENEWAL:
            return ""
        hostname = work.destination.hostname
        found = await self._store.read(certificates.standing, hostname, self._clock())
        is_ours = found is not None and found.issuer == self._ca.name and found.hostname == hostname
        return found.chain_pem if found and is_ours else ""

    def _certificate(self, hostname: Hostname, material: Material) -> Certificate:
        leaf = x509.load_pem_x509_certificate(material.chain_pem)
        serial = f"{leaf.serial_number:x}"
        return Certificate(
            hostname=hostname,
            serial=serial,
            chain_pem=material.chain_pem.decode("ascii"),
            sealed_key=self._vault.seal(material.key_pem, hostname, serial),
            issuer=self._ca.name,
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
        )

    async def _succeed(self, work: _Work, certificate: Certificate, challenge: str) -> Certificate:
        due = renew_at(certificate.not_before, certificate.not_after, self._jitter())
        attempt = self._attempt(work, "issued", "")
        await self._store.write(issuance.succeed, work.lease, certificate, due, attempt, challenge)
        await work.spending.succeeded()
        work.trace.mark(COMMIT)
        log.info(
            "certificate issued",
            extra={"hostname": certificate.hostname, "reason": work.reason, "serial": certificate.serial}
            | {"ca": self._ca.name, "ms": by_name(work.trace.phases)},
        )
        return certificate

    async def _fail(self, work: _Work, refused: NotIssued) -> Denied:
        hostname, now = work.destination.hostname, self._clock()
        imposed = await work.spending.failed(refused)
        if not refused.unproven:
            await self._ca.give_up(hostname)
        if is_a_wait(refused):
            return await self._wait(work, refused, imposed or refused.retry_after or gate.LADDER[0])
        failures = (await self._store.read(issuance.standing, hostname)).failures + 1
        stands = await self._store.read(certificates.standing, hostname, now)
        retry_at = gate.retry_at(
            failures,
            now,
            self._jitter(),
            refused.retry_after,
            ends_at=stands.not_after if stands else None,
            reached=refused.cause != UNREACHABLE,
        )
        failure = Failure(refused.cause, refused.detail, work.fingerprint, retry_at)
        attempt = self._attempt(work, refused.cause, refused.detail)
        await self._store.write(issuance.fail, work.lease, failure, attempt, refused.challenge)
        log.warning(
            "certificate not issued",
            extra={"hostname": hostname, "reason": work.reason, "ca": self._ca.name, "cause": refused.cause}
            | {"detail": refused.detail, "retry_at": retry_at.isoformat()},
        )
        return Denied(refused.cause, refused.detail, retry_at)

    async def _wait(self, work: _Work, refused: NotIssued, wait: timedelta) -> Denied:
        """No order is made now: a limit has none left, or it would fail; no failure is counted."""
        retry_at = self._clock() + wait
        log.info(
            "certificate not ordered",
            extra={"hostname": work.destination.hostname, "reason": work.reason}
            | {"ca": self._ca.name, "cause": refused.cause}
            | {"detail": refused.detail, "retry_at": retry_at.isoformat()},
        )
        failure = Failure(refused.cause, refused.detail, work.fingerprint, retry_at)
        attempt = self._attempt(work, refused.cause, refused.detail)
        await self._store.write(issuance.wait, work.lease, failure, attempt)
        return Denied(refused.cause, refused.detail, retry_at)

    async def _until_next_look(self, work: _Work) -> timedelta:
        """A look costs no order, so a visitor sees soon what was mended; a renewal has time."""
        if work.reason != RENEWAL:
            return LOOK_AGAIN
        now = self._clock()
        found = await self._store.read(certificates.standing, work.destination.hostname, now)
        return (
            max(LOOK_AGAIN, min((found.not_after - now) / LOOKS_LEFT, LATEST_LOOK)) if found else LOOK_AGAIN
        )

    async def _keep(self, hostname: Hostname, found: Diagnosis) -> None:
        """Store what the look said, if it says something new; of a name that serves, the watch has the last word."""
        domain = await self._store.read(domains.by_hostname, hostname)
        if domain and domain.diagnosis != found:
            await self._store.write(_keep, hostname, found, self._clock())

    def _attempt(self, work: _Work, outcome: str, detail: str) -> Attempt:
        hostname = work.destination.hostname
        phases = work.trace.phases
        return Attempt(hostname, work.reason, outcome, detail, phases, work.started_at, self._clock())


def _no_order(hostname: Hostname, verdict: Denied) -> Denied:
    log.info("no order", extra={"hostname": hostname, "why": verdict.why})
    return verdict


def _keep(db: sqlite3.Connection, hostname: Hostname, found: Diagnosis, now: datetime) -> None:
    if not watches.differs(db, hostname, found, now):
        domains.set_diagnosis(db, hostname, found, now)
