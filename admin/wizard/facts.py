"""Facts: what the store says about an organisation's portal, as the wizard's steps need it."""

import sqlite3
from datetime import datetime

from admin.wizard.steps import Facts
from store import audit, domains, issuance, portals
from store.destination import Confirmation, Room
from store.domains import Domain
from store.issuance import Standing

ASKED = "domain.completion_asked"
CHECKED = "domain.checked"
"""Deeds from which we know when completion was last asked for; a check by hand after it ends the waiting."""


def facts_of(db: sqlite3.Connection, organisation_id: int) -> Facts:
    """The facts of an organisation's portal and of the name that its customers use."""
    portal = portals.find(db, organisation_id)
    enabled = portal is not None and portal.enabled
    domain = own_domain(db, organisation_id)
    if domain is None:
        return Facts(enabled, None, Standing())
    standing = issuance.standing(db, domain.hostname)
    return Facts(enabled, domain, standing, _asked_at(db, organisation_id, domain))


def own_domain(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The organisation's own name for its portal: the one that went live, else the oldest."""
    own = [
        domain
        for domain in domains.of_organisation(db, organisation_id)
        if domain.destination.room is Room.PORTAL and domain.destination.confirmation is Confirmation.CNAME
    ]
    return next((domain for domain in own if domain.live_at), own[0] if own else None)


def _asked_at(db: sqlite3.Connection, organisation_id: int, domain: Domain) -> datetime | None:
    asked = audit.last_at(db, organisation_id, ASKED, domain.hostname, domain.created_at)
    if asked is None or audit.last_at(db, organisation_id, CHECKED, domain.hostname, asked):
        return None
    return asked
