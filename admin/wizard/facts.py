"""Facts: what the store says about an organisation's portal, as the wizard's steps need it."""

import sqlite3
from datetime import datetime

from admin.wizard.steps import Facts, at_label
from store import audit, domains, issuance, portals
from store.domains import Domain
from store.issuance import Standing
from store.portal_names import is_external

ASKED = "domain.completion_asked"
CHECKED = "domain.checked"
"""Deeds from which we know when completion was last asked for; a check by hand after it ends the waiting."""


def facts_of(db: sqlite3.Connection, organisation_id: int) -> Facts:
    """The facts of an organisation's portal and of the name that its customers use."""
    portal = portals.find(db, organisation_id)
    enabled = portal is not None and portal.enabled
    domain = used_domain(db, organisation_id, portal is None or portal.use_external)
    if domain is None:
        return Facts(enabled, None, Standing())
    standing = issuance.standing(db, domain.hostname)
    return Facts(enabled, domain, standing, _asked_at(db, organisation_id, domain))


def used_domain(db: sqlite3.Connection, organisation_id: int, use_external: bool) -> Domain | None:
    """The name that the portal is at: the organisation's own, else the one under the provider's domain."""
    label = None if use_external else label_domain(db, organisation_id)
    return label or own_domain(db, organisation_id)


def label_domain(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The portal's present name under the provider's domain."""
    names = domains.of_organisation(db, organisation_id)
    return next((each for each in names if at_label(each) and not each.destination.redirect_to), None)


def own_domain(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The organisation's own name for its portal: the one that went live, else the oldest."""
    own = [each for each in domains.of_organisation(db, organisation_id) if is_external(each.destination)]
    return next((domain for domain in own if domain.live_at), own[0] if own else None)


def _asked_at(db: sqlite3.Connection, organisation_id: int, domain: Domain) -> datetime | None:
    asked = audit.last_at(db, organisation_id, ASKED, domain.hostname, domain.created_at)
    if asked is None or audit.last_at(db, organisation_id, CHECKED, domain.hostname, asked):
        return None
    return asked
