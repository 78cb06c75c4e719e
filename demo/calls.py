"""Calls of the made-up customers: where to, when, how long, at what price in millionths of a pound."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo.customers import Customer, Service

LONDON = ZoneInfo("Europe/London")
PENNY = 10_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """A destination: how often it is called, and its price by the minute; `access` is our part of a split price."""

    weight: int
    numbers: str
    destination: str
    group: str
    band: str
    a_minute: int
    access: int = 0
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the calls file; money in millionths."""

    cli: str
    direction: str
    type: str
    started: datetime
    seconds: int
    data_bytes: int
    number: str
    tariff: Tariff
    net_price: int
    access_charge: int
    service_charge: int
    in_bundle: bool


_UK = (
    Tariff(30, "0113496####", "Leeds", "UK landline", "Geographic", 12_000, bundled=True),
    Tariff(22, "0207946####", "London", "UK landline", "Geographic", 12_000, bundled=True),
    Tariff(14, "0161496####", "Manchester", "UK landline", "Geographic", 12_000, bundled=True),
    Tariff(40, "07700900###", "UK mobile", "UK mobile", "Mobile", 38_000, bundled=True),
    Tariff(9, "03069990###", "UK-wide 03", "UK landline", "03", 12_000, bundled=True),
    Tariff(8, "08081570###", "Freephone", "Freephone", "080", 0),
    Tariff(4, "0845496####", "084 services", "Special rate", "084", 150_000, access=100_000),
    Tariff(2, "0871496####", "087 services", "Special rate", "087", 230_000, access=100_000),
    Tariff(1, "118365", "Directory enquiries", "Special rate", "118", 3_650_000, access=100_000),
)
_ABROAD = (
    Tariff(5, "0035315550###", "Ireland", "International", "Zone 1", 45_000),
    Tariff(4, "0033199006###", "France", "International", "Zone 1", 49_000),
    Tariff(3, "0049305550###", "Germany", "International", "Zone 1", 49_000),
    Tariff(2, "0034915550###", "Spain", "International", "Zone 1", 52_000),
    Tariff(2, "00121255501##", "United States", "International", "Zone 2", 36_500),
    Tariff(1, "0091115550###", "India", "International", "Zone 3", 124_000),
)
_TARIFFS = _UK + _ABROAD
_WEIGHTS = [tariff.weight for tariff in _TARIFFS]
_TEXT = Tariff(1, "07700900###", "UK mobile", "Messages", "SMS", 0, bundled=True)
_TEXT_ABROAD = Tariff(1, "00336990###", "France", "Messages", "SMS abroad", 0)
_DATA = Tariff(1, "", "UK data", "Data", "Data", 0, bundled=True)


def of_month(customer: Customer, month: date, count: int, chance: random.Random) -> list[Call]:
    """About `count` calls of one customer in the month that begins at `month`, in order of their start."""
    services = [service for service in customer.services if service.cli]
    made = (_call(chance.choice(services), month, chance) for _ in range(count)) if services else iter(())
    return sorted(made, key=lambda call: (call.started, call.number))


def started_in(month: date, chance: random.Random) -> datetime:
    """An instant of the month, mostly on a working day between eight and six in London."""
    while True:
        day = month + timedelta(days=chance.randrange(_days(month)))
        if day.weekday() < 5 or chance.random() < 0.15:
            break
    hour = min(23, max(0, round(chance.gauss(12.6, 2.8))))
    local = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), LONDON)
    return local.astimezone(UTC)


def _call(service: Service, month: date, chance: random.Random) -> Call:
    started = started_in(month, chance)
    kind = chance.random()
    if service.mobile and kind < 0.22:
        tariff = _TEXT_ABROAD if chance.random() < 0.05 else _TEXT
        price = 0 if tariff.bundled else 12 * PENNY
        number = _number(tariff, chance)
        return Call(
            service.cli, "outbound", "sms", started, 0, 0, number, tariff, price, 0, 0, tariff.bundled
        )
    if service.mobile and kind < 0.45:
        size = chance.randrange(200_000, 900_000_000)
        seconds = chance.randrange(60, 7200)
        return Call(service.cli, "outbound", "data", started, seconds, size, "", _DATA, 0, 0, 0, True)
    return _voice(service, started, chance)


def _voice(service: Service, started: datetime, chance: random.Random) -> Call:
    tariff = chance.choices(_TARIFFS, _WEIGHTS)[0]
    seconds = min(5400, max(2, round(chance.expovariate(1 / 190))))
    bundled = tariff.bundled and (service.mobile or chance.random() < 0.45)
    service_charge = 0 if bundled else (tariff.a_minute - tariff.access) * seconds // 60
    access_charge = 0 if bundled else tariff.access * seconds // 60
    split = tariff.access > 0
    return Call(
        cli=service.cli,
        direction="outbound",
        type="voice",
        started=started,
        seconds=seconds,
        data_bytes=0,
        number=_number(tariff, chance),
        tariff=tariff,
        net_price=service_charge + access_charge,
        access_charge=access_charge if split else 0,
        service_charge=service_charge if split else 0,
        in_bundle=bundled,
    )


def _number(tariff: Tariff, chance: random.Random) -> str:
    return "".join(str(chance.randrange(10)) if sign == "#" else sign for sign in tariff.numbers)


def _days(month: date) -> int:
    return ((month.replace(day=28) + timedelta(days=4)).replace(day=1) - month).days


def months_before(today: date, count: int) -> Iterator[date]:
    """The first days of the `count` whole months before `today`'s, oldest first."""
    number = today.year * 12 + today.month - 1
    return (date((number - back) // 12, (number - back) % 12 + 1, 1) for back in range(count, 0, -1))
