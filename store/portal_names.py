"""Portal names: every hostname of an organisation's portal, in line with its label and with what it uses.

The label under the provider's domain is always a way in. A name of the organisation's own is one too while
its portal uses it; else it leads to the label's, or to the own name that took its place.
"""

import sqlite3
from dataclasses import replace
from datetime import datetime

from store import domains, portals, provider_labels
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname


def provider_hostname(db: sqlite3.Connection, organisation_id: int, provider_domain: str) -> Hostname | None:
    """The portal's name under the provider's domain, where there is such a domain."""
    label = provider_labels.current(db, organisation_id)
    return Hostname(f"{label}.{provider_domain}") if provider_domain and label else None


def settle(db: sqlite3.Connection, organisation_id: int, provider_domain: str, now: datetime) -> None:
    """Bring the names in line; `store.domains.HostnameTaken` where another has one of the provider's."""
    for destination in provider_labels.destinations(db, organisation_id, provider_domain):
        domains.put_own(db, destination, now)
    portal = portals.find(db, organisation_id)
    instead = provider_hostname(db, organisation_id, provider_domain)
    instead_of_own = instead if portal and not portal.use_external else None
    for domain in domains.leading_elsewhere(db, organisation_id, instead_of_own):
        leads_to = instead_of_own or domain.succeeded_by
        domains.put_own(db, replace(domain.destination, redirect_to=leads_to), now)


def is_external(destination: Destination) -> bool:
    """Whether a name is the organisation's own, for its portal."""
    return destination.room is Room.PORTAL and destination.confirmation is Confirmation.CNAME
