"""The PDF of an invoice or credit note for which the provider sent none: a letter of what was imported.

It is called a copy, and no VAT invoice, unless it says all that one must (`portal.invoices.legal`).
"""

from portal.formats import long_date, period
from portal.invoices import closing, lines_table, sums
from portal.invoices.ink import Title, pressed
from portal.invoices.legal import missing
from portal.invoices.made import Pdf
from portal.invoices.paper import Paper
from portal.invoices.sheet import LEFT, MUTED, RIGHT, TOP, WIDTH, Bar, Sheet
from portal.invoices.typeface import words
from portal.mail.letterhead import Letterhead, of_portal
from portal.theme import theme_of
from portal.words import N_, _

COPY = N_("Copy, not a VAT invoice")
_FACTS_AT, _VALUES_AT = 340.0, 412.0


def make(paper: Paper) -> Pdf:
    """The letter as a file."""
    sheet, head = Sheet(), of_portal(paper.portal, "")
    faults = missing(paper)
    sheet.turn()
    _from(sheet, paper, head)
    _to(sheet, paper)
    _title(sheet, paper, faults)
    lines_table.write(sheet, paper)
    sums.write(sheet, paper)
    closing.write(sheet, paper, head, faults)
    _furniture(sheet, paper, head)
    title = _titled(paper, is_vat=False)
    return pressed(sheet, Title(words(title).text, words(head.name).text, paper.invoice.issued_on))


def _from(sheet: Sheet, paper: Paper, head: Letterhead) -> None:
    """Who writes: the name in the brand's colour, the address at the right."""
    width = _FACTS_AT - LEFT - 20
    sheet.y = TOP
    for line in sheet.lines(paper.portal.name, width, size=18, bold=True)[:3]:
        sheet.put(line, size=18, bold=True, colour=theme_of(head.colour).light.ink)
        sheet.down(22)
    bottom, sheet.y = sheet.y, TOP - 4
    number = paper.portal.vat_number
    vat = _("VAT number %(number)s", number=number) if number else ""
    for text in (*paper.portal.address.splitlines(), vat):
        if text.strip():
            _narrow(sheet, text)
    sheet.y = max(bottom, sheet.y, TOP + 62)


def _to(sheet: Sheet, paper: Paper) -> None:
    """To whom, where the window of an envelope is; beside it the facts."""
    top = sheet.y
    for place, text in enumerate((paper.account.name, *paper.account.address_lines)):
        sheet.paragraph(text, width=_FACTS_AT - LEFT - 20, size=10, bold=place == 0)
    bottom, sheet.y = sheet.y, top
    for label, value in _facts(paper):
        sheet.down(13.5)
        sheet.put(label, _FACTS_AT, colour=MUTED)
        for place, line in enumerate(sheet.lines(value, RIGHT - _VALUES_AT)):
            sheet.down(12 if place else 0)
            sheet.put(line, _VALUES_AT)
    sheet.y = max(bottom, sheet.y)


def _facts(paper: Paper) -> list[tuple[str, str]]:
    invoice = paper.invoice
    due = "" if invoice.is_credit or invoice.due_on is None else long_date(invoice.due_on)
    facts = (
        (_("Number"), invoice.number),
        (_("Account"), paper.account.reference),
        (_("Date"), long_date(invoice.issued_on)),
        (_("Due"), due),
        (_("Period"), period(invoice.period_from, invoice.period_to)),
        (_("Your order"), invoice.po_number),
        (_("Credits"), invoice.credits_number),
    )
    return [(label, value) for label, value in facts if value]


def _title(sheet: Sheet, paper: Paper, faults: tuple[str, ...]) -> None:
    sheet.down(34)
    title = _titled(paper, is_vat=not faults)
    if paper.invoice.status.value == "void":
        title = _("%(title)s (void)", title=title)
    for line in sheet.lines(title, RIGHT - LEFT, size=15, bold=True):
        sheet.room(20)
        sheet.put(line, size=15, bold=True)
        sheet.down(18)
    if faults:
        sheet.put(_(COPY), size=10, bold=True, colour=MUTED)
        sheet.down(4)


def _titled(paper: Paper, *, is_vat: bool) -> str:
    number = paper.invoice.number
    if paper.invoice.is_credit:
        return (
            _("VAT credit note %(number)s", number=number)
            if is_vat
            else _("Credit note %(number)s", number=number)
        )
    return _("VAT invoice %(number)s", number=number) if is_vat else _("Invoice %(number)s", number=number)


def _narrow(sheet: Sheet, text: str) -> None:
    for line in sheet.lines(text, RIGHT - _FACTS_AT):
        sheet.put(line, _FACTS_AT, colour=MUTED)
        sheet.down(12)


def _furniture(sheet: Sheet, paper: Paper, head: Letterhead) -> None:
    """On every page: the band of the brand, who to turn to, which page this is."""
    foot = closing.foot(sheet, head)[: closing.FOOT_LINES]
    for number, page in enumerate(sheet.pages, 1):
        page.bars.insert(0, Bar(0, 0, WIDTH, 9, theme_of(head.colour).light.accent))
        sheet.write_on(page, 772)
        sheet.put(_titled(paper, is_vat=False), size=7.5, colour=MUTED)
        sheet.put_right(
            _("Page %(number)d of %(all)d", number=number, all=len(sheet.pages)),
            RIGHT,
            size=7.5,
            colour=MUTED,
        )
        for line in foot:
            sheet.down(9.5)
            sheet.put(line, size=7.5, colour=MUTED)
