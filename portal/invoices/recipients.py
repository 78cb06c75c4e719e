"""Recipients: the addresses within what a customer's e-mail field holds; several are parted by comma or semicolon."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from portal.mail import is_address
from portal.mail.plain import one_line

MOST = 5
"""More than these are a list that was pasted by mistake."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address; with a reason it is none, and the reason says why."""

    address: str
    reason: str = ""


def recipients(text: str) -> list[Recipient]:
    """Every address once, in order; never none at all: no address is a recipient with its reason."""
    parts = list(dict.fromkeys(filter(None, (part.strip() for part in re.split(r"[,;]", text)))))
    if not parts:
        return [Recipient("", "The customer has no e-mail address.")]
    if len(parts) > MOST:
        return [Recipient(one_line(text), f"More than {MOST} addresses.")]
    return list(dict.fromkeys(_recipient(part) for part in parts))


def _recipient(text: str) -> Recipient:
    try:
        address = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        return Recipient(one_line(text), one_line(f"Not an e-mail address: {error}", 300))
    if not is_address(address):
        return Recipient(one_line(text), "Not an e-mail address that we can send to.")
    return Recipient(address)
