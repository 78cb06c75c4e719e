"""Made-up data, written as the very files that an operator imports: CSVs and PDFs, the same for the same day."""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from demo import customers, pdf
from demo.bills import VAT_PERCENT, Bill, Payment, credit, history, settle, visit
from demo.calls import Call, months_before, of_month, shares
from demo.customers import Customer
from demo.pdf import Letterhead
from store.money import decimal_text
from store.organisations import Details

MONTHS = 24
CALLS = 20_000
"""About; a little over 20,000 fall into the months and days that there are."""
SEED = 1881


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation of the demo; `users` are e-mail and account reference, `files` paths by import kind."""

    slug: str
    name: str
    theme_colour: str
    domain: str
    live: bool
    admin_email: str
    details: Details
    pay_url: str
    users: tuple[tuple[str, str], ...]
    files: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _Sketch:
    slug: str
    name: str
    theme_colour: str
    domain: str
    live: bool
    prefix: str
    share: int
    details: Details
    customers: tuple[Customer, ...]


_SKETCHES = (
    _Sketch(
        "harbour", "Harbour Telecom", "#0B6E4F", "billing.harbour.example", True, "HT", 3,
        Details(
            company_number="08123456",
            vat_number="GB 123 4567 89",
            address="Harbour House\n14 Temple Way\nBristol\nBS1 6HG",
            phone="0117 496 0123",
            email="billing@harbour.example",
            payment_details="Account name: Harbour Telecom Ltd\nSort code: 20-00-00\nAccount number: 12345678",
            opening_hours="Monday to Friday, 9:00 to 17:30",
            complaints_url="https://www.harbour.example/complaints",
            adr_scheme="Communications Ombudsman",
            adr_url="https://www.commsombudsman.org/",
        ),
        customers.HARBOUR,
    ),
    _Sketch(
        "pennine", "Pennine Voice", "#7A3E9D", "", False, "PV", 1,
        Details(
            company_number="07654321",
            vat_number="GB 987 6543 21",
            address="Salts Works\nShipley\nBD17 7EF",
            phone="01632 960300",
            email="accounts@pennine.example",
            payment_details="Account name: Pennine Voice Ltd\nSort code: 20-11-11\nAccount number: 87654321",
            opening_hours="Monday to Saturday, 8:00 to 18:00",
        ),
        customers.PENNINE,
    ),
)  # fmt: skip


def write(
    folder: Path, today: date, *, months: int = MONTHS, calls: int = CALLS, seed: int = SEED
) -> list[Company]:
    """Write both companies' files below `folder`; nothing after `today` is in them."""
    split = shares(calls, [sketch.share for sketch in _SKETCHES])
    return [
        _write(folder / sketch.slug, sketch, today, months, count, seed)
        for sketch, count in zip(_SKETCHES, split, strict=True)
    ]


def _write(folder: Path, sketch: _Sketch, today: date, months: int, calls: int, seed: int) -> Company:
    chance = random.Random(f"{seed} {sketch.slug} {today}")
    documents = folder / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    bills, payments, unbilled = _make(sketch, today, months, calls, chance)
    sender = Letterhead(sketch.name, sketch.theme_colour, sketch.details)
    for bill in bills:
        pdf.write(bill, sender, documents / f"{bill.number}.pdf")
    files = {kind: folder / f"{kind}.csv" for kind in _HEADERS} | {"documents": documents}
    rows: dict[str, Iterable[Sequence[object]]] = {
        "customers": map(_customer_row, sketch.customers),
        "mandates": (_mandate_row(customer, today) for customer in sketch.customers),
        "invoices": map(_invoice_row, bills),
        "invoice_lines": (row for bill in bills for row in _line_rows(bill)),
        "payments": map(_payment_row, payments),
        "allocations": ((p.external_id, n, _pounds(a)) for p in payments for n, a in p.allocations),
        "calls": _call_rows(sketch.prefix, bills, unbilled),
    }
    for kind, header in _HEADERS.items():
        with files[kind].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows[kind])
    first, second = sketch.customers[:2]
    return Company(
        slug=sketch.slug,
        name=sketch.name,
        theme_colour=sketch.theme_colour,
        domain=sketch.domain,
        live=sketch.live,
        admin_email=f"admin@{sketch.slug}.example",
        details=sketch.details,
        pay_url=f"https://pay.{sketch.slug}.example/?account={{reference}}&amount={{amount}}",
        users=((first.email, first.reference), (second.email, second.reference)) if sketch.live else (),
        files=files,
    )


def _make(
    sketch: _Sketch, today: date, months: int, calls: int, chance: random.Random
) -> tuple[list[Bill], list[Payment], list[tuple[Customer, list[Call]]]]:
    """Bills in the order of their issue, payments in the order of their days, calls not billed yet."""
    periods = list(months_before(today, months))
    elapsed = today.day - 1
    days = [30] * months + [elapsed]
    weights = [c.weight * day * chance.randrange(80, 121) for c in sketch.customers for day in days]
    counts = iter(shares(calls, weights))
    bills: list[Bill] = []
    payments: list[Payment] = []
    unbilled = []
    for place, customer in enumerate(sketch.customers):
        numbers = [
            f"{sketch.prefix}-{1000 + number * len(sketch.customers) + place}" for number in range(months)
        ]
        own = history(customer, periods, numbers, [next(counts) for _ in periods], chance)
        own += _extras(sketch.prefix, place, own)
        payments += settle(own, today, 1000 * (place + 1))
        bills += own
        latest = of_month(customer, today.replace(day=1), elapsed, next(counts), chance)
        unbilled.append((customer, latest))
    bills.sort(key=lambda bill: (bill.issued, bill.number))
    payments.sort(key=lambda payment: (payment.day, payment.external_id))
    return bills, payments, unbilled


