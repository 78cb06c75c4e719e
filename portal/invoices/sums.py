"""The sums of a made PDF: net, VAT by rate as invoiced, total, what was paid and what is left."""

from portal.formats import amount, short_date
from portal.invoices.badges import payment_badge
from portal.invoices.paper import Paper
from portal.invoices.sheet import LEFT, MUTED, RIGHT, Sheet
from portal.invoices.vat_words import vat_name
from portal.words import _
from store.money import Money

_LABELS = 440.0


def write(sheet: Sheet, paper: Paper) -> None:
    """The totals as imported; none is computed here."""
    invoice = paper.invoice
    sheet.room(60)
    sheet.down(10)
    _sum(sheet, _("Total before VAT"), invoice.net)
    for vat in paper.taxes:
        _sum(sheet, _("%(vat)s on %(net)s", vat=vat_name(vat), net=amount(vat.net)), vat.tax)
    if not paper.taxes:
        _sum(sheet, _("VAT"), invoice.tax)
    sheet.down(3)
    _sum(sheet, _("Total"), invoice.gross, bold=True)
    if invoice.paid.minor:
        _sum(sheet, _("Used") if invoice.is_credit else _("Settled so far"), -invoice.paid)
    if invoice.is_open:
        _sum(sheet, _("Credit left") if invoice.is_credit else _("To pay"), invoice.due, bold=True)
    _received(sheet, paper)


def _sum(sheet: Sheet, label: str, money: Money, *, bold: bool = False) -> None:
    sheet.room(15)
    sheet.down(15)
    sheet.put_right(label, _LABELS, size=9.5, bold=bold)
    sheet.put_right(amount(money), RIGHT, size=9.5, bold=bold)


def _received(sheet: Sheet, paper: Paper) -> None:
    if not paper.received:
        return
    sheet.room(44)
    sheet.down(28)
    sheet.put(_("Payments received"), bold=True)
    for one in paper.received:
        sheet.room(13)
        sheet.down(13)
        sheet.put(short_date(one.paid_on))
        sheet.put(
            sheet.lines(f"{one.method} · {_(payment_badge(one.status).word)}", 250)[0],
            LEFT + 80,
            colour=MUTED,
        )
        sheet.put_right(amount(one.amount), RIGHT)
