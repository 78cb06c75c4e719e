"""Facts: what the store says about an organisation's portal, as the wizard's steps need it."""

import sqlite3

from admin.wizard.steps import Facts, at_label
from portal.theme import DEFAULT
from store import audit, changeover, domains, issuance, portals
from store.domains import Domain
from store.issuance import Standing

ASKED = "domain.completion_asked"
"""The deed from which we know when the set-up was last started again by hand."""


def facts_of(db: sqlite3.Connection, organisation_id: int) -> Facts:
    """The facts of an organisation's portal and of the name that its customers use."""
    portal = portals.find(db, organisation_id)
    enabled = portal is not None and portal.enabled
    domain = used_domain(db, organisation_id, portal is None or portal.use_external)
    return facts_at(db, organisation_id, domain, enabled)


def facts_at(db: sqlite3.Connection, organisation_id: int, domain: Domain | None, enabled: bool) -> Facts:
    """The facts of one name of an organisation's, whichever it is."""
    if domain is None:
        return Facts(enabled, None, Standing())
    standing = issuance.standing(db, domain.hostname)
    asked_at = audit.last_at(db, organisation_id, ASKED, domain.hostname, domain.created_at)
    return Facts(enabled, domain, standing, asked_at)


def used_domain(db: sqlite3.Connection, organisation_id: int, use_external: bool) -> Domain | None:
    """The name that the portal is at: the organisation's own, else the one under the provider's domain."""
    label = None if use_external else label_domain(db, organisation_id)
    return label or own_domain(db, organisation_id)


def label_domain(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The portal's present name under the provider's domain."""
    names = domains.of_organisation(db, organisation_id)
    return next((each for each in names if at_label(each) and not each.destination.redirect_to), None)


def own_domain(db: sqlite3.Connection, organisation_id: int) -> Domain | None:
    """The organisation's own name that its portal is at."""
    return changeover.present(db, organisation_id)


def is_branded(db: sqlite3.Connection, organisation_id: int) -> bool:
    """Whether the organisation has given its portal any look of its own."""
    portal = portals.find(db, organisation_id)
    if portal is None:
        return False
    pictures = portal.logo_light or portal.logo_dark or portal.favicon
    return bool(pictures or portal.sign_in_headline or portal.theme_colour != DEFAULT)
