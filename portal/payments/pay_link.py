"""Pay link: the address of the provider's own page to pay at, with what is to be paid filled in; pure."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from store import hostname
from store.hostname import NotAHostname
from store.money import Money, decimal

LONGEST = 500
NAMES = ("reference", "invoice", "amount")
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class PayLink:
    """A template that is known to make good addresses."""

    template: str
    host: str

    def asks(self, name: str) -> bool:
        """Whether it has a place for this."""
        return f"{{{name}}}" in self.template

    def url(self, *, reference: str, invoice: str, amount: Money) -> str:
        """The address, with what is filled in escaped for an address."""
        values = {
            "reference": reference,
            "invoice": invoice,
            "amount": decimal(amount),
        }
        return _PLACE.sub(lambda place: quote(values[place[1]], safe=""), self.template)


@dataclass(frozen=True, slots=True)
class NotAPayLink:
    """Why a text is none, as a sentence."""

    reason: str


def parse(text: str) -> PayLink | NotAPayLink:
    """A link of https to a named host; {reference}, {invoice} and {amount} may stand behind the host."""
    if len(text) > LONGEST:
        return NotAPayLink(f"A pay link has at most {LONGEST} characters.")
    if not text.startswith("https://"):
        return NotAPayLink(
            "A pay link begins with https://, such as https://pay.company.co.uk/?ref={reference}."
        )
    if not text.isprintable() or any(each in text for each in ' \\<>"'):
        return NotAPayLink("A pay link has no blanks, quotes, backslashes or angle brackets in it.")
    unknown = [name for name in _PLACE.findall(text) if name not in NAMES]
    if unknown:
        return NotAPayLink(
            f"{{{unknown[0]}}} is not filled in; only {{reference}}, {{invoice}} and {{amount}} are."
        )
    if any(brace in _PLACE.sub("", text) for brace in "{}"):
        return NotAPayLink(
            "A brace has no other; what is filled in is written {reference}, {invoice} or {amount}."
        )
    return _with_host(text)


def _with_host(text: str) -> PayLink | NotAPayLink:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return NotAPayLink("A pay link needs the name of a host, such as pay.company.co.uk.")
    if _PLACE.search(parts.netloc):
        return NotAPayLink("The host must be written out; nothing is filled in there.")
    if parts.username is not None or parts.password is not None:
        return NotAPayLink("A pay link has no user name or password in it.")
    if not parts.hostname or isinstance(hostname.parse(parts.hostname), NotAHostname):
        return NotAPayLink("A pay link needs the name of a host, such as pay.company.co.uk.")
    return PayLink(text, parts.hostname if port in (None, 443) else f"{parts.hostname}:{port}")
