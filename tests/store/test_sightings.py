"""Who has seen what."""

import sqlite3
from datetime import timedelta

from store import sightings
from store.sightings import Place, Sight
from tests import factories
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def customer(db: sqlite3.Connection) -> tuple[int, int, int, int]:
    """Ids of an organisation, an account, its invoice and its user."""
    organisation_id = factories.organisation(db).id
    account_id = factories.account(db, organisation_id)
    invoice_id = factories.invoice(db, organisation_id, account_id)
    return organisation_id, account_id, invoice_id, factories.user(db, organisation_id)


def test_first_and_last_sight_and_the_download_are_kept(db: sqlite3.Connection) -> None:
    organisation_id, account_id, invoice_id, user_id = customer(db)
    for minutes, downloaded in ((0, False), (2, True), (5, False)):
        sight = Sight(invoice_id, user_id, downloaded, NOW + minutes * MINUTE)
        assert sightings.is_due(db, organisation_id, sight)
        sightings.note(db, organisation_id, sight)
    (found,) = sightings.of_invoice(db, organisation_id, invoice_id)
    assert (found.email, found.number) == ("ada@harbour.example", "INV-1001")
    assert (found.first_at, found.last_at) == (NOW, NOW + 5 * MINUTE)
    assert found.downloaded_at == NOW + 2 * MINUTE
    assert sightings.of_account(db, organisation_id, account_id, None, 10) == [found]
    assert sightings.of_invoices(db, organisation_id, [invoice_id, 99]) == {invoice_id: [found]}


def test_sight_within_a_minute_is_not_due_but_a_first_download_is(db: sqlite3.Connection) -> None:
    organisation_id, _, invoice_id, user_id = customer(db)
    sightings.note(db, organisation_id, Sight(invoice_id, user_id, False, NOW))
    soon = NOW + timedelta(seconds=59)
    assert not sightings.is_due(db, organisation_id, Sight(invoice_id, user_id, False, soon))
    assert sightings.is_due(db, organisation_id, Sight(invoice_id, user_id, True, soon))
    assert sightings.is_due(db, organisation_id, Sight(invoice_id, user_id, False, NOW + MINUTE))


def test_sight_never_goes_back(db: sqlite3.Connection) -> None:
    organisation_id, _, invoice_id, user_id = customer(db)
    for at in (NOW, NOW - MINUTE):
        sightings.note(db, organisation_id, Sight(invoice_id, user_id, True, at))
    (found,) = sightings.of_invoice(db, organisation_id, invoice_id)
    assert (found.last_at, found.downloaded_at) == (NOW, NOW)


def test_pages_of_an_account_follow_each_other(db: sqlite3.Connection) -> None:
    organisation_id, account_id, invoice_id, user_id = customer(db)
    more = [factories.invoice(db, organisation_id, account_id, f"INV-{number}") for number in range(4)]
    for each in (invoice_id, *more):
        sightings.note(db, organisation_id, Sight(each, user_id, False, NOW))
    seen: list[int] = []
    place = None
    while part := sightings.of_account(db, organisation_id, account_id, place, 2):
        seen += [sighting.invoice_id for sighting in part]
        place = Place(part[-1].last_at, part[-1].invoice_id, part[-1].user_id)
    assert seen == sorted((invoice_id, *more), reverse=True)


def test_invoices_that_nobody_opened_are_counted(db: sqlite3.Connection) -> None:
    organisation_id, account_id, invoice_id, user_id = customer(db)
    factories.invoice(db, organisation_id, account_id, "INV-2")
    draft = factories.batch(db, organisation_id, state="draft")
    factories.invoice(db, organisation_id, account_id, "INV-3", batch_id=draft)
    sightings.note(db, organisation_id, Sight(invoice_id, user_id, False, NOW))
    assert sightings.unseen(db, organisation_id, account_id) == 1


def test_other_organisation_sees_nothing_of_it(db: sqlite3.Connection) -> None:
    organisation_id, account_id, invoice_id, user_id = customer(db)
    sightings.note(db, organisation_id, Sight(invoice_id, user_id, False, NOW))
    other = factories.organisation(db, "other", "Other").id
    assert sightings.of_invoice(db, other, invoice_id) == []
    assert sightings.of_account(db, other, account_id, None, 10) == []
