"""Issuance: attempts at certificates by what set them off and what came of them, and how long they took."""

from time import monotonic
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Counter, Histogram

from edge.tls.certificates import Issues
from edge.tls.gate import Denied
from edge.tls.issuance_trace import COMMIT, Trace
from store.certificates import Certificate
from store.hostname import Hostname

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0, 180.0)
REASONS = frozenset(("handshake", "renewal", "wizard"))
OTHER = "other"
_OF_THE_CA = frozenset(
    (
        "badCSR",
        "badNonce",
        "caa",
        "connection",
        "dns",
        "incorrectResponse",
        "malformed",
        "order_invalid",
        "perspectives",
        "rateLimited",
        "rejectedIdentifier",
        "serverInternal",
        "timeout",
        "tls",
        "unauthorized",
        "unreachable",
    )
)
"""What a CA may say (RFC 8555 section 6.7), and what we say of one; it may say anything, and is not let make labels."""
_OURS = frozenset(
    (
        "unregistered",
        "suspended",
        "not_ordered",
        "held",
        "unwritable",
        "moved",
        "unsettled",
        "lease_lost",
        "deadline",
        "internal",
        "account_sealed",
        "root_expired",
        "local_ca",
    )
)
_FAMILIES = frozenset(("dns", "limit", "preflight"))
_ORDERED = "lease"
"""The phase that ends where an attempt begins."""
WAITING = "waiting"
"""No attempt: the wait after an earlier one still runs."""
_BY_THE_GATE = frozenset(("dns", "unregistered", "suspended", "not_ordered", "held", "moved", "unsettled"))


def counted(issue: Issues, ca: str, registry: CollectorRegistry) -> Issues:
    """The same, counted: what reached the CA, and what was refused before."""
    name = label_of(ca)
    attempts = Counter(
        "brassplate_issuances",
        "Attempts at a certificate that ended, by CA, what set them off, and `issued` or the cause.",
        ["ca", "reason", "outcome"],
        registry=registry,
    )
    spent = Histogram(
        "brassplate_issuance_seconds",
        "How long attempts took that came to a certificate.",
        ["ca"],
        buckets=SECONDS,
        registry=registry,
    )
    took = spent.labels(name).observe

    async def issuing(
        hostname: Hostname, reason: str, *, replace: str = "", trace: Trace | None = None
    ) -> Certificate | Denied:
        began, trace = monotonic(), trace or Trace()
        found = await issue(hostname, reason, replace=replace, trace=trace)
        if isinstance(found, Certificate) and not trace.has(COMMIT):
            return found  # another process's
        outcome = outcome_of(found, ordered=trace.has(_ORDERED)) if isinstance(found, Denied) else "issued"
        attempts.labels(name, reason if reason in REASONS else OTHER, outcome).inc()
        if not isinstance(found, Denied):
            took(monotonic() - began)
        return found

    return issuing


def label_of(ca: str) -> str:
    """A CA as its label: the host of its directory, or `local`."""
    return urlsplit(ca).hostname or ca


def outcome_of(denied: Denied, *, ordered: bool) -> str:
    """The cause of a refusal; the gate repeats that of the attempt before, which is not counted twice."""
    cause = cause_of(denied.why)
    return cause if ordered or cause in _BY_THE_GATE else WAITING


def cause_of(why: str) -> str:
    """One of a few: what follows a family of our own is left out, and what a CA made up is `ca:other`."""
    family, _, rest = why.partition(":")
    if family == "ca":
        return why if rest in _OF_THE_CA else f"ca:{OTHER}"
    if family in _FAMILIES:
        return family
    return why if why in _OURS else OTHER
