"""Names: what an admin typed as the address of the portal, understood, asked back or refused; pure."""

import re
from dataclasses import dataclass

from admin.provider import ProviderFacts
from store import hostname
from store.hostname import Hostname, NotAHostname
from store.reserved_names import is_under, reserved_ending

SUGGESTED_LABEL = "billing"

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+-]*:/+|https?:)", re.IGNORECASE)
_PORT = re.compile(r":\d*$")


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider's names, under which no organisation may choose, and whether the CA is a public one."""

    names: tuple[str, ...]
    public_ca: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A name that can be registered."""

    hostname: Hostname


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole domain: it can be used, if nothing else lives there; `instead` is the usual choice."""

    hostname: Hostname
    instead: Hostname


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in words, and the name that was probably meant."""

    reason: str
    instead: Hostname | None = None


def provider_of(facts: ProviderFacts) -> Provider:
    """The provider, as names need it."""
    return Provider((facts.cname_target, facts.provider_domain, facts.admin_host), facts.public_ca)


Understood = Chosen | Whole | Refused


def understand(text: str, provider: Provider) -> Understood:
    """What the text means as the address of a portal."""
    name = hostname.parse(text)
    if isinstance(name, NotAHostname):
        return Refused(_sentence(name.reason), _meant(text, provider))
    if reason := _unusable(name, provider):
        return Refused(reason)
    if hostname.is_apex(name):
        return Whole(name, Hostname(f"{SUGGESTED_LABEL}.{name}"))
    return Chosen(name)


def _unusable(name: Hostname, provider: Provider) -> str | None:
    if any(own and is_under(name, own) for own in provider.names):
        return "This name is one of ours. Choose a name in a domain that your company owns."
    if not provider.public_ca:
        return None
    if reserved := reserved_ending(name):
        return (
            f"Names that end in .{reserved} belong to nobody, so no certificate can be issued for them."
            " Choose a name in a domain that your company owns."
        )
    if hostname.registered_domain(name) is None:
        return (
            f"{hostname.shown(name)} is a public ending, such as co.uk, under which anybody may register."
            " Choose a name in a domain that your company owns."
        )
    return None


def _meant(text: str, provider: Provider) -> Hostname | None:
    cleaned = _SCHEME.sub("", text.strip())
    cleaned = re.split(r"[/?#\\]", cleaned, maxsplit=1)[0]
    cleaned = _PORT.sub("", cleaned.rpartition("@")[2])
    cleaned = re.sub(r"\s+", "", cleaned).removeprefix("*.").strip(".")
    name = hostname.parse(cleaned)
    if isinstance(name, NotAHostname) or _unusable(name, provider):
        return None
    return name


def _sentence(reason: str) -> str:
    return f"We could not read that as a name: {reason}."
