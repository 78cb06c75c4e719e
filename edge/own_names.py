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


def labels(settings: Settings) -> frozenset[str]:
    """What no organisation may be called under the provider's domain, besides what is reserved everywhere."""
    return own_labels(settings.provider_domain, (settings.admin_host, settings.cname_target))


def is_own(settings: Settings, hostname: Hostname) -> bool:
    """Whether a name is the provider's to give: one of its hosts, or below its domains."""
    hosts = {settings.admin_host, settings.cname_target}
    below = tuple(f".{domain}" for domain in (settings.provider_domain, settings.cname_target) if domain)
    return hostname in hosts or hostname == settings.provider_domain or hostname.endswith(below)


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
