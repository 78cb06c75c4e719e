"""Meanings: what the status of a payment says to whoever paid, as a sentence; pure."""

from portal.words import N_, _
from store.payments import Show, Status

SHOWN = (
    (Show.ALL, N_("All")),
    (Show.RECEIVED, N_("Received")),
    (Show.UNDER_WAY, N_("On the way")),
    (Show.RETURNED, N_("Failed")),
    (Show.CANCELLED, N_("Cancelled")),
)
_MEANINGS = {
    Status.PENDING_APPROVAL: N_(
        "You, or your bank, have yet to approve it. Until then nothing is collected."
    ),
    Status.PENDING_SUBMISSION: N_("Your bank will be asked for it. Nothing has been collected yet."),
    Status.SUBMITTED: N_(
        "Your bank has been asked for it. It is booked once the bank has paid, mostly within some days."
    ),
    Status.CONFIRMED: N_("Your bank has paid it."),
    Status.PAID_OUT: N_("It has come in. Thank you."),
    Status.FAILED: N_("Your bank did not pay it, so no money came in."),
    Status.CANCELLED: N_("It was called off. Nothing was collected."),
    Status.CHARGED_BACK: N_("Your bank took it back after it had been paid."),
    Status.DENIED: N_("It was not approved, so no money came in."),
}


def meaning(status: Status) -> str:
    """What it says."""
    return _(_MEANINGS[status])
