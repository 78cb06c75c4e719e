"""Own names: the hostnames that come from the settings, not from an admin: the provider's own."""

from edge.settings import Settings
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname, canonical
from store.organisations import Organisation


def admin_name(settings: Settings) -> Destination:
    """The admin console's name."""
    return _own(hostname(settings.admin_host), Room.ADMIN, None)


def provider_name(settings: Settings, organisation: Organisation) -> Destination | None:
    """An organisation's name under the provider's domain, where there is such a domain."""
    if not settings.provider_domain:
        return None
    name = hostname(f"{organisation.slug}.{settings.provider_domain}")
    return _own(name, Room.PORTAL, organisation.id)


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
