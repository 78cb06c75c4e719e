"""Words: customers' people and what is done to them, as the console says it; pure."""

from collections.abc import Mapping

from store.bulk_deeds import State
from store.candidates import Kind, Outcome
from store.customers import Person, Show, Sort
from store.users import Role, Status

SHOWN = {
    Show.ALL: "All customers",
    Show.NO_USER: "Nobody signs in yet",
    Show.INVITED: "Invited",
    Show.ACTIVE: "Active",
    Show.SUSPENDED: "Suspended",
    Show.WAITING: "Waiting for approval",
}
SORTS = {Sort.NAME: "Name", Sort.REFERENCE: "Reference", Sort.SEEN: "Last seen"}
ROLES = {Role.FULL: "May look and change", Role.READ: "May look"}
KINDS = {
    Kind.INVITE: "Invite to their own address",
    Kind.RESEND: "Send invitations again",
    Kind.SUSPEND: "Suspend",
    Kind.REACTIVATE: "Reactivate",
}
QUESTIONS = {
    Kind.INVITE: "Invite these customers?",
    Kind.RESEND: "Send these invitations again?",
    Kind.SUSPEND: "Suspend these people?",
    Kind.REACTIVATE: "Reactivate these people?",
}
EXPLAINED = {
    Kind.INVITE: "Each gets a mail, at the address that we have of them, with a link to choose a password.",
    Kind.RESEND: "Whoever was invited and has not come yet gets a new link. The old links stop working.",
    Kind.SUSPEND: "Their sessions end at once, and they cannot sign in until they are reactivated.",
    Kind.REACTIVATE: "They can sign in again, with the password that they have.",
}
BEGUN = {
    Kind.INVITE: "Invitations",
    Kind.RESEND: "Invitations, again",
    Kind.SUSPEND: "Suspensions",
    Kind.REACTIVATE: "Reactivations",
}
STATES = {
    State.LISTING: ("Getting ready", "busy"),
    State.RUNNING: ("Under way", "busy"),
    State.DONE: ("Done", "good"),
}
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.INVITED: ("Invited", "good"),
    Outcome.ASKED: ("Asked: they sign in already, and must agree", "good"),
    Outcome.SENT: ("Sent again", "good"),
    Outcome.SUSPENDED: ("Suspended", "good"),
    Outcome.REACTIVATED: ("Reactivated", "good"),
    Outcome.NO_ADDRESS: ("No e-mail address", "warn"),
    Outcome.BAD_ADDRESS: ("Not a valid e-mail address", "warn"),
    Outcome.ALREADY_IN: ("Signs in already", "void"),
    Outcome.ALREADY_INVITED: ("Invited already", "void"),
    Outcome.IS_SUSPENDED: ("Suspended", "warn"),
    Outcome.SHARED: ("Signs in for other customers too: suspend them one by one", "warn"),
    Outcome.NOBODY: ("Nobody there whom it concerns", "void"),
    Outcome.NO_NAME: ("The portal has no address yet", "bad"),
    Outcome.GONE: ("No longer there", "void"),
}
EXPECTED = {
    Outcome.INVITED: "To be invited",
    Outcome.ASKED: "To be asked: they sign in already, and must agree",
    Outcome.SENT: "To be sent again",
    Outcome.SUSPENDED: "To be suspended",
    Outcome.REACTIVATED: "To be reactivated",
}
"""What is meant to happen, before it does."""
TO_DO = ("Still to be done", "busy")


def standing(person: Person) -> tuple[str, str]:
    """How somebody stands: a word, and its tone."""
    match person.status:
        case Status.SUSPENDED:
            return "Suspended", "bad"
        case Status.INVITED:
            return "Invited", "busy"
        case Status.ACTIVE:
            return ("Asked to agree", "busy") if person.offered else ("Active", "good")


def many(number: int, one: str, more: str = "") -> str:
    """1 customer, 1,234 customers."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
