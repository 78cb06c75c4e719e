"""Sentences: how what is due comes in, what failed and what happens next, as customers read it; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from portal import formats
from portal.payments.mandate_words import SCHEMES
from portal.words import N_, _, ngettext
from store.collecting import Part
from store.mandates import Scheme
from store.money import Money
from store.payments import Payment, Status


@dataclass(frozen=True, slots=True)
class Failure:
    """A collection that failed: what, why in the bank's words, and what follows."""

    payment: Payment
    sentence: str
    reason: str
    then: str


def collected(parts: Sequence[Part], today: date) -> tuple[str, ...]:
    """What is collected: a sentence for each way of it and for what is under way apart from what is to come."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        groups.setdefault((_stage(part, today), _way(part)), []).append(part)
    return tuple(_collected(stage, way, found) for (stage, way), found in sorted(groups.items()))


def failures(parts: Sequence[Part], way_to_pay: bool, brand: str) -> tuple[Failure, ...]:
    """The collections that failed of what is open, each once, with what follows for all that is left of it."""
    by_payment = {part.returned.payment_id: part for part in parts if part.returned}
    for part in parts:
        if part.returned and part.attempt and part.attempt.day >= part.returned.day:
            by_payment[part.returned.payment_id] = part
    return tuple(_failure(part, way_to_pay, brand) for part in by_payment.values())


def missed(parts: Sequence[Part], today: date, brand: str) -> str:
    """That something was to be collected long ago and was not; empty where nothing was."""
    found = [part for part in parts if part.is_missed(today)]
    if not found:
        return ""
    return ngettext(
        "%(amount)s was to be collected and has not come in. If you have not paid it otherwise, please pay it as"
        " shown here, or ask %(brand)s.",
        "%(amount)s for %(num)d invoices was to be collected and has not come in. If you have not paid it otherwise,"
        " please pay it as shown here, or ask %(brand)s.",
        _count(found),
        amount=formats.amount(total(found)),
        brand=brand,
    )


def total(parts: Sequence[Part]) -> Money:
    """What some parts of one currency make; there is at least one."""
    return sum((part.amount for part in parts[1:]), parts[0].amount)


def _stage(part: Part, today: date) -> str:
    if part.attempt and part.attempt.status is Status.PENDING_APPROVAL:
        return "approval"
    assert part.day
    return "coming" if part.day >= today else "running"


def _way(part: Part) -> str:
    """The name of how it is collected: of the mandate's scheme, or what the payment calls itself."""
    if part.mandate and part.mandate.is_active:
        return part.mandate.scheme.value
    return part.attempt.method if part.attempt else ""


def _collected(stage: str, way: str, parts: Sequence[Part]) -> str:
    names = {scheme.value: _(SCHEMES[scheme]) for scheme in (Scheme.BACS, Scheme.SEPA)}
    family = "card" if way == Scheme.CARD.value else "named" if way else "plain"
    return _TEXTS[stage, "any" if stage == "approval" else family](
        _count(parts),
        amount=formats.amount(total(parts)),
        how=names.get(way, way),
        day=formats.long_date(min(part.day for part in parts if part.day)),
    )


def _failure(part: Part, way_to_pay: bool, brand: str) -> Failure:
    payment = part.returned
    assert payment
    text = _(
        _RETURNED[payment.status], amount=formats.amount(payment.amount), day=formats.long_date(payment.day)
    )
    return Failure(payment, text, payment.failure, _then(part, way_to_pay, brand))


def _then(part: Part, way_to_pay: bool, brand: str) -> str:
    if part.attempt:
        return _(
            "It will be collected again on or after %(day)s. Please make sure that there is enough in the account.",
            day=formats.long_date(part.attempt.day),
        )
    if way_to_pay:
        return _("No other collection of it is announced. Please pay it as shown here.")
    return _("No other collection of it is announced. Please ask %(brand)s how to pay it.", brand=brand)


def _count(parts: Sequence[Part]) -> int:
    return len({part.owed.number for part in parts})


_TEXTS: dict[tuple[str, str], Callable[..., str]] = {
    ("coming", "named"): lambda count, **values: ngettext(
        "%(amount)s will be collected by %(how)s on or after %(day)s.",
        "%(amount)s for %(num)d invoices will be collected by %(how)s, the first of them on or after %(day)s.",
        count,
        **values,
    ),
    ("coming", "card"): lambda count, **values: ngettext(
        "%(amount)s will be charged to your card on or after %(day)s.",
        "%(amount)s for %(num)d invoices will be charged to your card, the first of them on or after %(day)s.",
        count,
        **values,
    ),
    ("coming", "plain"): lambda count, **values: ngettext(
        "%(amount)s will be collected on or after %(day)s.",
        "%(amount)s for %(num)d invoices will be collected, the first of them on or after %(day)s.",
        count,
        **values,
    ),
    ("running", "named"): lambda count, **values: ngettext(
        "%(amount)s is being collected by %(how)s since %(day)s. It can take some days until it is booked.",
        "%(amount)s for %(num)d invoices is being collected by %(how)s since %(day)s. It can take some days until it"
        " is booked.",
        count,
        **values,
    ),
    ("running", "card"): lambda count, **values: ngettext(
        "%(amount)s is being charged to your card since %(day)s. It can take some days until it is booked.",
        "%(amount)s for %(num)d invoices is being charged to your card since %(day)s. It can take some days until it"
        " is booked.",
        count,
        **values,
    ),
    ("running", "plain"): lambda count, **values: ngettext(
        "%(amount)s is being collected since %(day)s. It can take some days until it is booked.",
        "%(amount)s for %(num)d invoices is being collected since %(day)s. It can take some days until it is booked.",
        count,
        **values,
    ),
    ("approval", "any"): lambda count, **values: ngettext(
        "%(amount)s will be collected once you have approved it.",
        "%(amount)s for %(num)d invoices will be collected once you have approved it.",
        count,
        **values,
    ),
}
_RETURNED = {
    Status.FAILED: N_("The collection of %(amount)s on %(day)s failed."),
    Status.DENIED: N_("The collection of %(amount)s on %(day)s was declined."),
    Status.CHARGED_BACK: N_("The collection of %(amount)s on %(day)s was taken back by the bank."),
}
