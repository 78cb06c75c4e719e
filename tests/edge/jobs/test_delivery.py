"""Delivery against aiosmtpd: what arrives, what is tried again, what is given up."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge import relay
from edge.jobs.delivery import LADDER, Delivery
from edge.jobs.post import Post
from edge.jobs.rounds import Rounds
from edge.relay import Relay, Security
from store import deliveries, leases, organisations, outbox
from store.database import Store
from store.instants import to_ms
from store.leases import Lease
from store.outbox import BLANK, Message, Purpose, Queued, State
from tests import factories
from tests.edge.tls.processes import until
from tests.fakes.set_clock import SetClock
from tests.peers.mail_server import PASSWORD, USER, MailServer, mail_server
from tests.peers.ports import free_port

MESSAGE = Message(
    purpose=Purpose.RESET,
    recipient="ada@harbour.example",
    sender="Meridian Telecom <post@provider.example>",
    reply_to="help@meridian.example",
    subject="Choose a new password",
    text="Open this:\nhttps://billing.meridian.example/reset/t0k3n\n",
    html='<p><a href="https://billing.meridian.example/reset/t0k3n">Open</a></p>',
    secret="t0k3n",
)
PDF = b"%PDF-1.7\r\n" + bytes(range(256)) * 700


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "brassplate.db")
    await opened.write(factories.organisation)
    yield opened
    await opened.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    async with mail_server(tmp_path) as running:
        yield running


@pytest.fixture
def clock() -> SetClock:
    return SetClock(factories.NOW)


def post_to(server: MailServer, url: str = "smtp://localhost", **options: float) -> Post:
    parsed = relay.parse(url)
    assert isinstance(parsed, Relay)
    at = replace(parsed, port=server.port)
    return Post(at, our_name="admin.provider.example", ca_file=server.root_file, **options)


def delivery_by(store: Store, clock: SetClock, post: Post, **options: str) -> Delivery:
    return Delivery(
        store,
        clock,
        post,
        per_minute=100_000,
        jitter=lambda: 0.0,
        sleep=lambda _: asyncio.sleep(0),
        **options,
    )


async def queue(store: Store, message: Message = MESSAGE, organisation_id: int | None = 1) -> int:
    return await store.write(outbox.put, organisation_id, message, factories.NOW)


async def found(store: Store, outbox_id: int) -> Queued:
    message = await store.read(outbox.find, 1, outbox_id)
    assert message
    return message


async def test_message_arrives_whole(
    store: Store, server: MailServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "edge")
    outbox_id = await queue(store)
    await delivery_by(store, clock, post_to(server)).send_due()
    (received,) = server.received
    mail, kept = received.mail, await found(store, outbox_id)
    assert (received.sender, received.recipient) == ("post@provider.example", "ada@harbour.example")
    assert mail["From"] == "Meridian Telecom <post@provider.example>"
    assert mail["To"] == "ada@harbour.example"
    assert mail["Reply-To"] == "help@meridian.example"
    assert mail["Message-ID"] == f"<{kept.message_id}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sun, 22 Nov 2026 12:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text and text.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html and html.get_content().strip() == MESSAGE.html
    assert kept.state is State.SENT and kept.attempts == 1 and kept.next_at is None
    assert "mail sent" in caplog.messages and not any("ada@" in str(vars(each)) for each in caplog.records)


async def test_one_time_link_is_blanked_in_the_store_once_it_is_sent(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    outbox_id = await queue(store)
    await delivery_by(store, clock, post_to(server)).send_due()
    kept = (await found(store, outbox_id)).message
    assert "t0k3n" not in kept.text + kept.html + kept.secret
    assert f"/reset/{BLANK}" in kept.text
    assert not await store.write(outbox.retry, 1, outbox_id, clock())


async def test_attachment_arrives_byte_for_byte(store: Store, server: MailServer, clock: SetClock) -> None:
    def with_document(db: sqlite3.Connection) -> None:
        account_id = factories.account(db, 1)
        invoice_id = factories.invoice(db, 1, account_id)
        factories.document(db, 1, invoice_id, PDF, piece_size=50_000)

    await store.write(with_document)
    name = "Rechnung für Café.pdf"
    await queue(store, replace(MESSAGE, attachment_name=name, attachment_sha256=hashlib.sha256(PDF).digest()))
    await delivery_by(store, clock, post_to(server)).send_due()
    (attached,) = server.received[0].mail.iter_attachments()
    assert attached.get_content() == PDF
    assert attached.get_filename() == name
    assert attached.get_content_type() == "application/pdf"


async def test_message_whose_attachment_is_gone_is_given_up(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    outbox_id = await queue(store, replace(MESSAGE, attachment_name="a.pdf", attachment_sha256=b"x" * 32))
    await delivery_by(store, clock, post_to(server)).send_due()
    kept = await found(store, outbox_id)
    assert kept.state is State.FAILED and kept.error == "its attachment is not in the store any more"
    assert server.received == []


@pytest.mark.parametrize("utf8", [True, False])
async def test_letters_of_other_scripts_arrive_whatever_the_server_can(
    store: Store, tmp_path: Path, clock: SetClock, utf8: bool
) -> None:
    message = replace(
        MESSAGE,
        sender='"Łódź Telefon, 電話" <post@provider.example>',
        subject="Ihre Rechnung für Müller & Söhne: 1.234,50 € — 請求書 " + "very " * 30 + "long",
        text="Grüße\n" + "ü" * 3000 + "\n.\nline that begins with a dot\n",
        recipient="ada@büro.example",
    )
    async with mail_server(tmp_path, utf8=utf8) as server:
        await queue(store, message)
        await delivery_by(store, clock, post_to(server)).send_due()
    (received,) = server.received
    assert received.recipient == "ada@xn--bro-hoa.example"
    assert received.content.isascii() and max(map(len, received.content.splitlines())) <= 998
    assert received.mail["Subject"] == message.subject
    assert received.mail["From"].addresses[0].display_name == "Łódź Telefon, 電話"
    text = received.mail.get_body(("plain",))
    assert text and text.get_content().splitlines() == message.text.splitlines()


async def test_address_with_letters_beyond_ascii_needs_a_server_that_takes_them(
    store: Store, tmp_path: Path, clock: SetClock
) -> None:
    message = replace(MESSAGE, recipient="jörg@harbour.example")
    async with mail_server(tmp_path, utf8=False) as old:
        refused = await queue(store, message)
        await delivery_by(store, clock, post_to(old)).send_due()
    kept = await found(store, refused)
    assert kept.state is State.BOUNCED and "letters beyond ASCII" in kept.error
    async with mail_server(tmp_path, utf8=True) as new:
        await queue(store, message)
        await delivery_by(store, clock, post_to(new)).send_due()
    assert new.received[0].recipient == "jörg@harbour.example"
    assert "SMTPUTF8" in new.received[0].mail_options


@pytest.mark.parametrize(("tls", "scheme"), [("starttls", "smtp+starttls"), ("implicit", "smtps")])
async def test_mail_goes_over_tls_with_a_login(
    store: Store, tmp_path: Path, clock: SetClock, tls: str, scheme: str
) -> None:
    async with mail_server(tmp_path, tls=tls, login=True) as server:
        outbox_id = await queue(store)
        url = f"{scheme}://{USER}:s3cret%2Fwith%40signs@localhost"
        assert "%2F" not in PASSWORD
        await delivery_by(store, clock, post_to(server, url)).send_due()
    assert [(mail.encrypted, mail.user) for mail in server.received] == [(True, USER)]
    assert (await found(store, outbox_id)).state is State.SENT


async def test_offered_starttls_is_taken_though_nobody_vouches_for_the_server(
    store: Store, tmp_path: Path, clock: SetClock
) -> None:
    async with mail_server(tmp_path, tls="starttls", name="somebody.else") as server:
        server.root_file = None
        await queue(store)
        await delivery_by(store, clock, post_to(server, "smtp://localhost")).send_due()
    assert [mail.encrypted for mail in server.received] == [True]


@pytest.mark.parametrize(
    ("url", "tls", "words"),
    [
        (f"smtp+starttls://{USER}:amiss@localhost", "starttls", "535"),
        (f"smtp+starttls://{USER}:amiss@localhost", "", "STARTTLS"),
        (f"smtps://{USER}:amiss@localhost", "", "localhost"),
    ],
)
async def test_message_waits_where_the_relay_lets_us_in_no_more(
    store: Store, tmp_path: Path, clock: SetClock, url: str, tls: str, words: str
) -> None:
    async with mail_server(tmp_path, tls=tls, login=bool(tls)) as server:
        outbox_id = await queue(store)
        post = post_to(server, url, answer_seconds=2)
        await delivery_by(store, clock, post).send_due()
    kept = await found(store, outbox_id)
    assert server.received == [] and kept.state is State.WAITING
    assert words in kept.error and "amiss" not in kept.error
    assert kept.next_at == clock() + LADDER[0]


async def test_certificate_of_another_name_is_not_trusted_with_a_password(
    store: Store, tmp_path: Path, clock: SetClock
) -> None:
    async with mail_server(tmp_path, tls="starttls", name="somebody.else") as server:
        outbox_id = await queue(store)
        url = f"smtp+starttls://{USER}:{PASSWORD.replace('/', '%2F').replace('@', '%40')}@localhost"
        await delivery_by(store, clock, post_to(server, url)).send_due()
    kept = await found(store, outbox_id)
    assert kept.state is State.WAITING and "certificate" in kept.error.lower()


async def test_recipient_refused_for_good_bounces_with_the_servers_words(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    server.on_recipient = lambda _: "550 5.1.1 No such user \x1b[31mhere"
    outbox_id, other = await queue(store), await queue(store, replace(MESSAGE, recipient="b@harbour.example"))
    await delivery_by(store, clock, post_to(server)).send_due()
    kept = await found(store, outbox_id)
    assert kept.state is State.BOUNCED and kept.error == "550 5.1.1 No such user [31mhere"
    assert (await found(store, other)).state is State.BOUNCED
    assert server.connections == 1


async def test_message_refused_for_good_bounces(store: Store, server: MailServer, clock: SetClock) -> None:
    server.on_data = lambda _: "554 5.7.1 Looks like spam"
    outbox_id = await queue(store)
    await delivery_by(store, clock, post_to(server)).send_due()
    kept = await found(store, outbox_id)
    assert (kept.state, kept.error) == (State.BOUNCED, "554 5.7.1 Looks like spam")


async def test_message_put_off_climbs_the_ladder_and_is_given_up_at_its_end(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    server.on_recipient = lambda _: "450 4.2.1 Come back later"
    outbox_id = await queue(store)
    delivery = delivery_by(store, clock, post_to(server))
    waits = []
    for _ in LADDER:
        await delivery.send_due()
        kept = await found(store, outbox_id)
        assert kept.state is State.WAITING and kept.error == "450 4.2.1 Come back later" and kept.next_at
        waits.append(kept.next_at - clock())
        await delivery.send_due()
        assert (await found(store, outbox_id)).attempts == kept.attempts
        clock.now = kept.next_at
    await delivery.send_due()
    kept = await found(store, outbox_id)
    assert tuple(waits) == LADDER
    assert kept.state is State.FAILED and kept.next_at is None and kept.attempts == len(LADDER) + 1


async def test_message_put_off_arrives_later_under_the_same_message_id(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    server.on_data = lambda _: "451 4.3.0 Out of space"
    outbox_id = await queue(store)
    delivery = delivery_by(store, clock, post_to(server))
    await delivery.send_due()
    server.on_data = lambda _: None
    clock.advance(minutes=1)
    await delivery.send_due()
    kept = await found(store, outbox_id)
    assert server.received[0].mail["Message-ID"] == f"<{kept.message_id}>"
    assert (kept.state, kept.error, kept.attempts) == (State.SENT, "", 2)


async def test_jitter_moves_the_next_try_by_a_tenth_at_most(store: Store, clock: SetClock) -> None:
    kept = await found(store, await queue(store))
    for amount in (-1.0, 1.0):
        delivery = Delivery(store, clock, None, per_minute=1, jitter=lambda amount=amount: amount)  # type: ignore[arg-type, misc]
        assert delivery.next_try(kept, clock()) == clock() + LADDER[0] * (1 + amount / 10)


async def test_dropped_connection_is_tried_again_and_nothing_is_lost(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    server.drops = 1
    first, second = await queue(store), await queue(store, replace(MESSAGE, recipient="b@harbour.example"))
    delivery = delivery_by(store, clock, post_to(server))
    await delivery.send_due()
    kept = await found(store, first)
    assert kept.state is State.WAITING and "connection" in kept.error
    assert (await found(store, second)).state is State.SENT
    clock.advance(minutes=1)
    await delivery.send_due()
    assert [mail.recipient for mail in server.received] == ["b@harbour.example", "ada@harbour.example"]


async def test_stale_connection_is_made_anew_before_the_message_is_begun(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    post = post_to(server)
    delivery = delivery_by(store, clock, post)
    await queue(store)
    queued = await store.read(deliveries.next_due, clock())
    assert queued
    await delivery._deliver(queued.queued)
    assert post._client and post._client.transport
    post._client.transport.close()
    await asyncio.sleep(0.05)
    await queue(store)
    await delivery.send_due()
    assert len(server.received) == 2 and server.connections == 2


async def test_run_of_messages_goes_over_one_connection(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    for number in range(20):
        await queue(store, replace(MESSAGE, recipient=f"c{number}@harbour.example"))
    await delivery_by(store, clock, post_to(server)).send_due()
    assert (len(server.received), server.connections) == (20, 1)


async def test_server_that_stalls_is_given_up_in_time(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    server.hangs = True
    outbox_id = await queue(store)
    async with asyncio.timeout(5):
        await delivery_by(store, clock, post_to(server, answer_seconds=0.2)).send_due()
    kept = await found(store, outbox_id)
    assert kept.state is State.WAITING and "did not answer in time" in kept.error


async def test_server_that_drips_is_given_up_in_time(store: Store, clock: SetClock) -> None:
    left = asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"220-wait\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            writer.close()
        finally:
            left.set()

    dripping = await asyncio.start_server(drip, "127.0.0.1", 0)
    at = Relay("127.0.0.1", dripping.sockets[0].getsockname()[1], Security.WHERE_OFFERED)
    outbox_id = await queue(store)
    async with asyncio.timeout(5):
        post = Post(at, our_name="a.example", answer_seconds=10, message_seconds=0.3)
        await delivery_by(store, clock, post).send_due()
    assert (await found(store, outbox_id)).state is State.WAITING
    await left.wait()
    dripping.close()


async def test_relay_that_is_down_costs_a_message_one_try_and_the_others_a_pause(
    store: Store, clock: SetClock
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    first, second = await queue(store), await queue(store)
    post = Post(Relay("127.0.0.1", free_port(), Security.WHERE_OFFERED), our_name="a.example")
    await Delivery(store, clock, post, per_minute=60, jitter=lambda: 0.0, sleep=sleep).send_due()
    assert pauses == [5.0, 15.0]
    assert [(await found(store, each)).attempts for each in (first, second)] == [1, 1]


async def test_ending_does_not_wait_for_a_server_that_stalls(
    store: Store, server: MailServer, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.jobs.delivery.GRACE_SECONDS", 0.1)
    server.hangs = True
    outbox_id = await queue(store)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(delivery_by(store, clock, post_to(server)).run(Rounds(clock)))
        await until(lambda: server.connections == 1)
        await asyncio.sleep(0.1)
        async with asyncio.timeout(3):
            running.cancel()
            await asyncio.wait([running])
    assert (await found(store, outbox_id)).state is State.WAITING
    assert await store.read(_lease_is_free)


async def test_message_under_way_is_finished_when_the_process_ends(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    arrived = asyncio.Event()

    def slow(_: str) -> None:
        arrived.set()

    server.on_data = slow
    outbox_id = await queue(store)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(delivery_by(store, clock, post_to(server)).run(Rounds(clock)))
        await arrived.wait()
        running.cancel()
    assert (await found(store, outbox_id)).state is State.SENT


async def test_new_mail_is_noticed_by_itself(store: Store, server: MailServer) -> None:
    clock = SetClock(factories.NOW)
    post = post_to(server)
    delivery = Delivery(store, clock, post, per_minute=100_000, jitter=lambda: 0.0)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(delivery.run(Rounds(clock)))
        await asyncio.sleep(0.1)
        await queue(store)
        async with asyncio.timeout(3):
            while not server.received:
                await asyncio.sleep(0.02)
        running.cancel()


async def test_message_left_by_a_killed_process_is_sent_by_the_next(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    gone = "0 1 0"  # a process of another boot
    lease = await store.write(leases.take, "mail", gone, clock(), clock() + timedelta(minutes=10))
    assert isinstance(lease, Lease)
    outbox_id = await queue(store)
    await delivery_by(store, clock, post_to(server)).send_due()
    assert (await found(store, outbox_id)).state is State.SENT


async def test_only_one_process_sends(store: Store, server: MailServer, clock: SetClock) -> None:
    other = leases.this_process()
    await store.write(leases.take, "mail", other, clock(), clock() + timedelta(minutes=10))
    outbox_id = await queue(store)
    delivery = delivery_by(store, clock, post_to(server))
    await delivery.send_due()
    assert server.received == []
    clock.advance(minutes=10)
    await delivery.send_due()
    assert (await found(store, outbox_id)).state is State.SENT


async def test_suspended_organisations_mail_waits_until_it_is_resumed(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    other = await store.write(factories.organisation, "other", "Other")
    held = [await queue(store, replace(MESSAGE, recipient=f"h{n}@harbour.example")) for n in range(250)]
    await store.write(organisations.set_suspended, 1, True)
    await queue(store, replace(MESSAGE, recipient="o@other.example"), other.id)
    delivery = delivery_by(store, clock, post_to(server))
    await delivery.send_due()
    assert [mail.recipient for mail in server.received] == ["o@other.example"]
    kept = await found(store, held[-1])
    assert kept.state is State.WAITING and kept.next_at is None and kept.attempts == 0
    await delivery.send_due()
    assert len(server.received) == 1
    await store.write(organisations.set_suspended, 1, False)
    await delivery.send_due()
    assert len(server.received) == 251


async def test_what_somebody_waits_for_goes_before_a_billing_run(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    for number in range(3):
        await queue(store, replace(MESSAGE, recipient=f"bill{number}@harbour.example"))
    await queue(store, replace(MESSAGE, recipient="waits@harbour.example", urgent=True))
    await delivery_by(store, clock, post_to(server)).send_due()
    assert server.received[0].recipient == "waits@harbour.example"


async def test_message_past_its_time_is_not_sent(store: Store, server: MailServer, clock: SetClock) -> None:
    late = await queue(store, replace(MESSAGE, expires_at=clock() + timedelta(minutes=10)))
    clock.advance(minutes=10)
    await delivery_by(store, clock, post_to(server)).send_due()
    kept = await found(store, late)
    assert server.received == [] and (kept.state, kept.error) == (State.FAILED, "not sent within its time")


async def test_message_is_not_put_off_past_its_time(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    server.on_recipient = lambda _: "450 Later"
    outbox_id = await queue(store, replace(MESSAGE, expires_at=clock() + timedelta(seconds=50)))
    await delivery_by(store, clock, post_to(server)).send_due()
    assert (await found(store, outbox_id)).state is State.FAILED


async def test_bounces_go_where_the_operator_says(store: Store, server: MailServer, clock: SetClock) -> None:
    await queue(store)
    await delivery_by(store, clock, post_to(server), bounces="bounces@provider.example").send_due()
    assert server.received[0].sender == "bounces@provider.example"
    assert server.received[0].mail["From"] == "Meridian Telecom <post@provider.example>"


async def test_stored_header_that_cannot_be_built_fails_alone(
    store: Store, server: MailServer, clock: SetClock
) -> None:
    broken, good = await queue(store), await queue(store)

    def spoil(db: sqlite3.Connection) -> None:
        db.execute(
            "UPDATE outbox SET subject = 'a' || char(10) || 'Bcc: x@y.example' WHERE id = ?", (broken,)
        )

    await store.write(spoil)
    await delivery_by(store, clock, post_to(server)).send_due()
    assert (await found(store, broken)).state is State.FAILED
    assert (await found(store, good)).state is State.SENT
    assert len(server.received) == 1


async def test_cancelled_message_is_not_sent(store: Store, server: MailServer, clock: SetClock) -> None:
    outbox_id = await queue(store)
    assert await store.write(outbox.cancel, 1, outbox_id, clock())
    await delivery_by(store, clock, post_to(server)).send_due()
    assert server.received == []


def _lease_is_free(db: sqlite3.Connection) -> bool:
    row = db.execute("SELECT expires_at FROM leases WHERE name = 'mail'").fetchone()
    return bool(row and row["expires_at"] <= to_ms(factories.NOW))
