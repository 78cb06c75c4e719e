"""Reasons: a difference between two bills as one sentence, and what its causes are called."""

from babel.lists import format_list

from portal import formats, words
from portal.formats import amount
from portal.words import N_, _, ngettext
from store.bill.difference import Cause, Difference, Item
from store.invoices import Invoice
from store.money import Money

NAMES = {
    Cause.NEW_NUMBER: N_("New numbers"),
    Cause.NEW: N_("New charges"),
    Cause.ENDED_NUMBER: N_("Numbers that ended"),
    Cause.ENDED: N_("Charges that ended"),
    Cause.PRICE: N_("Changed prices"),
    Cause.USAGE: N_("More or less used"),
    Cause.ONE_OFF: N_("One-off charges"),
    Cause.CREDIT: N_("Credits"),
    Cause.UNLISTED: N_("Charges without lines"),
    Cause.ROUNDING: N_("Rounding"),
    Cause.TAX: N_("VAT"),
}
_MORE = {
    Cause.NEW: N_("%(amount)s for new charges"),
    Cause.ENDED_NUMBER: N_("%(amount)s more, since numbers with a discount ended"),
    Cause.ENDED: N_("%(amount)s more, since discounts ended"),
    Cause.PRICE: N_("%(amount)s for higher prices"),
    Cause.USAGE: N_("%(amount)s for more usage"),
    Cause.ONE_OFF: N_("%(amount)s more in one-off charges"),
    Cause.CREDIT: N_("%(amount)s more, since credits ended"),
    Cause.UNLISTED: N_("%(amount)s more in charges without lines"),
    Cause.ROUNDING: N_("%(amount)s more by rounding"),
    Cause.TAX: N_("%(amount)s more VAT"),
}
_LESS = {
    Cause.NEW_NUMBER: N_("%(amount)s less by discounts on new numbers"),
    Cause.NEW: N_("%(amount)s less by new discounts"),
    Cause.ENDED: N_("%(amount)s less for charges that ended"),
    Cause.PRICE: N_("%(amount)s less by lower prices"),
    Cause.USAGE: N_("%(amount)s less usage"),
    Cause.ONE_OFF: N_("%(amount)s less in one-off charges"),
    Cause.CREDIT: N_("%(amount)s less by credits"),
    Cause.UNLISTED: N_("%(amount)s less in charges without lines"),
    Cause.ROUNDING: N_("%(amount)s less by rounding"),
    Cause.TAX: N_("%(amount)s less VAT"),
}


def headline(found: Difference, before: Invoice) -> str:
    """`£6.20 more than in October 2026: £4.10 for a new number, £2.90 for more usage and £0.80 less VAT.`"""
    money = Money(abs(found.change), before.gross.currency)
    given = {
        "amount": amount(money),
        "before": name(before),
        "reasons": _reasons(found, before.gross.currency),
    }
    if not found.change:
        return _same(found, given)
    more = found.change > 0
    if month_of(before):
        said = N_("%(amount)s more than in %(before)s: %(reasons)s.")
        return _(said if more else N_("%(amount)s less than in %(before)s: %(reasons)s."), **given)
    said = N_("%(amount)s more than on %(before)s: %(reasons)s.")
    return _(said if more else N_("%(amount)s less than on %(before)s: %(reasons)s."), **given)


def shortly(change: int, before: Invoice) -> str:
    """`£6.20 more than in October 2026.`: for a page that only mentions it."""
    given = {"amount": amount(Money(abs(change), before.gross.currency)), "before": name(before)}
    if month_of(before):
        said = (
            N_("%(amount)s more than in %(before)s.")
            if change > 0
            else N_("%(amount)s less than in %(before)s.")
        )
    else:
        said = (
            N_("%(amount)s more than on %(before)s.")
            if change > 0
            else N_("%(amount)s less than on %(before)s.")
        )
    return _(said, **given)


def name(invoice: Invoice) -> str:
    """What a bill is called: the month that it is for, else its number."""
    return month_of(invoice) or invoice.number


def month_of(invoice: Invoice) -> str:
    """The one month that a bill is for; nothing where it is for another span of time."""
    first, last = invoice.period_from, invoice.period_to
    if first is None or last is None or (first.year, first.month) != (last.year, last.month):
        return ""
    return formats.month(first) if (last - first).days >= _NEARLY_A_MONTH else ""


def signed(minor: int, currency: str) -> str:
    """+£4.10, −£0.80, £0.00"""
    return ("+" if minor > 0 else "") + amount(Money(minor, currency))


_NEARLY_A_MONTH = 26
"""Days from the first to the last of a bill that is for a month."""


def _same(found: Difference, given: dict[str, str]) -> str:
    if not found.causes:
        return _("Nothing has changed since %(before)s.", **given)
    if not given["reasons"]:
        return _("The same total as %(before)s: what changed evens out.", **given)
    return _("The same total as %(before)s, made up otherwise: %(reasons)s.", **given)


def _reasons(found: Difference, currency: str) -> str:
    """All causes, those of the largest amounts first; they come to the change."""
    causes = sorted(found.causes.items(), key=lambda each: -abs(each[1]))
    said = [_reason(found, cause, minor, currency) for cause, minor in causes if minor]
    return format_list(said, "standard", words.language().locale)


def _reason(found: Difference, cause: Cause, minor: int, currency: str) -> str:
    money = amount(Money(abs(minor), currency))
    if cause is Cause.NEW_NUMBER and minor > 0:
        count = _numbers(found, cause)
        return ngettext(
            "%(amount)s for a new number", "%(amount)s for %(num)d new numbers", count, amount=money
        )
    if cause is Cause.ENDED_NUMBER and minor < 0:
        count = _numbers(found, cause)
        return ngettext(
            "%(amount)s less for a number that ended",
            "%(amount)s less for %(num)d numbers that ended",
            count,
            amount=money,
        )
    return _((_MORE if minor > 0 else _LESS)[cause], amount=money)


def _numbers(found: Difference, cause: Cause) -> int:
    items: list[tuple[Item, int]] = found.items_of(cause)
    return len({item.cli for item, _amount in items})
