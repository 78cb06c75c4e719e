import sqlite3
from datetime import timedelta

from store import domains, origins, portals, senders
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests import factories
from tests.factories import NOW

TARGET = Hostname("edge.provider.example")


def add(
    db: sqlite3.Connection,
    name: str,
    organisation_id: int,
    *,
    own: bool = False,
    redirect_to: str | None = None,
    live: int | None = None,
) -> None:
    confirmation = Confirmation.ADDRESS if own else Confirmation.CNAME
    redirect = Hostname(redirect_to) if redirect_to else None
    target = None if own else TARGET
    destination = Destination(
        Hostname(name), Room.PORTAL, organisation_id, False, (), confirmation, target, redirect
    )
    domains.add(db, destination, NOW)
    if live is not None:
        domains.set_live(db, Hostname(name), NOW + timedelta(days=live))


def test_own_address_waits_for_its_proof(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    senders.save(db, organisation_id, "billing@meridian.example", "help@meridian.example", NOW)
    sender, portal = senders.find(db, organisation_id), portals.find(db, organisation_id)
    assert sender.domain == "meridian.example" and len(sender.token) == 32 and sender.verified_at is None
    assert portal and (portal.mail_from, portal.mail_reply_to) == (
        "billing@meridian.example",
        "help@meridian.example",
    )
    assert senders.verify(db, organisation_id, sender.token, NOW)
    assert senders.find(db, organisation_id).verified_at == NOW


def test_address_that_is_taken_away_leaves_no_token_to_verify(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    senders.save(db, organisation_id, "billing@meridian.example", "", NOW)
    token = senders.find(db, organisation_id).token
    senders.save(db, organisation_id, "", "", NOW)
    assert senders.find(db, organisation_id).token == ""
    assert not senders.verify(db, organisation_id, token, NOW)
    assert not senders.verify(db, organisation_id, "", NOW)


def test_sender_is_ones_own(db: sqlite3.Connection) -> None:
    first, second = factories.organisation(db).id, factories.organisation(db, "other", "Other").id
    senders.save(db, first, "a@meridian.example", "", NOW)
    assert senders.find(db, second).mail_from == ""
    assert not senders.verify(db, second, senders.find(db, first).token, NOW)


def test_links_begin_with_the_name_that_was_live_last(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    assert origins.canonical_origin(db, organisation_id, 443) is None
    add(db, "billing.meridian.example", organisation_id)
    assert origins.canonical_origin(db, organisation_id, 443) is None
    add(db, "meridian.provider.example", organisation_id, own=True)
    assert origins.canonical_origin(db, organisation_id, 8443) == "https://meridian.provider.example:8443"
    domains.set_live(db, Hostname("billing.meridian.example"), NOW)
    assert origins.canonical_origin(db, organisation_id, 443) == "https://billing.meridian.example"
    add(db, "my.meridian.example", organisation_id, live=1)
    assert origins.canonical_origin(db, organisation_id, 443) == "https://my.meridian.example"


def test_name_that_leads_elsewhere_begins_no_link(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    own = "meridian.provider.example"
    add(db, own, organisation_id, own=True)
    add(db, "old.provider.example", organisation_id, own=True, redirect_to=own)
    add(db, "billing.meridian.example", organisation_id, redirect_to=own, live=1)
    other = factories.organisation(db, "other", "Other").id
    add(db, "billing.other.example", other, live=1)
    assert origins.canonical_origin(db, organisation_id, 443) == f"https://{own}"
