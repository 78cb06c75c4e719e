"""Sample: a made-up customer with a year of bills and a month of calls, for previews; the same for the same day."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from store.importing.run import Task, import_csv
from store.instants import Clock

SLUG = "sample"
REFERENCE = "A1042"
EMAIL = "sam@lanterncoffee.example"
MONTHS = 12
CALLS = 60
RENTAL, BROADBAND = Decimal("18.00"), Decimal("32.50")
_USAGE = (("Calls to mobiles", "12.44"), ("National calls", "6.18"), ("International calls", "9.07"))
_PLACES = (
    ("07700900123", "UK mobile", "UK mobile", "0.0380"),
    ("02079460018", "London", "UK landline", "0.0120"),
    ("01134960771", "Leeds", "UK landline", "0.0120"),
    ("0033199000451", "France", "International", "0.0490"),
)
_CUSTOMER: dict[str, object] = {
    "reference": REFERENCE,
    "name": "Lantern Coffee Roasters Ltd",
    "email": EMAIL,
    "phone": "0117 496 0444",
    "address1": "Unit 4, Paintworks",
    "town": "Bristol",
    "postcode": "BS4 3EH",
    "country": "United Kingdom",
}


def move_in(store: Path, folder: Path, clock: Clock) -> None:
    """Import the sample into the organisation `SLUG` of a store; blocks for a moment."""
    for kind, rows in sheets(clock().date()).items():
        file = folder / f"{kind}.csv"
        file.write_text(_csv(rows), encoding="utf-8")
        report = import_csv(store, Task(kind, file, SLUG), clock)
        assert not report.refused, report.refusals


def sheets(today: date) -> dict[str, list[dict[str, object]]]:
    """The rows of each import, nothing in them after `today`."""
    months = list(_months(today))
    return {
        "customers": [_CUSTOMER],
        "invoices": [_invoice(place, month, today) for place, month in enumerate(months)],
        "invoice_lines": [line for place, month in enumerate(months) for line in _lines(place, month)],
        "payments": [_payment(place, month) for place, month in enumerate(months[:-1])],
        "calls": list(_calls(today)),
    }


def _months(today: date) -> Iterator[date]:
    """The first days of the months billed, the last of them this one."""
    for back in range(MONTHS - 1, -1, -1):
        number = today.year * 12 + today.month - 1 - back
        yield date(number // 12, number % 12 + 1, 1)


def _amounts(place: int) -> list[tuple[str, str, Decimal]]:
    usage = [("usage", words, Decimal(amount) * (80 + 7 * (place % 5)) / 100) for words, amount in _USAGE]
    fixed = [("recurring", "Line rental", RENTAL), ("recurring", "Business broadband", BROADBAND)]
    return [(kind, words, amount.quantize(Decimal("0.01"))) for kind, words, amount in fixed + usage]


def _tax(net: Decimal) -> Decimal:
    return (net / 5).quantize(Decimal("0.01"))


def _invoice(place: int, month: date, today: date) -> dict[str, object]:
    lines = [amount for _, _, amount in _amounts(place)]
    net, tax = sum(lines, Decimal(0)), sum(map(_tax, lines), Decimal(0))
    settled = place < MONTHS - 1
    return {
        "number": _number(place),
        "account_reference": REFERENCE,
        "date": month,
        "due": month + timedelta(days=28),
        "period_from": (month - timedelta(days=1)).replace(day=1),
        "period_to": month - timedelta(days=1),
        "net": net,
        "tax": tax,
        "gross": net + tax,
        "paid": net + tax if settled else 0,
        "due_amount": 0 if settled else net + tax,
    }


def _lines(place: int, month: date) -> Iterator[dict[str, object]]:
    last = month - timedelta(days=1)
    for position, (kind, words, net) in enumerate(_amounts(place), 1):
        yield {
            "invoice_number": _number(place),
            "position": position,
            "kind": kind,
            "category": "Calls" if kind == "usage" else "Services",
            "description": words,
            "cli": "01174960444",
            "period_from": last.replace(day=1),
            "period_to": last,
            "net": net,
            "tax_code": "standard",
            "tax_rate": 20,
            "tax": _tax(net),
        }


def _payment(place: int, month: date) -> dict[str, object]:
    lines = [amount for _, _, amount in _amounts(place)]
    return {
        "external_id": f"P{place + 1}",
        "account_reference": REFERENCE,
        "date": month + timedelta(days=14),
        "method": "direct_debit",
        "status": "confirmed",
        "amount": sum(lines, Decimal(0)) + sum(map(_tax, lines), Decimal(0)),
        "invoice_number": _number(place),
    }


def _calls(today: date) -> Iterator[dict[str, object]]:
    for number in range(CALLS):
        dialled, destination, group, price = _PLACES[number * 7 % len(_PLACES)]
        day = today - timedelta(days=1 + number // 3)
        minutes = 1 + number * 5 % 11
        yield {
            "external_id": f"C{number + 1}",
            "account_reference": REFERENCE,
            "cli": "01174960444",
            "direction": "outbound",
            "type": "voice",
            "started": f"{datetime.combine(day, time(9 + number % 8, number * 13 % 60)):%Y-%m-%dT%H:%M:%SZ}",
            "duration_seconds": minutes * 60 - number % 50,
            "number": dialled,
            "destination": destination,
            "destination_group": group,
            "net_price": minutes * Decimal(price),
        }


def _number(place: int) -> str:
    return f"INV-{4180 + place}"


def _csv(rows: Sequence[dict[str, object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
