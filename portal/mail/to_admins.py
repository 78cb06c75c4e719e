"""To admins: a letter of the provider's to everyone who runs an organisation's portal, queued with its cause."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from portal.mail.letter import Letter
from portal.mail.letterhead import Letterhead, of_provider
from portal.mail.sender import Provider, provider_sender
from store import notices, organisations, outbox
from store.organisations import Organisation
from store.outbox import is_address

Write = Callable[[Letterhead, Organisation], Letter]
"""Writes the letter; links lead to the console."""


def tell_admins(
    db: sqlite3.Connection, organisation_id: int, provider: Provider, write: Write, now: datetime
) -> None:
    """Queue what is written to each of an organisation's own admins."""
    organisation = organisations.by_id(db, organisation_id)
    assert organisation
    post_to_admins(db, organisation_id, provider, write(of_provider(provider), organisation), now)


def post_to_admins(
    db: sqlite3.Connection, organisation_id: int, provider: Provider, letter: Letter, now: datetime
) -> None:
    """Queue a letter to each of an organisation's own admins who has an address."""
    for address in filter(is_address, notices.admins(db, organisation_id)):
        outbox.put(db, organisation_id, letter.to(address, provider_sender(provider)), now)


def access_path(organisation: Organisation) -> str:
    """Where admins see to their portal's name, on the console."""
    return f"/organisations/{organisation.slug}/settings/customer-access"
