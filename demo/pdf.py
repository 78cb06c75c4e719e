"""The PDF of a bill, as the made-up provider sends it: letter-like, with lines, VAT and totals.

Text is placed by hand: a cell of fpdf2 costs six times as much, and there are thousands.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from fpdf import FPDF

from demo.bills import VAT_PERCENT, Bill, Line
from store.money import Money
from store.organisations import Details

LEFT, RIGHT, TOP, BOTTOM = 50, 545, 60, 770
_QUANTITY, _PRICE = 405, 475
_GROUPS = {"recurring": "Rental", "one-off": "Work", "usage": "Calls and usage", "credit": "Credits"}
_TAX_NAMES = {
    "zero": "zero-rated",
    "exempt": "exempt",
    "reverse_charge": "reverse charge",
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends the bill."""

    name: str
    theme_colour: str
    details: Details


def write(bill: Bill, sender: Letterhead, path: Path) -> None:
    """Write one bill to a file."""
    page = _Page(sender)
    page.pdf.set_title(f"{_title(bill)} {bill.number}")
    page.pdf.set_author(sender.name)
    page.pdf.set_lang("en-GB")
    page.pdf.set_creation_date(datetime.combine(bill.issued, time(), UTC))  # the same bytes for the same bill
    _head(page, bill)
    for kind, words in _GROUPS.items():
        _section(page, words, [line for line in bill.lines if line.kind == kind])
    _totals(page, bill)
    _foot(page, bill)
    page.pdf.output(str(path))


class _Page:
    """A pen that moves down, and turns to a new page at the end of one."""

    def __init__(self, sender: Letterhead) -> None:
        self.pdf = FPDF(unit="pt", format="A4")
        self.pdf.set_auto_page_break(False)
        self.sender = sender
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        """Begin a page."""
        red, green, blue = (int(self.sender.theme_colour[start : start + 2], 16) for start in (1, 3, 5))
        self.pdf.add_page()
        self.pdf.set_fill_color(red, green, blue)
        self.pdf.rect(0, 0, 595, 10, style="F")
        self.font(8)
        self.right(RIGHT, 800, f"Page {self.pdf.page_no()}")
        self.pdf.text(LEFT, 800, _latin(f"{self.sender.name}, VAT {self.sender.details.vat_number}"))
        self.y = TOP

    def font(self, size: int, *, bold: bool = False) -> None:
        self.pdf.set_font("Helvetica", "B" if bold else "", size)

    def down(self, step: float) -> None:
        """Move down, on a new page where this one is full."""
        self.y += step
        if self.y > BOTTOM:
            size, style = self.pdf.font_size_pt, self.pdf.font_style
            self.turn()
            self.font(int(size), bold=style == "B")

    def left(self, text: str, x: float = LEFT) -> None:
        self.pdf.text(x, self.y, _latin(text))

    def right(self, x: float, y: float, text: str) -> None:
        words = _latin(text)
        self.pdf.text(x - self.pdf.get_string_width(words), y, words)

    def rule(self) -> None:
        self.pdf.set_draw_color(190)
        self.pdf.line(LEFT, self.y + 4, RIGHT, self.y + 4)


def _head(page: _Page, bill: Bill) -> None:
    sender = page.sender
    page.font(18, bold=True)
    page.left(sender.name)
    page.font(9)
    address = sender.details.address.split("\n")
    for place, text in enumerate((*address, sender.details.phone, sender.details.email)):
        page.right(RIGHT, page.y + 12 * place, text)
    page.down(80)
    page.font(10)
    for text in filter(None, (bill.customer.name, *bill.customer.address)):
        page.left(text)
        page.down(13)
    page.down(22)
    page.font(15, bold=True)
    page.left(f"{_title(bill)} {bill.number}")
    page.down(20)
    page.font(10)
    for label, value in _facts(bill):
        page.left(label)
        page.left(value, LEFT + 110)
        page.down(14)


def _facts(bill: Bill) -> list[tuple[str, str]]:
    first, last = bill.period
    facts = [
        ("Account", bill.customer.reference),
        ("Date and tax point", _day(bill.issued)),
        ("Due", "nothing to pay" if bill.kind == "creditNote" else _day(bill.due)),
        ("Period", _day(first) if first == last else f"{_day(first)} to {_day(last)}"),
    ]
    extra = [("Your reference", bill.customer.po_number), ("Credits invoice", bill.credits)]
    return facts + [fact for fact in extra if fact[1]]


def _section(page: _Page, words: str, lines: list[Line]) -> None:
    if not lines:
        return
    page.down(24)
    page.font(9, bold=True)
    page.left(words)
    for x, head in ((_QUANTITY, "Quantity"), (_PRICE, "Price"), (RIGHT, "Net, £")):
        page.right(x, page.y, head)
    page.rule()
    page.font(9)
    for line in lines:
        page.down(14)
        number = "" if line.kind == "usage" else line.cli
        page.left(", ".join(filter(None, (line.description, number, line.site))))
        page.right(_QUANTITY, page.y, str(line.quantity))
        page.right(_PRICE, page.y, _amount(line.unit_price))
        page.right(RIGHT, page.y, _amount(line.net))
    page.rule()
    page.down(16)
    page.font(9, bold=True)
    page.right(_PRICE, page.y, "Subtotal")
    page.right(RIGHT, page.y, _amount(sum(line.net for line in lines)))


def _totals(page: _Page, bill: Bill) -> None:
    page.down(24)
    rows = [("Total before VAT", bill.net)]
    for code in (code for code in VAT_PERCENT if any(line.tax_code == code for line in bill.lines)):
        net = sum(line.net for line in bill.lines if line.tax_code == code)
        tax = sum(line.tax for line in bill.lines if line.tax_code == code)
        rate = f"VAT at {VAT_PERCENT[code]}%" if code not in _TAX_NAMES else f"VAT, {_TAX_NAMES[code]}"
        rows.append((f"{rate} on {_pounds(net)}", tax))
    page.font(10)
    for label, amount in rows:
        page.right(_PRICE, page.y, label)
        page.right(RIGHT, page.y, _amount(amount))
        page.down(15)
    page.font(12, bold=True)
    page.right(_PRICE, page.y, "Total credited" if bill.kind == "creditNote" else "Total")
    page.right(RIGHT, page.y, _pounds(bill.gross))
    page.down(30)


def _foot(page: _Page, bill: Bill) -> None:
    page.font(9)
    if any(line.tax_code == "reverse_charge" for line in bill.lines):
        page.left("Reverse charge: customer to account for VAT to HMRC.")
        page.down(20)
    if bill.kind == "creditNote":
        return
    debit = bill.customer.habit != "late"
    page.left("We collect this by Direct Debit on or after the due date." if debit else "Please pay to:")
    for text in () if debit else (*page.sender.details.payment_details.split("\n"), f"Quote {bill.number}"):
        page.down(13)
        page.left(text)


def _title(bill: Bill) -> str:
    return "VAT credit note" if bill.kind == "creditNote" else "VAT invoice"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _pounds(pence: int) -> str:
    return str(Money(pence, "GBP"))


def _amount(pence: int) -> str:
    return _pounds(pence).replace("£", "")


def _latin(text: str) -> str:
    """The core fonts know Latin-1 only."""
    return text.replace("\N{MINUS SIGN}", "-").encode("latin-1", "replace").decode("latin-1")
