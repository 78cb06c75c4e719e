"""Rules about the name itself, before any server is asked: not a host name, or one that nobody can have (rows 1, 2)."""

import re
from dataclasses import dataclass

from store import hostname
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname, NotAHostname
from store.reserved_names import is_under, reserved_ending

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+-]*:/+|https?:)", re.IGNORECASE)
_PORT = re.compile(r":\d*$")
_EXPECTED = "The name alone, such as billing.mycompany.com"


@dataclass(frozen=True, slots=True)
class Ground:
    """The provider's own names, under which nobody may choose, and whether the CA is a public one."""

    own: tuple[str, ...]
    public_ca: bool


def named(text: str, ground: Ground) -> Hostname | Diagnosis:
    """The name that a text means, or why it cannot be one."""
    name = hostname.parse(text)
    if not isinstance(name, NotAHostname):
        return _unusable(name, ground) or name
    meant = _meant(text)
    if meant is None:
        code = "unusable_name" if _is_a_name_of_some_kind(text) else "not_a_hostname"
        return _refused(code, f"“{text}”: {name.reason}", "Choose a name in a domain that you own.")
    seen = f"“{text}”: {name.reason}. We understand {hostname.shown(meant)}"
    return _refused("not_a_hostname", seen, f"Use {hostname.shown(meant)}, or correct it.")


def _unusable(name: Hostname, ground: Ground) -> Diagnosis | None:
    action = "Choose a name in a domain that you own."
    shown = hostname.shown(name)
    if any(own and is_under(name, own) for own in ground.own):
        return _refused("unusable_name", f"{shown} is one of our own names", action)
    if not ground.public_ca:
        return None
    if ending := reserved_ending(name):
        seen = f"Names that end in .{ending} belong to nobody, so no certificate can be issued for {shown}"
        return _refused("unusable_name", seen, action)
    if hostname.registered_domain(name) is None:
        seen = f"{shown} is a public ending, such as co.uk, under which anybody may register"
        return _refused("unusable_name", seen, action)
    return None


def _meant(text: str) -> Hostname | None:
    """What remains without scheme, path, port, address and wildcard."""
    cleaned = _SCHEME.sub("", text.strip())
    cleaned = re.split(r"[/?#\\]", cleaned, maxsplit=1)[0]
    cleaned = _PORT.sub("", cleaned.rpartition("@")[2])
    cleaned = re.sub(r"\s+", "", cleaned).removeprefix("*.").strip(".")
    name = hostname.parse(cleaned)
    return None if isinstance(name, NotAHostname) else name


def _is_a_name_of_some_kind(text: str) -> bool:
    """An address, or one label alone: well written, but nothing that the DNS of the world leads to."""
    return bool(re.fullmatch(r"[0-9a-fA-F:.]+|[A-Za-z0-9-]+\.?", text.strip()))


def _refused(code: str, seen: str, action: str) -> Diagnosis:
    return Diagnosis(code, Routing.PENDING, seen, _EXPECTED, action, Actor.YOU)
