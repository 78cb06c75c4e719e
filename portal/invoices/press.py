"""Press: makes PDFs one at a time in a thread, never on the loop."""

import asyncio

from portal.invoices import pdf
from portal.invoices.ink import Pdf
from portal.invoices.paper import Paper


class Press:
    """A letter is 30 ms of work, one of 2,000 lines 0.3 s; whoever comes meanwhile waits for their turn."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(1)

    async def printed(self, paper: Paper) -> Pdf:
        """The PDF of an invoice or credit note."""
        async with self._free:
            return await asyncio.to_thread(pdf.make, paper)
