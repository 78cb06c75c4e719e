"""What the panel says: its buttons, its confirmations, and what an answer code means."""

from dataclasses import dataclass

from demo.mistakes import Mistake
from demo.records import DEFAULT_TTL


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of the practice row: its words, and what it does to the records."""

    mistake: Mistake
    label: str
    effect: str


MISTAKES = (
    Choice(Mistake.MISTYPED, "Mistype the target", "The CNAME points at a name with two letters swapped."),
    Choice(Mistake.DOUBLED, "Enter the domain twice", "The record lands at name.domain.domain."),
    Choice(Mistake.RELATIVE, "Make the target relative", "The target gets this domain appended."),
    Choice(Mistake.LOOP, "Point it in a circle", "Two CNAMEs that lead to each other."),
    Choice(Mistake.PROXIED, "Switch on the orange cloud", "A CDN's addresses stand where the CNAME was."),
    Choice(Mistake.OLD_HOST, "Leave it at the old host", "An A record to another company's server."),
    Choice(Mistake.TWO_HOSTS, "Keep the old address too", "The right A record and an old one side by side."),
    Choice(Mistake.OLD_IPV6, "Forget the old IPv6", "The right A record, but AAAA still at the old host."),
    Choice(Mistake.NOTHING, "Forget the record", "Nothing at this name."),
    Choice(Mistake.CAA, "Allow another CA only", "A CAA record that forbids every other CA."),
    Choice(Mistake.SERVFAIL, "Break DNSSEC", "Every question about the domain ends in SERVFAIL."),
    Choice(Mistake.SILENT, "Unplug the name servers", "Questions about the domain are never answered."),
    Choice(Mistake.LAPSED, "Let the domain lapse", "The registry no longer knows the domain."),
)
DONE = {
    "registered": "This domain was free. It is registered now, and our name servers answer for it.",
    "added": "The record is saved and live.",
    "removed": "The record is deleted.",
    "right": "Put right: the name points where it should.",
} | {choice.mistake.value: f"{choice.label}: done. {choice.effect}" for choice in MISTAKES}
OUTCOMES = {
    "NOERROR": "answered",
    "NXDOMAIN": "no such name",
    "SERVFAIL": "server failure",
    "REFUSED": "refused",
    "silent": "no reply",
}
TTLS = (
    (str(DEFAULT_TTL), f"Automatic ({DEFAULT_TTL} seconds)"),
    ("60", "1 minute"),
    ("300", "5 minutes"),
    ("3600", "1 hour"),
)
