import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import deliveries, organisations, outbox, outbox_lists
from store.outbox import BLANK, Message, NotAnAddress, NotOneLine, Purpose, State
from store.outbox_lists import Filter
from tests import factories
from tests.factories import NOW

MESSAGE = Message(
    purpose=Purpose.INVITATION,
    recipient="ada@harbour.example",
    sender='"Meridian Telecom" <post@provider.example>',
    reply_to="help@meridian.example",
    subject="Grüße, 電話",
    text="text",
    html="<p>html</p>",
    attachment_name="a.pdf",
    attachment_sha256=b"x" * 32,
    user_id=3,
    account_id=4,
    invoice_id=5,
    mailing_id=6,
    expires_at=NOW + timedelta(days=7),
)


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


@pytest.fixture
def other(db: sqlite3.Connection) -> int:
    return factories.organisation(db, "other", "Other").id


def state(db: sqlite3.Connection, organisation_id: int, outbox_id: int) -> State:
    found = outbox.find(db, organisation_id, outbox_id)
    assert found
    return found.state


def test_message_comes_back_as_it_was_put(db: sqlite3.Connection, meridian: int) -> None:
    found = outbox.find(db, meridian, outbox.put(db, meridian, MESSAGE, NOW))
    assert found and found.message == MESSAGE
    assert (found.state, found.attempts, found.next_at, found.created_at) == (State.WAITING, 0, NOW, NOW)


def test_message_ids_are_in_the_senders_domain_and_never_the_same(
    db: sqlite3.Connection, meridian: int
) -> None:
    names = set()
    for _ in range(50):
        found = outbox.find(db, meridian, outbox.put(db, meridian, MESSAGE, NOW))
        assert found and found.message_id.endswith("@provider.example")
        names.add(found.message_id)
    assert len(names) == 50


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (field, text)
        for field in ("sender", "reply_to", "subject", "attachment_name")
        for text in ("a\r\nBcc: b@c.example", "a\nb", "a\x00", "a\x1b[0m", "a\u2028b", "a\x85b", "a\ud800")
    ],
)
def test_header_with_a_line_break_is_refused(
    db: sqlite3.Connection, meridian: int, field: str, text: str
) -> None:
    changed = replace(MESSAGE, **{field: text})  # type: ignore[arg-type]
    with pytest.raises(NotOneLine):
        outbox.put(db, meridian, changed, NOW)
    assert outbox_lists.counts(db, meridian)[State.WAITING] == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@x.example",
        "a@",
        "a@b",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "A <a@b.example>",
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        '"a@b"@c.example',
        "a@[192.0.2.1]",
        "a@b@c.example",
        "x" * 65 + "@b.example",
        "a@" + "b" * 260 + ".example",
    ],
)
def test_what_is_not_one_address_is_refused(db: sqlite3.Connection, meridian: int, address: str) -> None:
    assert not outbox.is_address(address)
    with pytest.raises(NotAnAddress):
        outbox.put(db, meridian, replace(MESSAGE, recipient=address), NOW)


@given(st.text())
def test_no_text_that_is_an_address_holds_what_splits_a_header(text: str) -> None:
    if outbox.is_address(text):
        assert not set(text) & set(" \r\n\t,;<>()") and text.count("@") == 1


def test_others_see_and_change_nothing(db: sqlite3.Connection, meridian: int, other: int) -> None:
    ours, theirs = outbox.put(db, meridian, MESSAGE, NOW), outbox.put(db, None, MESSAGE, NOW)
    for organisation_id, outbox_id in ((other, ours), (None, ours), (meridian, theirs), (other, theirs)):
        assert outbox.find(db, organisation_id, outbox_id) is None
        assert not outbox.cancel(db, organisation_id, outbox_id, NOW)
        assert not outbox.retry(db, organisation_id, outbox_id, NOW)
    assert state(db, meridian, ours) is State.WAITING
    assert [line.id for line in outbox_lists.page(db, other, Filter(), before=None, limit=9)] == []
    assert [line.id for line in outbox_lists.page(db, None, Filter(), before=None, limit=9)] == [theirs]
    lines = outbox_lists.page_of_all(db, Filter(), before=None, limit=9)
    assert [(line.id, line.organisation) for line in lines] == [(theirs, ""), (ours, "meridian")]


