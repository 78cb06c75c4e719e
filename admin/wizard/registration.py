"""Registration: a name becomes an organisation's address, or is freed again; each one transaction."""

import sqlite3
from enum import Enum

from admin.wizard.facts import own_domain
from store import audit, domains
from store.audit import Entry
from store.destination import Confirmation, Destination, Room
from store.domains import HostnameTaken
from store.hostname import Hostname
from store.portal_names import is_external


class Outcome(Enum):
    """How a registration ended; the value is what the admin reads."""

    REGISTERED = ""
    OPEN = "Your portal has an address already."
    OWN = "Your organisation uses this name for something else."
    ELSEWHERE = "This name is in use elsewhere."


def register(
    db: sqlite3.Connection, organisation_id: int, name: Hostname, cname_target: Hostname, entry: Entry
) -> Outcome:
    """Make `name` the address of an organisation's portal, if it has none and nobody has the name."""
    if own_domain(db, organisation_id):
        return Outcome.OPEN
    wanted = Destination(name, Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, cname_target)
    try:
        domains.add(db, wanted, entry.at)
    except HostnameTaken as taken:
        return Outcome.OWN if taken.organisation_id == organisation_id else Outcome.ELSEWHERE
    audit.record(db, entry)
    return Outcome.REGISTERED


def free(db: sqlite3.Connection, organisation_id: int, name: Hostname, entry: Entry) -> bool:
    """Forget a name of the organisation's own that never went live, or leads on; False when there is none such."""
    domain = domains.by_hostname(db, name)
    if domain is None or domain.destination.organisation_id != organisation_id:
        return False
    if not is_external(domain.destination) or (domain.live_at and not domain.destination.redirect_to):
        return False
    domains.remove(db, name)
    audit.record(db, entry)
    return True
