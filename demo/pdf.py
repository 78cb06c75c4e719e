"""The PDF of a bill, as the made-up provider sends it: letter-like, with lines, VAT and totals."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path

from fpdf import FPDF

from demo.bills import VAT_PERCENT, Bill
from store.money import Money

_WIDTHS = (96, 22, 26, 36)


def write(bill: Bill, provider: str, address: str, path: Path) -> None:
    """Write one bill to a file."""
    pdf = FPDF(format="A4")
    pdf.set_title(bill.number)
    pdf.set_creation_date(datetime.combine(bill.issued, time(), UTC))  # the same bytes for the same bill
    pdf.set_margin(15)
    pdf.add_page()
    _head(pdf, bill, provider, address)
    _table(pdf, bill)
    _totals(pdf, bill)
    pdf.output(str(path))


def _head(pdf: FPDF, bill: Bill, provider: str, address: str) -> None:
    pdf.set_font("Helvetica", "B", 18)
    pdf.cell(0, 10, _latin(provider), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=9)
    pdf.cell(0, 5, _latin(address.replace("\n", ", ")), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(8)
    pdf.set_font("Helvetica", size=10)
    for text in (bill.customer.name, *filter(None, bill.customer.address), ""):
        pdf.cell(0, 5, _latin(text), new_x="LMARGIN", new_y="NEXT")
    title = "Credit note" if bill.kind == "creditNote" else "VAT invoice"
    pdf.set_font("Helvetica", "B", 13)
    pdf.cell(0, 8, f"{title} {bill.number}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=10)
    facts = [f"Account {bill.customer.reference}", f"Date {bill.issued:%d %B %Y}", f"Due {bill.due:%d %B %Y}"]
    pdf.cell(0, 6, "   ".join(facts), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)


def _table(pdf: FPDF, bill: Bill) -> None:
    pdf.set_font("Helvetica", "B", 9)
    _row(pdf, ("Description", "Quantity", "Price", "Net"))
    pdf.set_font("Helvetica", size=9)
    for line in bill.lines:
        _row(pdf, (line.description, str(line.quantity), _pounds(line.unit_price), _pounds(line.net)))


def _totals(pdf: FPDF, bill: Bill) -> None:
    pdf.ln(3)
    rows = [("Total before VAT", bill.net)]
    for code in sorted({line.tax_code for line in bill.lines}):
        net = sum(line.net for line in bill.lines if line.tax_code == code)
        tax = sum(line.tax for line in bill.lines if line.tax_code == code)
        rows.append((f"VAT {VAT_PERCENT[code]}% on {_pounds(net)}" if tax else f"VAT {code}", tax))
    for label, amount in [*rows, ("Total", bill.gross)]:
        pdf.cell(sum(_WIDTHS[:3]), 6, _latin(label), align="R")
        pdf.cell(_WIDTHS[3], 6, _latin(_pounds(amount)), align="R", new_x="LMARGIN", new_y="NEXT")


def _row(pdf: FPDF, cells: Iterable[str]) -> None:
    for place, (width, text) in enumerate(zip(_WIDTHS, cells, strict=True)):
        pdf.cell(width, 6, _latin(text), border="B", align="R" if place else "L")
    pdf.ln()


def _pounds(pence: int) -> str:
    return str(Money(pence, "GBP"))


def _latin(text: str) -> str:
    """The core fonts know Latin-1 only."""
    return text.replace("\N{MINUS SIGN}", "-").encode("latin-1", "replace").decode("latin-1")
