"""Calls of the made-up customers: where to, when, how long, at what price in millionths of a pound.

Numbers are from the ranges that Ofcom, Arcep, ComReg and others keep for drama; 084 and 087 from unused blocks.
"""

import random
from collections.abc import Iterator, Sequence
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

    @property
    def is_itemised(self) -> bool:
        """Freephone and incoming calls stand on no line of a bill (Ofcom's General Condition C3)."""
        return self.direction == "outbound" and self.tariff.group != "Freephone"


_UK = (
    Tariff(30, "01134960###", "Leeds", "UK landline", "Geographic", 12_000, bundled=True),
    Tariff(22, "02079460###", "London", "UK landline", "Geographic", 12_000, bundled=True),
    Tariff(14, "01614960###", "Manchester", "UK landline", "Geographic", 12_000, bundled=True),
    Tariff(40, "07700900###", "UK mobile", "UK mobile", "Mobile", 38_000, bundled=True),
    Tariff(9, "03069990###", "UK-wide 03", "UK landline", "03", 12_000, bundled=True),
    Tariff(8, "08081570###", "Freephone", "Freephone", "080", 0),
    Tariff(4, "0843000####", "084 services", "Special rate", "084", 150_000, access=100_000),
    Tariff(2, "0871000####", "087 services", "Special rate", "087", 230_000, access=100_000),
    Tariff(1, "09098790###", "09 services", "Special rate", "09", 1_600_000, access=100_000),
)
_ABROAD = (
    Tariff(5, "0035320910####", "Ireland", "International", "Zone 1", 45_000),
    Tariff(4, "003319900####", "France", "International", "Zone 1", 49_000),
    Tariff(3, "00493023125###", "Germany", "International", "Zone 1", 49_000),
    Tariff(2, "00468465004##", "Sweden", "International", "Zone 1", 52_000),
    Tariff(2, "00121255501##", "United States", "International", "Zone 2", 36_500),
    Tariff(1, "0061255500###", "Australia", "International", "Zone 3", 124_000),
)
_TARIFFS = _UK + _ABROAD
_WEIGHTS = [tariff.weight for tariff in _TARIFFS]
_TEXT = Tariff(1, "07700900###", "UK mobile", "Messages", "SMS", 0, bundled=True)
_TEXT_ABROAD = Tariff(1, "003363998####", "France", "Messages", "SMS abroad", 0)
_DATA = Tariff(1, "", "UK data", "Data", "Data", 0, bundled=True)
_INBOUND = Tariff(1, "07700900###", "Incoming", "Incoming", "", 0)
_INBOUND_SHARE = 0.1


def of_month(customer: Customer, month: date, days: int, count: int, chance: random.Random) -> list[Call]:
    """`count` calls of one customer in the first `days` of the month that begins at `month`, in their order."""
    services = [service for service in customer.services if service.cli]
    made = (_call(chance.choice(services), started_in(month, days, chance), chance) for _ in range(count))
    return sorted(made, key=lambda call: (call.started, call.number))


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` split by weight into whole parts that add up to it (largest remainders)."""
    whole = sum(weights) or 1
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def started_in(month: date, days: int, chance: random.Random) -> datetime:
    """An instant of the month's first days, mostly on a working day between eight and six in London."""
    picked = [month + timedelta(days=chance.randrange(days)) for _ in range(4)]
    day = next((day for day in picked if day.weekday() < 5 or chance.random() < 0.15), picked[0])
    hour = min(23, max(6, round(chance.gauss(12.6, 2.8))))
    local = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), LONDON)
    return local.astimezone(UTC)


def _call(service: Service, started: datetime, chance: random.Random) -> Call:
    if chance.random() < _INBOUND_SHARE:
        seconds, number = _seconds(chance), _number(_INBOUND, chance)
        return Call(service.cli, "inbound", "voice", started, seconds, 0, number, _INBOUND, 0, 0, 0, False)
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
    seconds = _seconds(chance)
    bundled = tariff.bundled and (service.mobile or chance.random() < 0.45)
    service_charge = 0 if bundled else _charge(tariff.a_minute - tariff.access, seconds)
    access_charge = 0 if bundled else _charge(tariff.access, seconds)
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


def _seconds(chance: random.Random) -> int:
    return min(5400, max(2, round(chance.expovariate(1 / 190))))


def _charge(a_minute: int, seconds: int) -> int:
    """Billed by the second, halves of a millionth up."""
    return (a_minute * seconds + 30) // 60


def months_before(today: date, count: int) -> Iterator[date]:
    """The first days of the `count` whole months before `today`'s, oldest first."""
    number = today.year * 12 + today.month - 1
    return (date((number - back) // 12, (number - back) % 12 + 1, 1) for back in range(count, 0, -1))
