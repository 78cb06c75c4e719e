"""InlinePress: makes PDFs here and now, for tests that are not about the press."""

from portal.invoices import pdf
from portal.invoices.made import Pdf
from portal.invoices.paper import Paper
from portal.invoices.press import Press


class InlinePress(Press):
    """As the real one, without its process."""

    async def printed(self, paper: Paper) -> Pdf:
        return pdf.make(paper)
