"""Letterhead: in whose name a mail is written: name, colour, origin of its links, what stands at its foot."""

import re
from dataclasses import dataclass

from portal.mail.plain import MAX_WORDS, one_line
from portal.mail.sender import Provider
from portal.theme import DEFAULT, Colour, NotAColour, parse_colour
from portal.words import _
from store.portals import Portal

_PATH = re.compile(r"/[\x21-\x7e]*\Z")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """An organisation, or the provider; `origin` is the canonical one that the store knows."""

    name: str
    colour: Colour
    origin: str
    foot: tuple[str, ...]
    """Contact, complaints and company details, a line each."""

    def url(self, path: str) -> str:
        """A link: always below the stored origin."""
        if not _PATH.match(path) or path.startswith("//"):
            raise ValueError(f"{path!r} is not a path")
        return self.origin + path


def of_portal(portal: Portal, origin: str) -> Letterhead:
    """An organisation's own; at its foot what Ofcom's General Condition C4 asks for, as far as it is set."""
    return Letterhead(
        name=one_line(portal.name), colour=_colour(portal.theme_colour), origin=origin, foot=_foot(portal)
    )


def of_provider(provider: Provider) -> Letterhead:
    """The provider's: for mails to the staff of organisations."""
    contact = (
        (_("Need a hand? Write to %(email)s.", email=provider.support_email),)
        if provider.support_email
        else ()
    )
    return Letterhead(
        name=one_line(provider.name), colour=DEFAULT, origin=provider.console_origin, foot=contact
    )


def _foot(portal: Portal) -> tuple[str, ...]:
    adr = ": ".join(part for part in (portal.adr_scheme, portal.adr_url) if part)
    company = (
        ", ".join(line.strip() for line in portal.address.splitlines() if line.strip()),
        portal.company_number and _("Company number %(number)s", number=portal.company_number),
        portal.vat_number and _("VAT number %(number)s", number=portal.vat_number),
    )
    lines = (
        _joined(portal.phone and _("Telephone %(number)s", number=portal.phone), portal.opening_hours),
        portal.email and _("E-mail %(address)s", address=portal.email),
        portal.complaints_url and _("How to complain: %(address)s", address=portal.complaints_url),
        adr and _("Disputes that we cannot settle go to %(scheme)s", scheme=adr),
        _joined(*company, by=" · "),
    )
    return tuple(one_line(line, MAX_WORDS) for line in lines if line)


def _joined(*parts: str, by: str = ", ") -> str:
    return by.join(part for part in parts if part)


def _colour(text: str) -> Colour:
    colour = parse_colour(text)
    return DEFAULT if isinstance(colour, NotAColour) else colour
