"""Footer: who the organisation is, how to reach it, where to complain (Ofcom's General Condition C4); pure."""

from portal.frame import Line
from portal.words import _
from store.portals import Portal


def contact(portal: Portal) -> tuple[Line, ...]:
    """The organisation's name, address, telephone with its hours, e-mail and numbers; what is not given is left out."""
    lines = (
        Line(portal.name),
        Line(", ".join(part.strip() for part in portal.address.splitlines() if part.strip())),
        Line(portal.phone, f"tel:{_dialled(portal.phone)}"),
        Line(", ".join(part.strip() for part in portal.opening_hours.splitlines() if part.strip())),
        Line(portal.email, f"mailto:{portal.email}"),
        Line(portal.company_number and _("Company number %(number)s", number=portal.company_number)),
        Line(portal.vat_number and _("VAT number %(number)s", number=portal.vat_number)),
    )
    return tuple(line for line in lines if line.text)


def links(portal: Portal) -> tuple[Line, ...]:
    """What the organisation links to; a scheme without an address is named."""
    lines = (
        Line(portal.terms_label or _("Terms"), _of_the_web(portal.terms_url)),
        Line(portal.privacy_label or _("Privacy"), _of_the_web(portal.privacy_url)),
        Line(portal.contact_label or _("Contact"), _of_the_web(portal.contact_url)),
        Line(_("Complaints code"), _of_the_web(portal.complaints_url)),
        Line(
            _("Dispute resolution: %(scheme)s", scheme=portal.adr_scheme)
            if portal.adr_scheme
            else _("Dispute resolution"),
            _of_the_web(portal.adr_url),
        ),
    )
    return tuple(line for line in lines if line.url or (portal.adr_scheme and line is lines[-1]))


def _of_the_web(url: str) -> str:
    """Settings take no others; whatever else came into the store leads nowhere."""
    return url if url.startswith(("https://", "http://")) else ""


def _dialled(phone: str) -> str:
    """A telephone number as RFC 3966 writes it, without what is only for the eye."""
    number = phone.replace("(0)", "") if phone.startswith("+") else phone
    return number.translate(_FOR_THE_EYE)


_FOR_THE_EYE = str.maketrans("", "", " ()./-")
