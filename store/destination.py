"""Destination: where a hostname leads, as routing knows it and the other rooms name it."""

from dataclasses import dataclass
from enum import Enum

from store.hostname import Hostname


class Room(Enum):
    """What answers behind a hostname."""

    PORTAL = "portal"
    ADMIN = "admin"
    UPSTREAM = "upstream"
    API = "api"


class Confirmation(Enum):
    """What the DNS must say before a certificate is ordered."""

    CNAME = "cname"
    """The CNAME chain reaches our target; at an apex every A and AAAA is ours."""
    ADDRESS = "address"
    """One of the provider's own names: its A and AAAA are ours."""


@dataclass(frozen=True, slots=True)
class Destination:
    """One row of the routing table."""

    hostname: Hostname
    room: Room
    organisation_id: int | None
    suspended: bool
    upstreams: tuple[str, ...]
    confirmation: Confirmation
    cname_target: Hostname | None
    redirect_to: Hostname | None = None
    """The organisation's name that took this one's place: visitors are sent there."""
    behind_proxy: bool = False
    """Whether Cloudflare's proxy stands before it because its admin wants it so."""
    ordered: bool = True
    """Whether certificates are ordered for it; else only those serve that are uploaded."""
    live: bool = False
    """Whether our own page was once reached there over HTTPS, from outside."""
