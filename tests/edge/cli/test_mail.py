import sqlite3

import pytest

from store import deliveries, outbox
from store.outbox import State
from tests.edge.cli.desk import Desk
from tests.edge.jobs.test_delivery_notice import OURS, POSTFIX
from tests.factories import NOW


def sent(desk: Desk) -> str:
    """The Message-ID of a test mail that the relay has taken."""
    desk.typed("mail", "test", "ada@harbour.example", "--organisation", "meridian")

    def change(db: sqlite3.Connection) -> str:
        deliveries.sent(db, 1, NOW)
        found = outbox.find(db, 1, 1)
        assert found
        return found.message_id

    return desk.store(change)


def test_test_mail_is_queued_and_listed(meridian: Desk) -> None:
    said = meridian.typed("mail", "test", "ada@harbour.example", "--organisation", "meridian")
    assert said.code == 0 and said.out == "test mail 1 queued for ada@harbour.example\n"
    assert "mail.smtp is empty, so it waits" in said.err
    meridian.typed("mail", "test", "op@provider.example")
    listed = meridian.done("mail", "list").out.splitlines()
    assert [line.split("\t")[:4] for line in listed] == [
        ["2", "waiting", "-", "op@provider.example"],
        ["1", "waiting", "meridian", "ada@harbour.example"],
    ]
    (described,) = meridian.done("mail", "list", "--organisation", "meridian", "--json").json
    assert (described["recipient"], described["state"]) == ("ada@harbour.example", "waiting")
    assert meridian.done("mail", "list", "--state", "sent").out == ""


def test_organisations_mail_is_in_its_name(meridian: Desk) -> None:
    meridian.typed("mail", "test", "ada@harbour.example", "--organisation", "meridian")
    queued = meridian.store(lambda db: outbox.find(db, 1, 1))
    assert queued and queued.message.sender == "Meridian Telecom <noreply@admin.provider.test>"


@pytest.mark.parametrize("address", ["nobody", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(meridian: Desk, address: str) -> None:
    said = meridian.typed("mail", "test", address)
    assert said.code == 1 and "is not an e-mail address" in said.err


def test_mail_that_came_back_is_marked(meridian: Desk) -> None:
    text = POSTFIX.replace(OURS, sent(meridian))
    assert "mail 1 bounced: 550 5.1.1" in meridian.done("mail", "bounce", stdin=text).out
    found = meridian.store(lambda db: outbox.find(db, 1, 1))
    assert found and found.state is State.BOUNCED and "no such user" in found.error
    assert "no such user" in meridian.done("mail", "list", "--state", "bounced").out


def test_notice_of_somebody_elses_mail_changes_nothing(meridian: Desk) -> None:
    sent(meridian)
    assert "not a message of ours" in meridian.done("mail", "bounce", stdin=POSTFIX).out
    found = meridian.store(lambda db: outbox.find(db, 1, 1))
    assert found and found.state is State.SENT


def test_waiting_mail_does_not_bounce_by_a_notice(meridian: Desk) -> None:
    meridian.typed("mail", "test", "ada@harbour.example", "--organisation", "meridian")
    queued = meridian.store(lambda db: outbox.find(db, 1, 1))
    assert queued
    meridian.done("mail", "bounce", stdin=POSTFIX.replace(OURS, queued.message_id))
    found = meridian.store(lambda db: outbox.find(db, 1, 1))
    assert found and found.state is State.WAITING


def test_mail_that_is_no_notice_is_not_sent_back(meridian: Desk) -> None:
    assert meridian.done("mail", "bounce", stdin="Subject: hello\n\nhello").code == 0
