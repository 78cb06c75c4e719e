"""Gathering: the calls of a big invoice added up ahead, some thousands a read, kept until something is published.

Two may gather for one invoice: what the later one began stands. A gathering during which something was published, or
calls went past their retention, is thrown away, and the next look begins anew.
"""

from datetime import datetime

from store.bill import gathering_steps as steps
from store.bill import line_sums
from store.bill.gathering_steps import Bill, Span
from store.bill.line_sums import LineSum
from store.database import Store


async def gather(store: Store, bill: Bill, now: datetime) -> bool:
    """Add up an invoice's calls and keep the sums; False: another does just now, or it is to be done anew."""
    whose = bill.organisation_id
    begun = await store.write(steps.begin, whose, bill, now)
    if begun is None:
        return False
    found: dict[tuple[object, ...], LineSum] = {}
    for position in await store.read(steps.positions, whose, bill):
        span: Span | None = Span(position)
        while span:
            last = await store.read(steps.end_of_part, whose, bill, span)
            for each in await store.read(steps.part, whose, bill, begun.rule, span, last):
                _add(found, each)
            span = Span(position, last) if last else None
    rows = list(found.values())
    for start in range(0, len(rows), steps.ROWS):
        await store.write(steps.keep, whose, bill, begun, rows[start : start + steps.ROWS])
    stands = await store.write(steps.finish, whose, bill, begun)
    while await store.write(steps.sweep, whose, bill):
        pass
    return stands


def _add(found: dict[tuple[object, ...], LineSum], one: LineSum) -> None:
    key = one.position, one.group, one.destination, one.currency
    before = found.get(key)
    found[key] = one if before is None else line_sums.together(before, one)
