"""Own names: the hostnames that come from the settings, not from an admin: the provider's own.

Those of organisations under the provider's domain follow from their labels: `store.portal_names`.
"""

from edge.settings import Settings
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname, canonical
from store.reserved_labels import own_labels


def admin_name(settings: Settings) -> Destination:
    """The admin console's name."""
    return _own(hostname(settings.admin_host), Room.ADMIN, None)


def api_name(settings: Settings) -> Destination | None:
    """The API's name, where it has one."""
    return _own(hostname(settings.api_host), Room.API, None) if settings.api_host else None


def front_name(settings: Settings) -> Destination:
    """The name that clients' records lead to, which itself shows whose it is: an upstream that is no other server."""
    return _own(hostname(settings.cname_target), Room.UPSTREAM, None)


def labels(settings: Settings) -> frozenset[str]:
    """What no organisation may be called under the provider's domain, besides what is reserved everywhere."""
    return own_labels(settings.provider_domain, _hosts(settings))


def is_own(settings: Settings, hostname: Hostname) -> bool:
    """Whether a name is the provider's to give: one of its hosts, or below its domains."""
    below = tuple(f".{domain}" for domain in (settings.provider_domain, settings.cname_target) if domain)
    return hostname in _hosts(settings) or hostname == settings.provider_domain or hostname.endswith(below)


def _hosts(settings: Settings) -> tuple[str, ...]:
    return tuple(filter(None, (settings.admin_host, settings.api_host, settings.cname_target)))


def _own(hostname: Hostname, room: Room, organisation_id: int | None) -> Destination:
    return Destination(
        hostname=hostname,
        room=room,
        organisation_id=organisation_id,
        suspended=False,
        upstreams=(),
        confirmation=Confirmation.ADDRESS,
        cname_target=None,
    )


def hostname(text: str) -> Hostname:
    """A name from the settings, which were checked."""
    name = canonical(text)
    assert name, text
    return name