def test_only_what_waits_is_cancelled(db: sqlite3.Connection, meridian: int) -> None:
    first, second = outbox.put(db, meridian, MESSAGE, NOW), outbox.put(db, meridian, MESSAGE, NOW)
    assert outbox.cancel(db, meridian, first, NOW) and not outbox.cancel(db, meridian, first, NOW)
    deliveries.sent(db, second, NOW)
    assert not outbox.cancel(db, meridian, second, NOW)


def test_message_that_had_gone_when_it_was_cancelled_is_sent(db: sqlite3.Connection, meridian: int) -> None:
    outbox_id = outbox.put(db, meridian, MESSAGE, NOW)
    outbox.cancel(db, meridian, outbox_id, NOW)
    deliveries.sent(db, outbox_id, NOW)
    assert state(db, meridian, outbox_id) is State.SENT


@pytest.mark.parametrize("ending", ["failed", "bounced", "cancelled", "waiting"])
def test_what_was_not_sent_can_be_tried_again(db: sqlite3.Connection, meridian: int, ending: str) -> None:
    outbox_id = outbox.put(db, meridian, MESSAGE, NOW)
    later = NOW + timedelta(hours=1)
    match ending:
        case "failed":
            deliveries.failed(db, outbox_id, "no", NOW)
        case "bounced":
            deliveries.bounced(db, outbox_id, "no", NOW)
        case "cancelled":
            outbox.cancel(db, meridian, outbox_id, NOW)
        case _:
            deliveries.put_off(db, outbox_id, "no", NOW + timedelta(hours=8))
    assert outbox.retry(db, meridian, outbox_id, later)
    found = outbox.find(db, meridian, outbox_id)
    assert found and (found.state, found.attempts, found.next_at) == (State.WAITING, 0, later)


def sent_and_back(db: sqlite3.Connection, outbox_id: int) -> None:
    deliveries.sent(db, outbox_id, NOW)
    [row] = db.execute("SELECT message_id FROM outbox WHERE id = :id", {"id": outbox_id})
    deliveries.bounced_later(db, row["message_id"], "gone", NOW)