def _extras(prefix: str, place: int, own: Sequence[Bill]) -> list[Bill]:
    """For some customers a credit note, for some a visit that was billed twice."""
    if len(own) < 4:
        return []
    if place % 5 == 0:
        return [credit(f"{prefix}-CN{100 + place}", own[-4], own[-3].issued)]
    if place % 5 == 1:
        customer, day = own[0].customer, own[-3].issued + timedelta(days=8)
        numbers = (f"{prefix}-W{100 + place}", f"{prefix}-W{200 + place}")
        return [visit(number, customer, day, void=number == numbers[0]) for number in numbers]
    return []


_HEADERS = {
    "customers": "reference,name,type,email,phone,address1,address2,town,county,postcode,country",
    "mandates": "external_id,account_reference,scheme,bank,account_ending,status,signed_on",
    "invoices": "number,account_reference,kind,date,due,period_from,period_to,status,net,tax,gross,paid,due_amount,"
    "currency,po_number,credits_invoice",
    "invoice_lines": "invoice_number,position,kind,category,description,cli,cost_centre,period_from,period_to,quantity,"
    "unit_price,net,tax_code,tax_rate,tax",
    "payments": "external_id,account_reference,date,method,status,amount,currency,invoice_number,collected_on,failure",
    "allocations": "payment_external_id,invoice_number,amount",
    "calls": "external_id,account_reference,cli,direction,type,started,duration_seconds,billed_seconds,data_bytes,"
    "number,destination,destination_group,charge_band,net_price,access_charge,service_charge,in_bundle,cost_centre,"
    "currency,invoice_number,invoice_line",
}


def _customer_row(customer: Customer) -> Sequence[object]:
    who = (customer.reference, customer.name, customer.type, customer.email, customer.phone)
    return (*who, *customer.address, "United Kingdom")


def _mandate_row(customer: Customer, today: date) -> Sequence[object]:
    """Who pays late has ended theirs and sends the money."""
    status = "cancelled" if customer.habit == "late" else "active"
    signed_on = date(today.year - 3, 3, 2)
    return (f"MD-{customer.reference}", customer.reference, "bacs", *customer.bank, status, signed_on)


def _invoice_row(bill: Bill) -> Sequence[object]:
    amounts = (bill.net, bill.tax, bill.gross, bill.paid, bill.due_amount)
    days = (bill.issued, bill.due, *bill.period)
    head = (bill.number, bill.customer.reference, bill.kind, *days, bill.status)
    return (*head, *map(_pounds, amounts), "GBP", bill.customer.po_number, bill.credits)


def _line_rows(bill: Bill) -> Iterable[Sequence[object]]:
    for position, line in enumerate(bill.lines, 1):
        what = (line.kind, line.category, line.description, line.cli, line.site, *line.period, line.quantity)
        rate = VAT_PERCENT[line.tax_code]
        money = (_pounds(line.unit_price), _pounds(line.net), line.tax_code, rate, _pounds(line.tax))
        yield (bill.number, position, *what, *money)


def _payment_row(payment: Payment) -> Sequence[object]:
    who = (payment.external_id, payment.customer.reference, payment.day, payment.method, payment.status)
    collected = payment.day if payment.method == "Direct Debit" else ""
    return (*who, _pounds(payment.amount), "GBP", payment.bill, collected, payment.failure)


def _call_rows(
    prefix: str, bills: Iterable[Bill], unbilled: Iterable[tuple[Customer, list[Call]]]
) -> Iterable[Sequence[object]]:
    number = 0
    for bill in bills:
        for position, line in enumerate(bill.lines, 1):
            for call in line.calls:
                number += 1
                yield _call_row(f"{prefix}C{number:07}", bill.customer, call, bill.number, position)
        for call in bill.unlisted:
            number += 1
            yield _call_row(f"{prefix}C{number:07}", bill.customer, call, bill.number, "")
    for customer, calls in unbilled:
        for call in calls:
            number += 1
            yield _call_row(f"{prefix}C{number:07}", customer, call, "", "")


def _call_row(
    identity: str, customer: Customer, call: Call, invoice: str, position: int | str
) -> Sequence[object]:
    site = next((service.site for service in customer.services if service.cli == call.cli), "")
    when = (call.started.strftime("%Y-%m-%dT%H:%M:%SZ"), call.seconds, call.seconds, call.data_bytes)
    where = (call.number, call.tariff.destination, call.tariff.group, call.tariff.band)
    charges = (call.net_price, call.access_charge, call.service_charge)
    return (
        *(identity, customer.reference, call.cli, call.direction, call.type),
        *when,
        *where,
        *(decimal_text(charge, 6) for charge in charges),
        "true" if call.in_bundle else "false",
        *(site, "GBP", invoice, position),
    )


def _pounds(pence: int) -> str:
    return decimal_text(pence, 2)
