"""Order and Authorization: the CA's objects on the way to a certificate (RFC 8555 7.1.3, 7.1.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from edge.tls.acme import fields
from edge.tls.acme.challenges import Challenge, parse_challenge
from edge.tls.acme.errors import AcmeMalformed
from edge.tls.acme.problem import Problem, parse_problem
from store.hostname import Hostname


class OrderStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    PROCESSING = "processing"
    VALID = "valid"
    INVALID = "invalid"


class AuthorizationStatus(StrEnum):
    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"
    DEACTIVATED = "deactivated"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Order:
    """One order; its URL is all that is needed to go on with it after a crash."""

    url: str
    status: OrderStatus
    hostnames: tuple[str, ...]
    authorization_urls: tuple[str, ...]
    finalize_url: str
    certificate_url: str | None = None
    expires_at: datetime | None = None
    profile: str | None = None
    replaces: str | None = None
    problem: Problem | None = None

    @property
    def settled(self) -> bool:
        return self.status in (OrderStatus.VALID, OrderStatus.INVALID)


@dataclass(frozen=True, slots=True)
class Authorization:
    """The CA's question whether we hold a name, and the ways to answer it."""

    url: str
    hostname: str
    status: AuthorizationStatus
    challenges: tuple[Challenge, ...]
    expires_at: datetime | None = None

    @property
    def problem(self) -> Problem | None:
        """Why the CA did not believe us: the error of the challenge that it tried."""
        return next((challenge.problem for challenge in self.challenges if challenge.problem), None)

    def challenge(self, preferred: Iterable[str]) -> Challenge | None:
        """The first of the preferred kinds that the CA offers, or None."""
        offered = {challenge.kind: challenge for challenge in self.challenges}
        return next((offered[kind] for kind in preferred if kind in offered), None)


def order_request(hostname: Hostname, replaces: str | None, profile: str | None) -> dict[str, object]:
    """The newOrder request: one name; `replaces` is an ARI certificate id (RFC 9773 5)."""
    request: dict[str, object] = {"identifiers": [{"type": "dns", "value": hostname}]}
    if replaces:
        request["replaces"] = replaces
    if profile:
        request["profile"] = profile
    return request


def parse_order(url: str | None, document: fields.Document) -> Order:
    """The order in a decoded JSON object."""
    if not url:
        raise AcmeMalformed("the CA named no URL for the order")
    return Order(
        url=url,
        status=_status(OrderStatus, document),
        hostnames=tuple(fields.text(name, "value") for name in fields.objects(document, "identifiers")),
        authorization_urls=fields.texts(document, "authorizations"),
        finalize_url=fields.text(document, "finalize"),
        certificate_url=fields.maybe_text(document, "certificate"),
        expires_at=fields.maybe_instant(document, "expires"),
        profile=fields.maybe_text(document, "profile"),
        replaces=fields.maybe_text(document, "replaces"),
        problem=parse_problem(document.get("error")),
    )


def parse_authorization(url: str, document: fields.Document) -> Authorization:
    """The authorization in a decoded JSON object."""
    return Authorization(
        url=url,
        hostname=fields.text(fields.member(document, "identifier"), "value"),
        status=_status(AuthorizationStatus, document),
        challenges=tuple(parse_challenge(each) for each in fields.objects(document, "challenges")),
        expires_at=fields.maybe_instant(document, "expires"),
    )


S = TypeVar("S", OrderStatus, AuthorizationStatus)


def _status(kind: type[S], document: fields.Document) -> S:
    try:
        return kind(fields.text(document, "status"))
    except ValueError as error:
        raise AcmeMalformed(f"the CA's answer has an unknown status: {error}") from error
