"""Words: mailings and what became of their mails, as the console says them."""

from store.batches import Batch
from store.mailing_items import Purpose
from store.mailing_results import Outcome
from store.mailings import Kind, Mailing, State

OUTCOMES = {
    Outcome.WAITING: ("Waiting", "busy"),
    Outcome.SENT: ("Sent", "good"),
    Outcome.FAILED: ("Failed", "bad"),
    Outcome.BOUNCED: ("Bounced", "bad"),
    Outcome.CANCELLED: ("Cancelled", "void"),
    Outcome.LEFT_OUT: ("Left out", "void"),
}
STATES = {
    State.GATHERING: ("Preparing", "busy"),
    State.SENDING: ("Making the mails", "busy"),
    State.DONE: ("Made", "good"),
    State.STOPPED: ("Stopped", "void"),
}
OBJECTS = {
    Purpose.NEW_INVOICE: "Invoice",
    Purpose.REMINDER_BEFORE: "Reminder",
    Purpose.REMINDER_AFTER: "Reminder, overdue",
    Purpose.PAYMENT_RECEIVED: "Payment received",
    Purpose.PAYMENT_FAILED: "Payment failed",
}


def title(mailing: Mailing, batch: Batch | None) -> str:
    """What a mailing is about."""
    match mailing.kind:
        case Kind.REMINDERS_BEFORE:
            return "Reminders before the due date"
        case Kind.REMINDERS_AFTER:
            return "Reminders of what is overdue"
        case Kind.PAYMENTS:
            return f"Payments: {batch.file_name}" if batch else "Payments"
        case Kind.INVOICES:
            return f"Billing run {batch.id}: {batch.file_name}" if batch else "Chosen invoices"


def made_by(mailing: Mailing) -> str:
    """Who asked for it."""
    return "By itself" if mailing.by_itself else "By hand"


def sentence(mailing: Mailing, counts: dict[Outcome, int], *, goes_out: bool, suspended: bool) -> str:
    """Where a mailing stands, and what happens next."""
    made, waiting = sum(counts.values()), counts[Outcome.WAITING]
    if mailing.state is State.STOPPED:
        return "It was stopped. What was in the outbox by then goes out."
    if mailing.is_open and suspended:
        return "It waits: nothing is mailed while the organisation is suspended."
    if mailing.state is State.GATHERING:
        return "The mails are being prepared. You can leave this page: it goes on by itself."
    if mailing.is_open:
        return "The mails are being made. You can leave this page: it goes on by itself."
    if not made:
        return "There was nothing to mail: everybody concerned had theirs already."
    if waiting and not goes_out:
        return "The mails are made. They wait until the operator switches mail on."
    if waiting:
        return "The mails are made and go out one after another."
    return "Every mail of it is settled."
