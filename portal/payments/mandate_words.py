"""Mandate words: a mandate as its customer reads of it, with no more of the account than its end; pure."""

from portal.invoices.badges import Badge
from portal.words import N_, _
from store.mandates import LIVING, Mandate, Scheme, Status

SCHEMES = {
    Scheme.BACS: N_("Direct Debit"),
    Scheme.SEPA: N_("SEPA Direct Debit"),
    Scheme.CARD: N_("Card payment"),
}
_STATES = {
    Status.PENDING: (N_("Being set up"), "busy"),
    Status.ACTIVE: (N_("Active"), "good"),
    Status.CANCELLED: (N_("Cancelled"), "void"),
    Status.FAILED: (N_("Not set up"), "bad"),
    Status.EXPIRED: (N_("Expired"), "void"),
}


def scheme(mandate: Mandate) -> str:
    """What its customer calls it."""
    return _(SCHEMES[mandate.scheme])


def state(mandate: Mandate) -> Badge:
    """Whether it collects."""
    word, tone = _STATES[mandate.status]
    return Badge(_(word), tone)


def account(mandate: Mandate) -> str:
    """The account behind it, masked; empty where the source says nothing of it."""
    bank, end, is_card = mandate.bank, mandate.account_ending, mandate.scheme is Scheme.CARD
    if not end:
        return bank
    if bank and is_card:
        return _("%(brand)s card ending %(end)s", brand=bank, end=end)
    if bank:
        return _("%(bank)s, account ending %(end)s", bank=bank, end=end)
    return _("Card ending %(end)s", end=end) if is_card else _("Account ending %(end)s", end=end)


def notice(mandate: Mandate, brand: str) -> str:
    """Why nothing is collected by it, and what to do; empty where it collects."""
    name = scheme(mandate)
    match mandate.status:
        case Status.ACTIVE:
            return ""
        case Status.PENDING:
            return _(
                "Your %(name)s is being set up. Until it is active, please pay as shown here.", name=name
            )
        case Status.FAILED:
            text = N_(
                "Your %(name)s could not be set up. Please pay as shown here, or ask %(brand)s for a new one."
            )
        case Status.CANCELLED:
            text = N_("Your %(name)s is cancelled. Please pay as shown here, or ask %(brand)s for a new one.")
        case Status.EXPIRED:
            text = N_("Your %(name)s has expired. Please pay as shown here, or ask %(brand)s for a new one.")
    return _(text, name=name, brand=brand)


def rule(mandate: Mandate) -> str:
    """On which days it collects."""
    if mandate.collection_day is None:
        return _("on or after each invoice’s due date")
    return _(
        "on or after day %(number)s of the month, not before an invoice’s due date",
        number=mandate.collection_day,
    )


def advice(mandate: Mandate, brand: str) -> str:
    """How it is changed, or taken up again: not here."""
    if mandate.status in LIVING:
        return _("To change or end it, please ask %(brand)s.", brand=brand)
    return _("To set up a new one, please ask %(brand)s.", brand=brand)