ENDINGS: dict[str, Callable[[sqlite3.Connection, int], None]] = {
    "sent": lambda db, outbox_id: deliveries.sent(db, outbox_id, NOW),
    "sent and back": sent_and_back,
    "failed": lambda db, outbox_id: deliveries.failed(db, outbox_id, "no", NOW),
    "bounced": lambda db, outbox_id: deliveries.bounced(db, outbox_id, "no", NOW),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("message", [MESSAGE, replace(MESSAGE, secret="s3", expires_at=None)])
@pytest.mark.parametrize("now", [NOW, NOW + timedelta(days=8)])
def test_rule_of_trying_again_is_the_same_in_lists(
    db: sqlite3.Connection, meridian: int, ending: str, message: Message, now: datetime
) -> None:
    outbox_id = outbox.put(db, meridian, message, NOW)
    ENDINGS[ending](db, outbox_id)
    [line] = outbox_lists.page(db, meridian, Filter(), before=None, limit=1)
    assert outbox.retry(db, meridian, outbox_id, now) == line.may_retry(now)


def test_tokens_are_blanked_once_sent_and_kept_while_they_wait(db: sqlite3.Connection, meridian: int) -> None:
    message = replace(MESSAGE, text="code 123456, link /x/tok", html="<b>123456</b> tok", secret="123456 tok")
    outbox_id = outbox.put(db, meridian, message, NOW)
    deliveries.put_off(db, outbox_id, "later", NOW)
    found = outbox.find(db, meridian, outbox_id)
    assert found and found.message.text == message.text
    deliveries.sent(db, outbox_id, NOW)
    found = outbox.find(db, meridian, outbox_id)
    assert found and found.message.text == f"code {BLANK}, link /x/{BLANK}"
    assert found.message.html == f"<b>{BLANK}</b> {BLANK}" and found.message.secret == BLANK


def test_bounce_that_comes_later_finds_the_sent_message_alone(db: sqlite3.Connection, meridian: int) -> None:
    waiting, sent = outbox.put(db, meridian, MESSAGE, NOW), outbox.put(db, meridian, MESSAGE, NOW)
    deliveries.sent(db, sent, NOW)
    names = {each: found.message_id for each in (waiting, sent) if (found := outbox.find(db, meridian, each))}
    assert deliveries.bounced_later(db, names[waiting], "no", NOW) is None
    assert deliveries.bounced_later(db, names[sent], "no such user", NOW) == sent
    assert deliveries.bounced_later(db, "x@y.example", "no", NOW) is None
    assert (state(db, meridian, waiting), state(db, meridian, sent)) == (State.WAITING, State.BOUNCED)


def test_held_messages_have_no_time_until_their_organisation_is_resumed(
    db: sqlite3.Connection, meridian: int, other: int
) -> None:
    ids = [outbox.put(db, meridian, MESSAGE, NOW) for _ in range(3)]
    organisations.set_suspended(db, meridian, True)
    due = deliveries.next_due(db, NOW)
    assert due and due.suspended and due.queued.id == ids[0]
    assert deliveries.hold(db, meridian) == 3 and deliveries.hold(db, meridian) == 0
    assert deliveries.next_due(db, NOW) is None and deliveries.next_at(db) is None
    assert deliveries.resumed(db) is None
    outbox.put(db, other, MESSAGE, NOW)
    organisations.set_suspended(db, other, True)
    deliveries.hold(db, other)
    organisations.set_suspended(db, other, False)
    assert deliveries.resumed(db) == other
    assert deliveries.release(db, other, NOW) == 1 and deliveries.resumed(db) is None


def test_lists_and_searches_read_an_index_and_no_body(db: sqlite3.Connection, meridian: int) -> None:
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    for chosen in (Filter(), Filter(state=State.FAILED), Filter(search="ada"), Filter(State.SENT, "ada")):
        outbox_lists.page(db, meridian, chosen, before=9, limit=5)
    outbox_lists.page_of_all(db, Filter(state=State.FAILED), before=None, limit=5)
    outbox_lists.page_of_all(db, Filter(search="ada"), before=None, limit=5)
    outbox_lists.counts(db, meridian)
    outbox_lists.counts_of_all(db)
    outbox_lists.of_mailing(db, meridian, 6, before=None, limit=5)
    outbox_lists.of_invoice(db, meridian, 5)
    deliveries.next_due(db, NOW)
    deliveries.next_at(db)
    deliveries.resumed(db)
    db.set_trace_callback(None)
    for statement in seen:
        steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        scans = [step for step in steps if re.match(r"SCAN (o|m|outbox)\b(?!.*INDEX)", step)]
        assert scans == [], (statement, steps)
        searched = [step for step in steps if "outbox_by_recipient" in step]
        assert ("LIKE" in statement) == any("COVERING" in step for step in searched), (statement, steps)


def test_secrets_are_no_part_of_a_message_that_has_none(db: sqlite3.Connection, meridian: int) -> None:
    outbox_id = outbox.put(db, meridian, MESSAGE, NOW)
    deliveries.sent(db, outbox_id, NOW)
    found = outbox.find(db, meridian, outbox_id)
    assert found and found.message.text == "text" and found.message.secret == ""


def test_messages_that_ended_long_ago_are_forgotten_and_those_that_wait_are_not(
    db: sqlite3.Connection, meridian: int
) -> None:
    sent, waiting, recent = (outbox.put(db, meridian, MESSAGE, NOW) for _ in range(3))
    deliveries.sent(db, sent, NOW)
    deliveries.sent(db, recent, NOW + timedelta(days=1))
    assert deliveries.remove_old(db, NOW + deliveries.KEPT - timedelta(seconds=1)) == 0
    assert deliveries.remove_old(db, NOW + deliveries.KEPT) == 1
    assert outbox.find(db, meridian, sent) is None
    assert outbox.find(db, meridian, waiting) and outbox.find(db, meridian, recent)
