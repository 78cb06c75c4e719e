"""Telling: the old e-mail address of a customer hears that it is no longer the one, whoever changed it."""

import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.desk import desk
from portal.mail import Provider, is_address, notices
from store.accounts import Account


def tell_old_address(
    db: sqlite3.Connection,
    organisation_id: int,
    before: Account,
    new: str,
    provider: Provider,
    now: datetime,
) -> None:
    """Queue the notice to the address that stood before, if mail can be sent there."""
    at, old = desk(db, organisation_id, provider), before.value("email")
    if at is None or not is_address(old) or old == new:
        return
    letter = notices.contact_changed(
        at.head,
        account=f"{before.name} ({before.reference})",
        new=masked(new),
        at=now,
        zone=ZoneInfo(at.portal.time_zone),
        path="/profile",
    )
    at.send(db, letter, old, now, account_id=before.account_id)


def masked(address: str) -> str:
    """n…@harbour.example: enough for who knows the address, nothing for others."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}\N{HORIZONTAL ELLIPSIS}@{domain}"
