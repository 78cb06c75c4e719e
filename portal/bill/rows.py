"""Rows: the tables of a comparison, each number with the address of the rows behind it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from portal import formats, months
from portal.bill.comparing import Calls, Comparison
from portal.bill.reasons import NAMES, signed
from portal.calls.narrowing import NOTHING, PATH
from portal.invoices.vat_words import vat_name
from portal.links import link
from portal.words import _, ngettext
from store.bill.difference import Cause, Item, Side, TaxChange
from store.bill.views import Part, Parts, shortened
from store.invoice_lines import LineKind, Vat
from store.invoices import Invoice
from store.money import MILLIONTHS, Money

MOST_ITEMS = 6
"""Things that are named for a cause."""
MOST_PARTS = 10
"""Rows of a table by category, number or destination."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount, and where the rows behind it are; None: nowhere."""

    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it is about, what it came to before and now, and its change."""

    name: str
    change: str
    detail: str = ""
    before: Amount | None = None
    after: Amount | None = None
    calls_url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A cause with its rows; they add up to it."""

    cause: Cause
    name: str
    change: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Makes the rows of one comparison; `with_calls`: pages of calls are there."""

    found: Comparison
    with_calls: bool

    @property
    def currency(self) -> str:
        return self.found.invoice.gross.currency

    def causes(self) -> list[Group]:
        """The change by cause; the groups add up to it."""
        return [
            Group(cause, _(NAMES[cause]), signed(minor, self.currency), tuple(self._rows_of(cause)))
            for cause, minor in self.found.difference.causes.items()
        ]

    def by(self, parts: Parts, nameless: str, by: str = "") -> list[Row]:
        """The change of the nets by category or number (`by`: the invoice's own grouping)."""
        rest = _(NAMES[self.found.difference.rest])
        return list(self._parts(parts, nameless, rest, lambda part: self._line_urls(part, by)))

    def by_destination(self, calls: Calls) -> list[Row]:
        """The change of the nets by where calls went."""
        rest = (
            _("Calls that are no longer kept, usage without a list, and rounding")
            if calls.gone
            else _("Usage without a list of calls, and rounding")
        )
        return list(self._parts(calls.parts, _("Other charges"), rest, self._call_urls))

    def tax(self) -> Row:
        """VAT, as the last row of each table but one."""
        before, after = self.found.difference.before.tax, self.found.difference.after.tax
        return self._row(_("VAT"), before, after, (None, None))

    def total(self) -> Row:
        """The bills themselves."""
        urls = self._invoice_url(self.found.before), self._invoice_url(self.found.invoice)
        before, after = self.found.difference.before.gross, self.found.difference.after.gross
        return self._row(_("Total"), before, after, urls)

    def _rows_of(self, cause: Cause) -> Iterator[Row]:
        if cause is Cause.TAX:
            yield from (self._tax_row(each) for each in self.found.difference.taxes if each.change)
            return
        items = self.found.difference.items_of(cause)
        yield from (self._item(item, minor) for item, minor in items[:MOST_ITEMS])
        if others := items[MOST_ITEMS:]:
            name = ngettext("%(num)d more line", "%(num)d more lines", len(others))
            yield Row(name, signed(sum(minor for _item, minor in others), self.currency))

    def _item(self, item: Item, minor: int) -> Row:
        urls = [
            self._lines_url(invoice, side.positions) if side else None
            for invoice, side in ((self.found.before, item.before), (self.found.invoice, item.after))
        ]
        calls = self.with_calls and item.kind is LineKind.USAGE and item.after is not None
        return Row(
            name=item.description,
            change=signed(minor, self.currency),
            detail="" if item.cli in item.description else item.cli,
            before=Amount(self._said(item.before), urls[0]) if item.before else None,
            after=Amount(self._said(item.after), urls[1]) if item.after else None,
            calls_url=self._calls_of_line(item.after) if calls and item.after else None,
        )

    def _calls_of_line(self, side: Side) -> str | None:
        """Of a thing that is one line."""
        if len(side.positions) != 1:
            return None
        return f"{self._invoice_url(self.found.invoice)}/lines/{side.positions[0]}/calls"

    def _said(self, side: Side) -> str:
        """`£12.00`, `10 × £1.20`: how much of it, where it is more or less than one."""
        if side.unit_price is None or side.quantity == MILLIONTHS:
            return self._money(side.net)
        price = formats.unit_price(side.unit_price, self.currency)
        return _("%(quantity)s × %(price)s", quantity=formats.quantity(side.quantity), price=price)

    def _tax_row(self, change: TaxChange) -> Row:
        nothing = Money(0, self.currency)
        name = (
            vat_name(Vat(change.code, change.rate, nothing, nothing)) if change.code else _("Rounding of VAT")
        )
        return self._row(name, change.before, change.after, (None, None))

    def _parts(
        self,
        parts: Parts,
        nameless: str,
        rest: str,
        urls: Callable[[Part], tuple[str | None, str | None]],
    ) -> Iterator[Row]:
        some, others, count = shortened(parts, MOST_PARTS)
        for part in some:
            yield self._row(part.name, part.before, part.after, urls(part), _calls_of(part))
        if count:
            unchanged = count == sum(not part.change for part in parts.named)
            name = (
                ngettext("%(num)d without a change", "%(num)d without a change", count)
                if unchanged
                else ngettext("%(num)d other", "%(num)d others", count)
            )
            yield self._row(name, others.before, others.after, (None, None))
        for name, part in ((nameless, parts.nameless), (rest, parts.rest)):
            if part.before or part.after:
                yield self._row(name, part.before, part.after, urls(part))

    def _row(
        self, name: str, before: int, after: int, urls: tuple[str | None, str | None], detail: str = ""
    ) -> Row:
        return Row(
            name=name,
            change=signed(after - before, self.currency),
            detail=detail,
            before=Amount(self._money(before), urls[0]),
            after=Amount(self._money(after), urls[1]),
        )

    def _line_urls(self, part: Part, by: str) -> tuple[str | None, str | None]:
        return (
            self._lines_url(self.found.before, part.before_lines, by),
            self._lines_url(self.found.invoice, part.after_lines, by),
        )

    def _call_urls(self, part: Part) -> tuple[str | None, str | None]:
        return (
            self._calls_url(self.found.before, part.name, part.before_lines),
            self._calls_url(self.found.invoice, part.name, part.after_lines),
        )

    def _calls_url(self, invoice: Invoice, destination: str, positions: Sequence[int]) -> str | None:
        """The calls of one line; of several by month and destination; else the lines."""
        if not positions:
            return None
        if len(positions) == 1:
            return f"{self._invoice_url(invoice)}/lines/{positions[0]}/calls"
        first, last = invoice.period_from, invoice.period_to
        if first and last and (first.year, first.month) == (last.year, last.month):
            return link(PATH, month=months.text(first), group=destination or NOTHING, invoiced="yes")
        return self._lines_url(invoice, positions)

    def _lines_url(self, invoice: Invoice, positions: Sequence[int], by: str = "") -> str | None:
        if not positions:
            return None
        return f"{link(self._invoice_url(invoice), by=by, line=positions[0])}#line-{positions[0]}"

    def _invoice_url(self, invoice: Invoice) -> str:
        return f"/invoices/{invoice.public_id}"

    def _money(self, minor: int) -> str:
        return formats.amount(Money(minor, self.currency))


def _calls_of(part: Part) -> str:
    """How many calls, where they became more or fewer."""
    before, after = part.calls
    if not before and not after:
        return ""
    was = ngettext("%(num)d call", "%(num)d calls", before)
    now = ngettext("%(num)d call", "%(num)d calls", after)
    return _("%(was)s before, %(now)s now", was=was, now=now)
