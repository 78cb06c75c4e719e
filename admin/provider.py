"""Provider: what the console knows of the house it stands in, and what it asks of the edge."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from portal.mail import Provider
from store.diagnosis import Diagnosis
from store.hostname import Hostname
from store.operations import Flight, OwnName, OwnRecord, Round, Strangers, Trial
from store.rehearsal import Rehearsed

Check = Callable[[Hostname], Awaitable[Diagnosis]]
"""Looks at the DNS of a registered name now, and keeps what was seen."""

Complete = Callable[[Hostname], None]
"""Starts, or joins, the job that checks, issues and proves a name; its outcomes are facts in the store."""

Follow = Callable[[Hostname], AbstractContextManager[None]]
"""Looks at a registered name's DNS again and again for as long as it is held, and completes what is right."""

Texts = Callable[[str], Awaitable[tuple[str, ...] | None]]
"""The TXT records at a name; None: nobody answered."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What the console asks of the running process."""

    check: Check
    complete: Complete
    follow: Follow
    flights: Callable[[], tuple[Flight, ...]]
    strangers: Callable[[], Strangers]
    rounds: Callable[[], tuple[Round, ...]]
    own_names: Callable[[], Awaitable[tuple[OwnName, ...]]]
    own_zone: Callable[[], Awaitable[tuple[OwnRecord, ...]]]
    """What the zone that clients' records lead to must hold, and what the DNS says of it."""
    try_ca: Callable[[], Awaitable[Trial]]
    zone_texts: Texts
    """Those at a name by its zone's own servers."""
    rehearse: Callable[[Hostname, bytes, bytes], Awaitable[Rehearsed]]
    """Tries a chain and its key, both PEM, as a visitor would who opens the name."""


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """The provider's own names, addresses and contact; `public_ca`: the CA is one that the world trusts."""

    admin_host: Hostname
    cname_target: Hostname
    provider_domain: str
    public_https_port: int
    operator_name: str
    support_email: str
    public_ca: bool
    addresses: Callable[[], Awaitable[frozenset[str]]]
    mail: Provider
    """Who mails are from where an organisation has no verified address."""
    mail_goes_out: bool
    """Whether a relay is set; else messages wait."""
    spf: str
    """What an organisation adds to its SPF record."""
    texts: Texts
    api_host: Hostname | None = None
    """Where the API is; None: it is not switched on."""
    require_second_factor: bool = False
    """Of operators."""
