"""The end of a made PDF: how to pay, the extra line that lets its customer register, and what the reader must know."""

from portal.formats import amount
from portal.invoices.paper import Paper
from portal.invoices.sheet import LEFT, MUTED, RIGHT, Sheet
from portal.mail.letterhead import Letterhead
from portal.payments.paying import ByHand
from portal.theme import theme_of
from portal.words import N_, _

REVERSE_CHARGE = N_("Reverse charge: the customer accounts for the VAT to HMRC.")
LOST = N_(
    "□ stands for characters that the letters of this document do not have; the customer portal and our e-mails"
    " show them."
)


FOOT_LINES = 6
"""So many fit below a page; a longer foot is said in full at the end as well."""


def write(sheet: Sheet, paper: Paper, head: Letterhead, faults: tuple[str, ...]) -> None:
    """What follows the sums."""
    codes = {line.tax_code for line in paper.lines} | {vat.code for vat in paper.taxes}
    if "reverse_charge" in codes:
        sheet.down(12)
        sheet.paragraph(_(REVERSE_CHARGE))
    _paying(sheet, paper, head)
    _registration(sheet, paper, theme_of(head.colour).light.ink)
    _notes(sheet, faults)
    if len(foot(sheet, head)) > FOOT_LINES:
        _heading(sheet, head.name)
        for text in head.foot:
            sheet.paragraph(text)


def foot(sheet: Sheet, head: Letterhead) -> list[str]:
    """Who to turn to, in the lines that stand below each page."""
    return sheet.lines(" · ".join(head.foot), RIGHT - LEFT, size=7.5)


def _paying(sheet: Sheet, paper: Paper, head: Letterhead) -> None:
    paying = paper.paying
    if paying and paying.collected:
        _heading(sheet, _("How it is paid"))
        for sentence in paying.sentences:
            sheet.paragraph(sentence)
    if paying and paying.by_hand and paying.by_hand.is_told:
        _by_hand(sheet, paying.by_hand, theme_of(head.colour).light.ink)


def _by_hand(sheet: Sheet, hand: ByHand, ink: str) -> None:
    _heading(sheet, _("How to pay"))
    facts = [(_("Amount"), amount(hand.amount)), (_("Reference to quote"), hand.reference)]
    for label, value in (*facts, *((one.label, one.text) for one in hand.details)):
        sheet.room(13)
        if not label:
            sheet.paragraph(value)
            continue
        sheet.down(13)
        sheet.put(label, colour=MUTED)
        for place, line in enumerate(sheet.lines(value, RIGHT - LEFT - 130)):
            sheet.down(12 if place else 0)
            sheet.put(line, LEFT + 130)
    if hand.url:
        sheet.down(6)
        sheet.paragraph(_("Pay now at %(host)s", host=hand.host), colour=ink, link=hand.url)


def _registration(sheet: Sheet, paper: Paper, ink: str) -> None:
    if paper.registration is None:
        return
    register = paper.registration.register
    _heading(sheet, _("Your customer portal"))
    sheet.paragraph(paper.registration.sentence)
    sheet.paragraph(register.url, colour=ink, link=register.url)


def _notes(sheet: Sheet, faults: tuple[str, ...]) -> None:
    notes = []
    if faults:
        missing = _listed([_(fault) for fault in faults])
        notes.append(_("This is a copy, not a VAT invoice: it does not say %(missing)s.", missing=missing))
    if sheet.lost:
        notes.append(_(LOST))
    if notes:
        sheet.down(12)
    for note in notes:
        sheet.paragraph(note, size=8, colour=MUTED)


def _heading(sheet: Sheet, text: str) -> None:
    sheet.room(60)
    sheet.down(28)
    sheet.put(text, size=10.5, bold=True)
    sheet.down(2)


def _listed(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return _("%(parts)s and %(last)s", parts=", ".join(parts[:-1]), last=parts[-1])
