"""The lines of a made PDF, by category with what each comes to; the head of the table on every page."""

from portal.formats import amount, period, quantity, rate, unit_price
from portal.invoices import letter
from portal.invoices.paper import Paper
from portal.invoices.sheet import INK, LEFT, MUTED, RIGHT, Sheet
from portal.words import N_, _
from store.invoice_lines import Line

_QUANTITY, _PRICE, _VAT = 370.0, 430.0, 478.0
_DESCRIBED = 270.0
"""The width of a description."""
_SIZE = 8.5
_NO_RATE = {"exempt": N_("exempt"), "reverse_charge": N_("reverse"), "zero": N_("zero")}


def write(sheet: Sheet, paper: Paper) -> None:
    """Every line; nothing where none was imported."""
    if not paper.lines:
        return
    currency = paper.invoice.net.currency
    sheet.down(18)
    sheet.room(60)
    _head(sheet, currency)
    sheet.on_turn = lambda: _head(sheet, currency)
    for group in letter.groups(list(paper.lines)):
        sheet.room(40)
        sheet.down(17)
        sheet.put(sheet.lines(group.name, _DESCRIBED, bold=True)[0], bold=True)
        sheet.put_right(amount(group.net), RIGHT, bold=True)
        for line in group.lines:
            _row(sheet, line, currency)
        sheet.rule()
        sheet.down(4)
    sheet.on_turn = lambda: None


def _head(sheet: Sheet, currency: str) -> None:
    sheet.put(_("Description"), size=8, colour=MUTED)
    net = _("Net, %(currency)s", currency=currency)
    for x, word in ((_QUANTITY, _("Quantity")), (_PRICE, _("Price")), (_VAT, _("VAT")), (RIGHT, net)):
        sheet.put_right(word, x, size=8, colour=MUTED)
    sheet.rule()


def _row(sheet: Sheet, line: Line, currency: str) -> None:
    described = sheet.lines(line.description, _DESCRIBED, size=_SIZE)
    below = [part for part in (line.cli, line.cost_centre, period(line.period_from, line.period_to)) if part]
    small = sheet.lines(" · ".join(below), _DESCRIBED, size=7.5) if below else []
    sheet.room(13 + 10 * min(len(small) + len(described) - 1, 3))
    sheet.down(13)
    sheet.put(described[0], size=_SIZE)
    sheet.put_right(quantity(line.quantity), _QUANTITY, size=_SIZE)
    sheet.put_right(unit_price(line.unit_price, currency), _PRICE, size=_SIZE)
    sheet.put_right(_(_NO_RATE.get(line.tax_code, "")) or rate(line.tax_rate), _VAT, size=_SIZE)
    sheet.put_right(amount(line.net), RIGHT, size=_SIZE)
    for size, colour, texts in ((_SIZE, INK, described[1:]), (7.5, MUTED, small)):
        for text in texts:
            sheet.room(10)
            sheet.down(10)
            sheet.put(text, LEFT, size=size, colour=colour)
