import sqlite3

from store import attempts, audience, batch_list, invoice_search
from store.attempts import Asked, Outcome
from store.audience import Audience
from store.batch_list import Filter
from tests import factories

NOW = factories.NOW


def ids(db: sqlite3.Connection, organisation_id: int, chosen: Filter, before: int | None = None) -> list[int]:
    return [line.batch.id for line in batch_list.page(db, organisation_id, chosen, before, 2)]


def test_list_goes_down_from_the_newest_and_leaves_out_what_died(db: sqlite3.Connection) -> None:
    one, other = factories.organisation(db).id, factories.organisation(db, "other").id
    made = [
        factories.batch(db, one, state=state) for state in ("published", "abandoned", "draft", "withdrawn")
    ]
    factories.batch(db, other, state="draft")
    assert ids(db, one, Filter()) == [made[3], made[2]]
    assert ids(db, one, Filter(), before=made[2]) == [made[0]]
    assert ids(db, one, Filter(state="draft")) == [made[2]]
    assert ids(db, one, Filter(kind="calls")) == []
    assert (batch_list.drafts(db, one), batch_list.drafts(db, other)) == (1, 1)


def test_who_brought_a_batch_is_known_by_its_attempt(db: sqlite3.Connection) -> None:
    one = factories.organisation(db).id
    batch = factories.batch(db, one)
    attempt = attempts.create(db, one, Asked("invoices", "a.csv", "staff:3"), NOW)
    attempts.finish(db, one, attempt, Outcome("imported", batch_id=batch), NOW)
    assert [line.actor for line in batch_list.page(db, one, Filter())] == ["staff:3"]


def test_audience_counts_each_customer_once_and_only_living_sign_ins(db: sqlite3.Connection) -> None:
    one = factories.organisation(db).id
    first, second = factories.account(db, one, "A1"), factories.account(db, one, "A2")
    batch = factories.batch(db, one, state="draft")
    for number, account in (("I-1", first), ("I-2", first), ("I-3", second)):
        factories.invoice(db, one, account, number, batch_id=batch)
    assert audience.of_batch(db, one, batch) == Audience(2, 0)
    factories.user(db, one, "ada@harbour.example", "A1")
    factories.user(db, one, "bob@harbour.example", "A1")
    assert audience.of_batch(db, one, batch) == Audience(2, 1)
    db.execute("UPDATE users SET status = 'suspended'")
    assert audience.of_batch(db, one, batch) == Audience(2, 0)
    other = factories.organisation(db, "other").id
    assert audience.of_batch(db, other, batch) is None


def test_invoices_are_found_by_how_their_number_begins(db: sqlite3.Connection) -> None:
    one, other = factories.organisation(db).id, factories.organisation(db, "other").id
    account = factories.account(db, one, "A1")
    for number in ("INV-10", "INV-2", "INV_2", "X-1"):
        factories.invoice(db, one, account, number)
    factories.invoice(db, other, factories.account(db, other, "A1"), "INV-3")
    found = invoice_search.by_number(db, one, "INV-")
    assert [(each.number, each.reference, each.revisions) for each in found] == [
        ("INV-10", "A1", 1),
        ("INV-2", "A1", 1),
    ]
    assert [each.number for each in invoice_search.by_number(db, one, "INV%")] == []
    assert len(invoice_search.by_number(db, one, "", limit=3)) == 3
    assert invoice_search.by_public_id(db, one, found[0].public_id) == found[0]
    assert invoice_search.by_public_id(db, other, found[0].public_id) is None


def test_invoice_of_a_batch_that_died_is_not_found(db: sqlite3.Connection) -> None:
    one = factories.organisation(db).id
    dead = factories.batch(db, one, state="staging")
    factories.invoice(db, one, factories.account(db, one, "A1"), "INV-1", batch_id=dead)
    assert invoice_search.by_number(db, one, "INV") == []
