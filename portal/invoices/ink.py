"""Ink: a sheet as PDF bytes, the same for the same sheet."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from fpdf import FPDF

from portal.invoices.made import Pdf
from portal.invoices.sheet import Page, Sheet
from portal.invoices.typeface import FAMILY, face, opened


@dataclass(frozen=True, slots=True)
class Title:
    """What a reader of PDF shows around the pages, and the day that they are dated."""

    title: str
    author: str
    day: date


def pressed(sheet: Sheet, title: Title) -> Pdf:
    """The sheet as a file; its date is the title's day, so nothing in it depends on the clock."""
    with opened(face().path, face(bold=True).path) as pdf:
        return _filled(pdf, sheet, title)


def _filled(pdf: FPDF, sheet: Sheet, title: Title) -> Pdf:
    pdf.set_auto_page_break(False)
    pdf.set_title(title.title)
    pdf.set_author(title.author)
    pdf.set_producer("Brassplate")
    pdf.set_lang("en-GB")
    pdf.set_creation_date(datetime.combine(title.day, time(), UTC))
    for page in sheet.pages:
        _draw(pdf, page)
    return Pdf(bytes(pdf.output()), len(sheet.pages))


def _draw(pdf: FPDF, page: Page) -> None:
    pdf.add_page()
    for bar in page.bars:
        pdf.set_fill_color(bar.colour)
        pdf.rect(bar.x, bar.y, bar.width, bar.height, style="F")
    for text in page.texts:
        if not text.text:
            continue
        pdf.set_font(FAMILY, "B" if text.bold else "", text.size)
        pdf.set_text_color(text.colour)
        pdf.text(text.x, text.y, text.text)
        if text.link:
            width = face(text.bold).width(text.text, text.size)
            pdf.link(text.x, text.y - text.size, width, text.size * 1.3, text.link)
