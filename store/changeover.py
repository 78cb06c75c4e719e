"""Changeover: a portal moves from one name of its own to another, without a gap.

The new name is chosen while the old one serves, and takes its place once our own page was proved over HTTPS there;
the old one leads to it from then on. Where the new one is let go, the old one serves again.
"""

import sqlite3
from datetime import datetime

from store import audit, domains, portal_names
from store.audit import Entry
from store.domains import Domain
from store.hostname import Hostname
from store.portal_names import is_external

CHANGED = "domain.changed"


def present(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The own name that the portal is at: the one that went live, else the oldest."""
    own = [each for each in _own(db, organisation_id) if not each.succeeded_by]
    return next((domain for domain in own if domain.live_at), own[0] if own else None)


def incoming(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The name that is to take the present one's place."""
    now = present(db, organisation_id)
    if now is None or now.live_at is None:
        return None
    own = (each for each in _own(db, organisation_id) if not each.succeeded_by and not each.live_at)
    return next(own, None)


def former(db: sqlite3.Connection, organisation_id: int) -> list[Domain]:
    """The names that lead to the one that took their place."""
    return [each for each in _own(db, organisation_id) if each.succeeded_by]


def may_begin(db: sqlite3.Connection, organisation_id: int) -> bool:
    """Whether a name can be added: the portal has none, or a live one and no other on its way."""
    now = present(db, organisation_id)
    return now is None or (now.live_at is not None and incoming(db, organisation_id) is None)


def arrive(
    db: sqlite3.Connection, hostname: Hostname, provider_domain: str, now: datetime
) -> Hostname | None:
    """A name was proved: where it is to take another's place, it does from now on; gives that other."""
    domain = domains.by_hostname(db, hostname)
    if domain is None or not is_external(domain.destination) or domain.succeeded_by:
        return None
    organisation_id = domain.destination.organisation_id
    assert organisation_id is not None
    others = [
        each for each in _own(db, organisation_id) if each.hostname != hostname and not each.succeeded_by
    ]
    old = next((each for each in others if each.live_at), None)
    if old is None or old.created_at > domain.created_at:
        return None
    domains.succeed(db, organisation_id, old.hostname, hostname)
    portal_names.settle(db, organisation_id, provider_domain, now)
    audit.record(db, Entry(organisation_id, "system", CHANGED, hostname, {"from": old.hostname}, "", now))
    return old.hostname


def _own(db: sqlite3.Connection, organisation_id: int) -> list[Domain]:
    return [each for each in domains.of_organisation(db, organisation_id) if is_external(each.destination)]
