"""brassplate mail: the outbox, a test, and the notices of mail that came back."""

import argparse
import json
import sqlite3
import sys

from edge.cli import configuration, transaction
from edge.jobs import delivery_notice
from edge.jobs.delivery_notice import NothingLost
from edge.mail_provider import mail_provider
from portal import mail
from store import deliveries, outbox, outbox_lists, portals
from store.organisations import Organisation
from store.outbox import Message, State
from store.outbox_lists import Filter, Line

SHOWN = 100


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its actions."""
    actions = verbs.add_parser("mail", help="the outbox").add_subparsers(required=True)
    listing = actions.add_parser("list", help=f"the last {SHOWN} messages, newest first")
    listing.add_argument("--organisation", metavar="SLUG", help="of one organisation alone")
    listing.add_argument("--state", choices=[state.value for state in State])
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    test = actions.add_parser("test", help="queue a test mail")
    test.add_argument("address")
    test.add_argument("--organisation", metavar="SLUG", help="in the name of an organisation")
    test.set_defaults(run=_test)
    bounce = actions.add_parser("bounce", help="take a delivery status notification from stdin")
    bounce.set_defaults(run=_bounce)
    for action in (listing, test, bounce):
        configuration.add_option(action)


def _list(arguments: argparse.Namespace) -> int:
    chosen = Filter(state=State(arguments.state) if arguments.state else None)

    def look(db: sqlite3.Connection) -> list[Line]:
        if not arguments.organisation:
            return outbox_lists.page_of_all(db, chosen, before=None, limit=SHOWN)
        found = transaction.organisation(db, arguments.organisation)
        return outbox_lists.page(db, found.id, chosen, before=None, limit=SHOWN)

    lines = transaction.read(configuration.load(arguments), look)
    if arguments.json:
        print(json.dumps([_described(line) for line in lines], indent=2))
        return 0
    for line in lines:
        fields = (
            str(line.id),
            line.state.value,
            line.organisation or "-",
            line.recipient,
            line.subject,
            line.error,
        )
        print("\t".join(fields).rstrip("\t"))
    return 0


def _test(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)
    if not outbox.is_address(arguments.address):
        raise transaction.refuse(f"{arguments.address!r} is not an e-mail address")
    provider = mail_provider(settings)

    def change(db: sqlite3.Connection) -> int:
        if not arguments.organisation:
            letter = mail.duties.test(mail.of_provider(provider), organisation=provider.name)
            message = letter.to(arguments.address, mail.provider_sender(provider))
            return outbox.put(db, None, message, transaction.now())
        found = transaction.organisation(db, arguments.organisation)
        return outbox.put(
            db, found.id, _in_name_of(db, found, arguments.address, provider), transaction.now()
        )

    outbox_id = transaction.run(settings, change)
    print(f"test mail {outbox_id} queued for {arguments.address}")
    if settings.smtp is None:
        print("brassplate: mail.smtp is empty, so it waits", file=sys.stderr)
    return 0


def _in_name_of(
    db: sqlite3.Connection, organisation: Organisation, address: str, provider: mail.Provider
) -> Message:
    portal = portals.find(db, organisation.id)
    assert portal
    head = mail.of_portal(portal, provider.console_origin)
    letter = mail.duties.test(head, organisation=organisation.name)
    return letter.to(address, mail.sender_of(portal, provider))


def _bounce(arguments: argparse.Namespace) -> int:
    """0 also for what is no failure: a mail server that pipes here would send our refusal back."""
    settings = configuration.load(arguments)
    found = delivery_notice.understand(sys.stdin.buffer.read(delivery_notice.MAX_BYTES))
    if isinstance(found, NothingLost):
        print(f"nothing to do: {found.what}")
        return 0

    def change(db: sqlite3.Connection) -> int | None:
        for message_id in found.message_ids:
            outbox_id = deliveries.bounced_later(db, message_id, found.words, transaction.now())
            if outbox_id is not None:
                return outbox_id
        return None

    outbox_id = transaction.run(settings, change)
    print(
        "nothing to do: not a message of ours"
        if outbox_id is None
        else f"mail {outbox_id} bounced: {found.words}"
    )
    return 0


def _described(line: Line) -> dict[str, object]:
    return {
        "id": line.id,
        "organisation": line.organisation or None,
        "purpose": line.purpose.value,
        "recipient": line.recipient,
        "subject": line.subject,
        "state": line.state.value,
        "attempts": line.attempts,
        "next_at": line.next_at.isoformat() if line.next_at else None,
        "error": line.error,
        "created_at": line.created_at.isoformat(),
        "finished_at": line.finished_at.isoformat() if line.finished_at else None,
    }
