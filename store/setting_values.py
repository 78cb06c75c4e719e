"""Setting values: all that an admin decides about a portal as one mapping, so that changes can be told apart.

Names are those of the columns; besides, `enabled` is whether the portal is on and `label` is its name under the
provider's domain.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from store import organisations, portal_names, portals, profile_fields, provider_labels
from store.bill.rounding import Rounding
from store.organisations import Details
from store.profile_fields import Policy
from store.provider_labels import NotRenamed

Value = str | int | bool

ENABLED = "enabled"
LABEL = "label"
DETAILS = tuple(field.name for field in fields(Details))
NAMES = (ENABLED, LABEL, *portals.SETTINGS, *DETAILS)


def values(db: sqlite3.Connection, organisation_id: int) -> dict[str, Value]:
    """Every setting as it is now."""
    portal = portals.find(db, organisation_id)
    assert portal is not None
    own: dict[str, Value] = {ENABLED: portal.enabled, LABEL: provider_labels.current(db, organisation_id)}
    return own | {name: getattr(portal, name) for name in (*portals.SETTINGS, *DETAILS)}


def put(
    db: sqlite3.Connection,
    organisation_id: int,
    changed: Mapping[str, Value],
    provider_domain: str,
    now: datetime,
) -> NotRenamed | None:
    """Write what is given, with all that follows from it; a label that is refused leaves all as it was."""
    portal = portals.find(db, organisation_id)
    assert portal is not None
    label = str(changed.get(LABEL, ""))
    if label and (refused := provider_labels.rename(db, organisation_id, label, provider_domain, now)):
        return refused
    if own := {name: changed[name] for name in portals.SETTINGS if name in changed}:
        portals.save(db, organisation_id, replace(portal.settings, **_typed(own)), now)
    if details := {name: changed[name] for name in DETAILS if name in changed}:
        present: dict[str, Any] = {name: getattr(portal, name) for name in DETAILS}
        organisations.describe(db, organisation_id, Details(**(present | details)))
    if ENABLED in changed:
        portals.set_enabled(db, organisation_id, bool(changed[ENABLED]), now)
    if LABEL in changed or "use_external" in changed:
        portal_names.settle(db, organisation_id, provider_domain, now)
    return None


def _typed(own: Mapping[str, Value]) -> dict[str, Any]:
    kinds = {"rounding": Rounding} | dict.fromkeys(profile_fields.SETTINGS.values(), Policy)
    return {**own, **{name: kind(str(own[name])) for name, kind in kinds.items() if name in own}}
