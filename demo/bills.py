"""Bills of the made-up customers: lines from services and calls, VAT, what was paid and how. Money in pence."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.calls import PENNY, Call, of_month
from demo.customers import Customer, Service

DUE_AFTER = timedelta(days=14)
VAT_PERCENT = {"standard": 20, "exempt": 0}


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `calls` are those that it charges."""

    kind: str
    category: str
    description: str
    cli: str
    site: str
    period: tuple[date, date]
    quantity: int
    unit_price: int
    net: int
    tax_code: str
    calls: Sequence[Call] = ()

    @property
    def tax(self) -> int:
        """VAT of this line, halves away from zero."""
        share = abs(self.net) * VAT_PERCENT[self.tax_code]
        tax = (share + 50) // 100
        return -tax if self.net < 0 else tax


@dataclass(slots=True)
class Bill:
    """An invoice or credit note with what has been paid towards it."""

    number: str
    customer: Customer
    kind: str
    issued: date
    due: date
    period: tuple[date, date]
    lines: list[Line]
    credits: str = ""
    paid: int = 0

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def gross(self) -> int:
        return self.net + self.tax

    @property
    def status(self) -> str:
        if self.paid == self.gross:
            return "settled"
        return "partlySettled" if self.paid else "outstanding"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, or a collection that failed."""

    external_id: str
    customer: Customer
    day: date
    method: str
    status: str
    amount: int
    allocations: tuple[tuple[str, int], ...] = field(default=())


def bill(number: str, customer: Customer, month: date, calls: Sequence[Call]) -> Bill:
    """The invoice for the usage of one month and the rental of the next."""
    end = _next(month) - timedelta(days=1)
    rented = (_next(month), _next(_next(month)) - timedelta(days=1))
    lines = [_rental(service, rented) for service in customer.services]
    lines += _usage(customer, calls, (month, end))
    issued = _next(month)
    return Bill(number, customer, "invoice", issued, issued + DUE_AFTER, (month, end), lines)


def credit(number: str, of: Bill, issued: date) -> Bill:
    """A credit note for one line of an invoice, wholly set against it."""
    line = of.lines[0]
    words = f"Credit for {line.description}, service interrupted"
    half = -(line.net // 2)
    given = Line("credit", "Credit", words, "", line.site, line.period, 1, half, half, line.tax_code)
    note = Bill(number, of.customer, "creditNote", issued, issued, of.period, [given], of.number)
    note.paid = note.gross
    return note


def settle(bills: Sequence[Bill], today: date, first_id: int) -> list[Payment]:
    """Payments for one customer's bills in order, by their habit; sets what each bill was paid."""
    made: list[Payment] = []
    notes = {note.credits: note for note in bills if note.kind == "creditNote"}
    invoices = [each for each in bills if each.kind == "invoice"]
    for place, each in enumerate(reversed(invoices)):
        note = notes.get(each.number)
        each.paid = -note.gross if note else 0
        made += _paid(each, place, today, f"PAY-{first_id + place:05}")
    return sorted(made, key=lambda payment: (payment.day, payment.external_id))


def _paid(each: Bill, place: int, today: date, identity: str) -> list[Payment]:
    """What came in for one bill; `place` counts from the newest, 0."""
    habit, owed = each.customer.habit, each.gross - each.paid
    day = each.due
    late = habit == "late" and place < 2
    if day > today or late:
        return []
    method = "Bank transfer" if habit == "late" else "Direct Debit"
    if habit == "part" and place == 1:
        owed //= 2
    made: list[Payment] = []
    if habit == "failed_once" and place in (1, 6):
        made.append(Payment(f"{identity}F", each.customer, day, method, "failed", owed))
        day += timedelta(days=7)
        if day > today:
            return made
    each.paid += owed
    made.append(Payment(identity, each.customer, day, method, "paidOut", owed, ((each.number, owed),)))
    return made


def _rental(service: Service, period: tuple[date, date]) -> Line:
    return Line(
        kind="recurring",
        category=service.category,
        description=service.description,
        cli=service.cli,
        site=service.site,
        period=period,
        quantity=service.quantity,
        unit_price=service.price,
        net=service.price * service.quantity,
        tax_code=service.tax_code,
    )


def _usage(customer: Customer, calls: Sequence[Call], period: tuple[date, date]) -> list[Line]:
    """One line a number that was charged for calls, rounded once, halves up."""
    sites = {service.cli: service.site for service in customer.services}
    lines = []
    for cli in sorted({call.cli for call in calls}):
        charged = [call for call in calls if call.cli == cli]
        net = (sum(call.net_price for call in charged) + PENNY // 2) // PENNY
        words = f"Calls and messages from {cli}"
        lines.append(Line("usage", "Calls", words, cli, sites[cli], period, 1, net, net, "standard", charged))
    return lines


def _next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def history(
    customer: Customer, months: Sequence[date], numbers: Sequence[str], a_month: int, chance: random.Random
) -> list[Bill]:
    """A customer's invoices, a month each, with the calls that they charge."""
    counts = [max(0, round(chance.gauss(a_month, a_month / 6))) for _ in months]
    return [
        bill(number, customer, month, of_month(customer, month, count, chance))
        for number, month, count in zip(numbers, months, counts, strict=True)
    ]
