"""Provider: what the console knows of the house it stands in, and what it asks of the edge."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from portal.mail import Provider
from store.diagnosis import Diagnosis
from store.hostname import Hostname

Check = Callable[[Hostname], Awaitable[Diagnosis]]
"""Looks at the DNS of a registered name now."""

Complete = Callable[[Hostname], None]
"""Starts, or joins, the job that checks, issues and proves a name; its outcomes are facts in the store."""


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
