"""Words: purposes and states of messages, as the console says them."""

from store.outbox import Purpose, State
from store.outbox_lists import Line

PURPOSES = {
    Purpose.INVITATION: "Invitation",
    Purpose.ACCOUNT_READY: "Account ready",
    Purpose.RESET: "New password",
    Purpose.SIGN_IN_CODE: "Sign-in code",
    Purpose.MAIL_CHECK: "E-mail check",
    Purpose.NEW_INVOICE: "Invoice",
    Purpose.REMINDER: "Reminder",
    Purpose.PAYMENT_RECEIVED: "Payment received",
    Purpose.PAYMENT_FAILED: "Payment failed",
    Purpose.SECURITY: "Security notice",
    Purpose.DOMAIN: "Domain notice",
    Purpose.REGISTRATION_WAITING: "Registration to look at",
    Purpose.REGISTRATION_REFUSED: "Registration refused",
    Purpose.DETAILS_WAITING: "Change to look at",
    Purpose.DETAILS_DECIDED: "Change decided",
    Purpose.TEST: "Test",
}
STATES = {
    State.WAITING: ("Waiting", "busy"),
    State.SENT: ("Sent", "good"),
    State.FAILED: ("Given up", "bad"),
    State.BOUNCED: ("Bounced", "bad"),
    State.CANCELLED: ("Cancelled", "void"),
}


def sentence(line: Line, *, goes_out: bool, suspended: bool) -> str:
    """What became of a message, and what happens next."""
    match line.state:
        case State.SENT:
            return "The mail server took it."
        case State.CANCELLED:
            return "It was cancelled before it was sent."
        case State.BOUNCED:
            return "The recipient's server refused it for good. Check the address before you send again."
        case State.FAILED:
            return "No mail server took it in time, so it was given up."
        case State.WAITING if not goes_out:
            return "It waits until the operator switches mail on."
        case State.WAITING if suspended:
            return "It waits: no mail goes out while the organisation is suspended."
        case State.WAITING if line.attempts:
            return "It was put off, and is tried again by itself."
        case State.WAITING:
            return "It is about to be sent."
