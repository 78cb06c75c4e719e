"""Limits: what a CA lets one account have, who may take the last of it, and what its refusals are about; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from store.hostname import Hostname, registered_domain
from store.ledger import Charge, Limit, Scope


class Lane(Enum):
    """Who asks, the most urgent first; the value is the part of a bucket that is left for those before."""

    AT_RISK = 0.0
    """A certificate that stands must be followed by another."""
    HANDSHAKE = 0.1
    """A visitor waits."""
    WIZARD = 0.25
    BULK = 0.5


_LANES = {"renewal": Lane.AT_RISK, "handshake": Lane.HANDSHAKE, "wizard": Lane.WIZARD}


@dataclass(frozen=True, slots=True)
class Limits:
    """The buckets of one CA; None: it has no such limit."""

    orders: Limit | None = None
    registered_domain: Limit | None = None
    same_names: Limit | None = None
    failed_authorizations: Limit | None = None
    consecutive_failures: Limit | None = None
    organisation: Limit | None = None
    """Ours, not the CA's: what one organisation may take of the orders."""

    def of(self, scope: Scope) -> Limit | None:
        """The limit of a scope."""
        found: Limit | None = getattr(self, scope.value)
        return found

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


def _limit(scope: Scope, capacity: int, span: timedelta) -> Limit:
    """So many in a span: a token grows back in its share of it."""
    return Limit(scope, capacity, span / capacity)


LETS_ENCRYPT = Limits(
    orders=_limit(Scope.ORDERS, 300, timedelta(hours=3)),
    registered_domain=_limit(Scope.REGISTERED_DOMAIN, 50, timedelta(days=7)),
    same_names=_limit(Scope.SAME_NAMES, 5, timedelta(days=7)),
    failed_authorizations=_limit(Scope.FAILED_AUTHORIZATIONS, 5, timedelta(hours=1)),
    consecutive_failures=_limit(Scope.CONSECUTIVE_FAILURES, 1152, timedelta(days=1152)),
    organisation=_limit(Scope.ORGANISATION, 100, timedelta(hours=3)),
)
"""https://letsencrypt.org/docs/rate-limits/ as of 2026-08; a third of the orders for one organisation."""
NONE = Limits()
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def of_words(words: Sequence[str]) -> Limits:
    """The limits of a CA as settings have them: Let's Encrypt's, `none` of them, each `orders=300/3h` above these."""
    found = NONE if "none" in words else LETS_ENCRYPT
    for word in words:
        name, divider, size = word.partition("=")
        if divider:
            capacity, _, span = size.partition("/")
            scope = Scope(name)
            found = replace(found, **{scope.value: _limit(scope, int(capacity), _span(span))})
    return found


def _span(text: str) -> timedelta:
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


ARI = "renewal by ARI"
"""Why an order is made that names what it replaces within the CA's own window: such ones cost nothing at the CA."""


def charges(
    limits: Limits, hostname: Hostname, organisation_id: int | None, reason: str
) -> tuple[Charge, ...]:
    """What one order for a name takes; the provider's own names have no organisation, and all of the account."""
    lane = _LANES.get(reason, Lane.BULK)
    failures = (
        _charge(limits.failed_authorizations, hostname, cost=0),
        _charge(limits.consecutive_failures, hostname, cost=0),
    )
    if reason == ARI:
        return tuple(charge for charge in failures if charge)
    found = (
        _charge(limits.orders, "", lane),
        _charge(limits.registered_domain, registered_domain(hostname) or hostname, lane),
        _charge(limits.same_names, hostname),
        *failures,
        _charge(limits.organisation, str(organisation_id))
        if organisation_id and lane is not Lane.AT_RISK
        else None,
    )
    return tuple(charge for charge in found if charge)


def _charge(limit: Limit | None, subject: str, lane: Lane = Lane.AT_RISK, *, cost: int = 1) -> Charge | None:
    return Charge(limit, subject, cost, int(limit.capacity * lane.value)) if limit else None


_ABOUT = (
    (re.compile(r"too many certificates .*already issued for this exact set", re.I), Scope.SAME_NAMES),
    (re.compile(r"too many certificates .*already issued for", re.I), Scope.REGISTERED_DOMAIN),
    (re.compile(r"too many failed authorizations", re.I), Scope.FAILED_AUTHORIZATIONS),
    (re.compile(r"paused|consecutive", re.I), Scope.CONSECUTIVE_FAILURES),
    (re.compile(r"too many new orders", re.I), Scope.ORDERS),
)
_UNTIL = re.compile(r"retry after (\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)")


def held_scope(words: str) -> Scope:
    """Which limit a refusal for a rate is about; the name alone where the CA does not say, so that no other stalls."""
    return next((scope for pattern, scope in _ABOUT if pattern.search(words)), Scope.SAME_NAMES)


def subject_of(scope: Scope, hostname: Hostname) -> str:
    """Whose bucket of a scope an order for a name spends from."""
    if scope is Scope.ORDERS:
        return ""
    return (registered_domain(hostname) or hostname) if scope is Scope.REGISTERED_DOMAIN else hostname


def held_until(words: str, retry_after: timedelta | None, now: datetime) -> datetime:
    """Until when to wait: the time in the CA's words, else its Retry-After, else an hour; at most a week."""
    said = _said_until(words)
    if said is None:
        until = now + (retry_after or timedelta(hours=1))
    else:
        until = max(said, now + (retry_after or timedelta()))
    return min(until, now + timedelta(days=7))


def _said_until(words: str) -> datetime | None:
    match = _UNTIL.search(words)
    try:
        return datetime.fromisoformat(match[1]).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None
