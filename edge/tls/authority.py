"""CertificateAuthority: what an issuer of certificates offers, be it a CA over ACME or the embedded one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from edge.tls.issuance_trace import Trace
from store.hostname import Hostname


@dataclass(frozen=True, slots=True)
class Material:
    """A certificate chain (leaf first) and its key, both PEM."""

    chain_pem: bytes
    key_pem: bytes
    challenge: str = ""
    """The kind of challenge that the name was proven by; empty: it needed no proof this time."""


class NotIssued(Exception):
    """The CA gave no certificate: a short cause, its own words, and how long it asks to wait."""

    def __init__(
        self,
        cause: str,
        detail: str,
        retry_after: timedelta | None = None,
        *,
        unproven: bool = False,
        challenge: str = "",
    ):
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail
        self.retry_after = retry_after
        self.unproven = unproven
        """An authorization failed: the CA looked, and did not find our answer."""
        self.challenge = challenge
        """The kind of challenge that did not reach us, where that was the reason."""


UNREACHABLE = "ca:unreachable"
"""The cause where the CA did not answer at all."""

Spend = Callable[[], Awaitable[None]]
"""Called before each new order; raises `NotIssued` where a limit has none left."""


async def free() -> None:
    """Orders that cost nothing."""


class CertificateAuthority(Protocol):
    """Gives certificates for names whose DNS was confirmed."""

    @property
    def name(self) -> str:
        """The directory URL, or `local`."""
        ...

    @property
    def methods(self) -> tuple[str, ...]:
        """The kinds of challenge that names may be proven by; none: it takes our word."""
        ...

    async def check(self) -> str:
        """Reach the issuer now, and say what answered, in words; `NotIssued` when it does not."""
        ...

    async def obtain(
        self,
        hostname: Hostname,
        trace: Trace,
        spend: Spend = free,
        replaces: str = "",
        avoid: frozenset[str] = frozenset(),
    ) -> Material:
        """A new certificate, an order under way resumed where there is one; `NotIssued`.

        `replaces` is the chain (PEM) of the one whose place it takes, for a CA that counts such orders apart.
        `avoid` are kinds of challenge to come to last: by our own look they would fail.
        """
        ...

    async def give_up(self, hostname: Hostname) -> None:
        """The name's order has ended without a certificate: what the CA still has open for it is closed, in time."""
        ...
