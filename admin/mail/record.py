"""The record that proves that a domain is an organisation's to send from; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from store.senders import Sender

PREFIX = "brassplate-sender="


class Found(Enum):
    """What a look at the record said, for its page."""

    VERIFIED = "verified"
    NOTHING = "nothing"
    OTHER = "other"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The TXT record that an admin adds."""

    name: str
    label: str
    """As panels want it that add the domain by themselves."""
    value: str


def wanted(sender: Sender) -> Wanted:
    """The record for the sender's domain."""
    return Wanted(f"_brassplate.{sender.domain}", "_brassplate", PREFIX + sender.token)


def judge(sender: Sender, texts: Sequence[str] | None) -> Found:
    """What the texts at the record's name mean; None: nobody answered."""
    if texts is None:
        return Found.UNANSWERED
    ours = [text.strip() for text in texts if text.strip().startswith(PREFIX)]
    if sender.token and PREFIX + sender.token in ours:
        return Found.VERIFIED
    return Found.OTHER if ours else Found.NOTHING
