"""CA: a certificate authority with Let's Encrypt's limits, renewal windows, outages and bad days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from simulation.buckets import (
    CERTIFICATES_PER_DOMAIN,
    CERTIFICATES_PER_EXACT_SET,
    CONSECUTIVE_FAILURES,
    FAILURES_PER_NAME,
    ORDERS_PER_ACCOUNT,
    Bucket,
    Rate,
)
from simulation.lifetimes import BACKDATED, Lifetime

RENEWAL_OF = timedelta(days=120)
"""An order for a name that had a certificate within so long is a renewal, and costs the account nothing."""
POLL_AGAIN = timedelta(hours=6)
"""The Retry-After of a renewal window."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the CA signed."""

    serial: int
    name: str
    issued_at: datetime
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """No certificate: the type of the problem, its words, its Retry-After."""

    code: str
    words: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """From then until then the CA does not answer."""

    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class Revocation:
    """From `at` on, one in `one_in` of the certificates issued in the time before is to be replaced now."""

    at: datetime
    issued_since: datetime
    one_in: int

    def meets(self, certificate: Certificate) -> bool:
        """Whether a certificate is among them."""
        issued = self.issued_since <= certificate.issued_at < self.at
        return issued and crc32(certificate.name.encode()) % self.one_in == 0


class _Name:
    """What the CA counts of one name."""

    __slots__ = ("exact_set", "failures", "in_a_row", "issued_at", "replaced", "serial")

    def __init__(self, now: datetime):
        self.exact_set = Bucket(CERTIFICATES_PER_EXACT_SET, now)
        self.failures = Bucket(FAILURES_PER_NAME, now)
        self.in_a_row = Bucket(CONSECUTIVE_FAILURES, now)
        self.issued_at: datetime | None = None
        self.serial = 0
        """Of the last certificate; they rise, and are told apart by their name."""
        self.replaced = 0
        """Of the last certificate that another took the place of."""


class CA:
    """One CA as one account sees it."""

    def __init__(
        self,
        now: datetime,
        lifetime: Lifetime,
        outages: tuple[Outage, ...] = (),
        revocations: tuple[Revocation, ...] = (),
    ):
        self.orders = 0
        self.rate_limited = 0
        self._lifetime = lifetime
        self._outages = outages
        self._revocations = revocations
        self._account = Bucket(ORDERS_PER_ACCOUNT, now)
        self._domains: dict[str, Bucket] = {}
        self._names: dict[str, _Name] = {}

    def is_down(self, now: datetime) -> bool:
        """Whether nobody answers."""
        return any(outage.start_at <= now < outage.end_at for outage in self._outages)

    def order(
        self, name: str, domain: str, replaces: Certificate | None, proven: bool, now: datetime
    ) -> Certificate | Refused:
        """An order for one name, carried to its end; `proven`: the CA finds our answer there."""
        if self.is_down(now):
            return Refused("unreachable", "no route to host")
        counted = self._names.get(name) or self._names.setdefault(name, _Name(now))
        if replaces and replaces.serial <= counted.replaced:
            replaces = None  # 409 alreadyReplaced: the client orders again without it
        exempt = replaces is not None and self._within_window(replaces, now)
        renews = counted.issued_at is not None and now - counted.issued_at <= RENEWAL_OF
        if refused := self._refusal(name, domain, counted, exempt, renews, now):
            self.rate_limited += 1
            return refused
        self.orders += 1
        if not exempt and not renews:
            self._account.spend(now)
        if not proven:
            counted.failures.spend(now)
            counted.in_a_row.spend(now)
            return Refused("unauthorized", "Invalid response from the name")
        counted.in_a_row.fill()
        counted.exact_set.spend(now)
        if not renews and not exempt:
            self._domain(domain, now).spend(now)
        counted.issued_at = now
        if replaces:
            counted.replaced = replaces.serial
        counted.serial += 1
        begins = now - BACKDATED
        return Certificate(counted.serial, name, now, begins, begins + self._lifetime(now))

    def window(self, certificate: Certificate, now: datetime) -> tuple[datetime, datetime]:
        """When the certificate is to be replaced: around 2/3 of its life, or at once."""
        for revocation in self._revocations:
            if now >= revocation.at and revocation.meets(certificate):
                return revocation.at - timedelta(hours=1), revocation.at - timedelta(minutes=30)
        life = certificate.not_after - certificate.not_before
        left = life / 2 if life < timedelta(days=10) else life / 3
        ideal, margin = certificate.not_after - left, life / 100
        return ideal - margin, ideal + margin

    def moves_at(self, certificate: Certificate, now: datetime) -> datetime | None:
        """When the window will move next; None: it will not. Known to nobody but the simulation."""
        return min(
            (each.at for each in self._revocations if each.at > now and each.meets(certificate)), default=None
        )

    def _within_window(self, certificate: Certificate, now: datetime) -> bool:
        """Only an order within the window is exempt from all limits (boulder, `validateReplacementOrder`)."""
        start_at, end_at = self.window(certificate, now)
        return start_at <= now < end_at

    def _refusal(
        self, name: str, domain: str, counted: _Name, exempt: bool, renews: bool, now: datetime
    ) -> Refused | None:
        """Of several limits, the one that resets last."""
        if not counted.in_a_row.has_one(now):
            words = f"Your account is temporarily prevented from requesting certificates for {name}"
            return Refused("rateLimited", f"{words} and possibly others (paused).")
        if exempt:
            return None
        limits: list[tuple[Bucket, Rate, str]] = [
            (counted.failures, FAILURES_PER_NAME, f'too many failed authorizations ({{}}) for "{name}"'),
            (
                counted.exact_set,
                CERTIFICATES_PER_EXACT_SET,
                f"too many certificates ({{}}) already issued for this exact set of identifiers: {name},",
            ),
        ]
        if not renews:
            limits += [
                (self._account, ORDERS_PER_ACCOUNT, "too many new orders ({}) from this account"),
                (
                    self._domain(domain, now),
                    CERTIFICATES_PER_DOMAIN,
                    f'too many certificates ({{}}) already issued for "{domain}"',
                ),
            ]
        spent = [each for each in limits if not each[0].has_one(now)]
        if not spent:
            return None
        bucket, rate, words = max(spent, key=lambda each: each[0].ready_at(now))
        at = bucket.ready_at(now)
        said = (
            f"{words.format(rate.capacity)} in the last {rate.over}, retry after {at:%Y-%m-%d %H:%M:%S} UTC"
        )
        return Refused("rateLimited", said, at - now)

    def _domain(self, domain: str, now: datetime) -> Bucket:
        found = self._domains.get(domain)
        if found is None:
            found = self._domains[domain] = Bucket(CERTIFICATES_PER_DOMAIN, now)
        return found
