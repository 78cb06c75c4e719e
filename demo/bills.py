"""Bills of the made-up customers: lines from services and calls, VAT, what was paid and how. Money in pence."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.calls import PENNY, Call, of_month
from demo.customers import Customer, Service

FAILURES = {
    "failed": "Not enough money in the account",
    "chargedBack": "Claimed back from the bank by the customer",
}
DUE_AFTER = timedelta(days=28)
VAT_PERCENT = {"standard": 20, "reduced": 5, "zero": 0, "exempt": 0, "reverse_charge": 0}


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
    void: bool = False
    unlisted: Sequence[Call] = ()
    """Calls of the period that no line charges: freephone, incoming."""

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
    def due_amount(self) -> int:
        """What is still to be paid; nothing of a void bill."""
        return 0 if self.void else self.gross - self.paid

    @property
    def status(self) -> str:
        if self.void:
            return "void"
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
    bill: str = ""
    """The one that a collection is for, while it is under way or where it failed."""

    @property
    def failure(self) -> str:
        """Why it failed, as the bank says it."""
        return FAILURES.get(self.status, "")


def bill(number: str, customer: Customer, month: date, calls: Sequence[Call]) -> Bill:
    """The invoice for the usage of one month and the rental of the next."""
    end = _next(month) - timedelta(days=1)
    rented = (_next(month), _next(_next(month)) - timedelta(days=1))
    lines = [_rental(customer, service, rented) for service in customer.services]
    lines += _usage(customer, [call for call in calls if call.is_itemised], (month, end))
    unlisted = [call for call in calls if not call.is_itemised]
    issued = _next(month)
    due = issued + DUE_AFTER
    return Bill(number, customer, "invoice", issued, due, (month, end), lines, unlisted=unlisted)


def visit(number: str, customer: Customer, day: date, *, void: bool) -> Bill:
    """A bill for an engineer's visit and a router; a void one was raised twice by mistake."""
    work = (("Engineer visit, out of hours", 12_500), ("Replacement router", 8_900))
    code = _tax_code(customer, "standard")
    lines = [Line("one-off", "Work", words, "", "", (day, day), 1, net, net, code) for words, net in work]
    return Bill(number, customer, "invoice", day, day + DUE_AFTER, (day, day), lines, void=void)


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
    invoices = [each for each in bills if each.kind == "invoice" and not each.void]
    for place, each in enumerate(reversed(invoices)):
        note = notes.get(each.number)
        each.paid = -note.gross if note else 0
        made += _paid(each, place, today, f"PAY-{first_id + place:05}")
    return sorted(made, key=lambda payment: (payment.day, payment.external_id))


def _paid(each: Bill, place: int, today: date, identity: str) -> list[Payment]:
    """What came in for one bill; `place` counts from the newest, 0."""
    habit, owed = each.customer.habit, each.gross - each.paid
    day = _working_day(each.due)
    if day > today or (habit == "late" and place < 2):
        return []
    method = "Bank transfer" if habit == "late" else "Direct Debit"
    if habit == "part" and place == 1:
        owed //= 2
    made: list[Payment] = []
    returned = {
        ("failed_once", 1): "failed",
        ("fails_now", 2): "failed",
        ("failed_once", 6): "failed",
        ("charged_back", 2): "chargedBack",
    }
    if status := returned.get((habit, place)):
        made.append(Payment(f"{identity}F", each.customer, day, method, status, owed, bill=each.number))
        if habit == "fails_now":
            return made
        day = _working_day(day + timedelta(days=10))
    if day > today:
        return made
    if today - day < timedelta(days=3) and method == "Direct Debit":
        return [*made, Payment(identity, each.customer, day, method, "submitted", owed, bill=each.number)]
    each.paid += owed
    made.append(Payment(identity, each.customer, day, method, "paidOut", owed, ((each.number, owed),)))
    return made


def _working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _tax_code(customer: Customer, code: str) -> str:
    return "reverse_charge" if customer.reverse_charge and code == "standard" else code


def _rental(customer: Customer, service: Service, period: tuple[date, date]) -> Line:
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
        tax_code=_tax_code(customer, service.tax_code),
    )


def _usage(customer: Customer, calls: Sequence[Call], period: tuple[date, date]) -> list[Line]:
    """One line for each number and kind of destination, rounded once, halves up."""
    sites = {service.cli: service.site for service in customer.services}
    code = _tax_code(customer, "standard")
    lines = []
    for cli, group in sorted({(call.cli, call.tariff.group) for call in calls}):
        listed = [call for call in calls if (call.cli, call.tariff.group) == (cli, group)]
        net = (sum(call.net_price for call in listed) + PENNY // 2) // PENNY
        words = f"{group} from {cli}, {_counted(group, listed)}"
        lines.append(Line("usage", group, words, cli, sites[cli], period, 1, net, net, code, listed))
    return lines


def _counted(group: str, calls: Sequence[Call]) -> str:
    """How many, and how long: `3 calls, 00:12:41`."""
    noun = {"Messages": "message", "Data": "session"}.get(group, "call")
    number = f"{len(calls)} {noun}{'' if len(calls) == 1 else 's'}"
    if noun != "call":
        return number
    minutes, seconds = divmod(sum(call.seconds for call in calls), 60)
    return f"{number}, {minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def history(
    customer: Customer,
    months: Sequence[date],
    numbers: Sequence[str],
    counts: Sequence[int],
    chance: random.Random,
) -> list[Bill]:
    """A customer's invoices, a month each, with the calls that they charge; the newest has what is new."""
    made = []
    for number, month, count in zip(numbers, months, counts, strict=True):
        then = customer if month == months[-1] else customer.before
        calls = of_month(then, month, (_next(month) - month).days, count, chance)
        made.append(bill(number, then, month, calls))
    return made
