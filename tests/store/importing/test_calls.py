from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store import retention
from store.importing.calls import external_hash
from store.importing.source import SourceFormat
from store.importing.writer import opened
from tests.store.importing.books import CALLS, Books


@given(some.text())
def test_the_hash_of_an_id_fits_the_store(external_id: str) -> None:
    assert 0 <= external_hash(external_id) < 2**63


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        (CALLS.replace("INV/1,2\nc-3", "INV/1,9\nc-3"), (3, "invoice_line")),
        (CALLS.replace("1.2,,", "1.2,,1"), (4, "invoice_line")),
        (CALLS.replace("1.2,,", "1.2,INV/1,"), (4, "invoice_number")),
        (CALLS.replace("1.2,,", "1.2,INV/8,"), (4, "invoice_number")),
        (CALLS.replace("c-2", "c-1"), (3, "external_id")),
        (CALLS.replace("09:30:00Z", "09:30:00"), (2, "started")),
        (CALLS.replace(",61,", ",1:01,"), (2, "duration_seconds")),
        (CALLS.replace("1.2,,", "free,,"), (4, "net_price")),
        (CALLS.replace("02079460001", "2079460001"), (4, "cli")),
        (CALLS.replace("A2", "A7"), (4, "account_reference")),
    ],
)
def test_a_call_that_cannot_be_is_refused(full_books: Books, changed: str, where: tuple[int, str]) -> None:
    assert full_books.refusals("calls", changed) == [where]


def test_billed_seconds_are_the_duration_unless_said(full_books: Books) -> None:
    assert full_books.rows("SELECT billed_seconds FROM calls WHERE external_id = 'c-1'") == [(61,)]


def test_local_times_are_taken_in_a_declared_zone(full_books: Books) -> None:
    local = CALLS.replace("09:30:00Z", "10:30:00").replace("10:30:00+01:00", "10:30:00")
    source = SourceFormat(zone=ZoneInfo("Europe/London"))
    assert full_books.put("calls", local.replace("11:30:00Z", "12:30:00"), source=source).unchanged == 3


def test_many_calls_are_merged_in_ranges(full_books: Books) -> None:
    header = CALLS.splitlines()[0]
    rows = [
        f"m-{n},A{1 + n % 2},02079460000,2026-10-06T09:{n % 60:02d}:00Z,{n},07700900123,0.01,,"
        for n in range(5000)
    ]
    text = "\n".join([header, *rows])
    assert full_books.put("calls", text).added == 5000
    report = full_books.put("calls", text.replace("0.01,,", "0.02,,", 1000))
    assert (report.added, report.unchanged) == (1000, 4000)
    assert full_books.rows(
        "SELECT count(*), sum(net_price) FROM visible_calls WHERE external_id LIKE 'm-%'"
    ) == [(5000, 60_000_000)]


def test_call_past_its_retention_does_not_come_in_again(full_books: Books) -> None:
    with opened(full_books.store) as writer:
        writer.write(lambda db: retention.set_days(db, 1, 48))
    (refused,) = full_books.put("calls", CALLS.replace("2026-10-05T09:30", "2026-10-04T22:59")).refusals
    assert (refused.row, refused.column) == (2, "started")
    assert refused.reason == "is before the days for which calls are kept"
    assert full_books.put("calls", CALLS).refused == 0
