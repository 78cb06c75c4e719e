"""The same thing is found again on another bill, and another thing is not taken for it."""

import pytest

from store.bill.matching import key, words
from store.invoice_lines import LineKind

SAME = (
    (LineKind.RECURRING, "Line rental, 1 to 30 Nov 2026", "Line rental, 1 to 31 Dec 2026"),
    (LineKind.RECURRING, "Broadband FTTP 330/50 (November 2026)", "Broadband FTTP 330/50 (December 2026)"),
    (LineKind.RECURRING, "SIM 10 GB 01/11/2026 - 30/11/2026", "SIM 10 GB 01/12/2026 - 31/12/2026"),
    (LineKind.RECURRING, "Support 2026-11-01 to 2026-11-30", "Support 2026-12-01 to 2026-12-31"),
    (LineKind.RECURRING, "Hosting for November", "Hosting for December"),
    (LineKind.RECURRING, "Hosting  Q3 2026", "hosting Q4 2026"),
    (LineKind.USAGE, "UK mobile from 0117 1, 23 calls, 00:41:12", "UK mobile from 0117 1, 1 call, 100:00:02"),
    (LineKind.USAGE, "Data, 3.4 GB in 12 sessions", "Data, 11 GB in 1,204 sessions"),
)
OTHER = (
    (LineKind.RECURRING, "Broadband FTTP 330/50", "Broadband FTTP 550/75"),
    (LineKind.RECURRING, "SIM 10 GB", "SIM 50 GB"),
    (LineKind.USAGE, "Calls to France", "Calls to Germany"),
    (LineKind.RECURRING, "March office line", "Wells office line"),
)


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_thing_is_the_same_when_only_dates_and_amounts_differ(kind: LineKind, one: str, other: str) -> None:
    assert words(kind, one) == words(kind, other) != ""


@pytest.mark.parametrize(("kind", "one", "other"), OTHER)
def test_thing_is_another_when_its_name_differs(kind: LineKind, one: str, other: str) -> None:
    assert words(kind, one) != words(kind, other)


def test_number_and_category_and_kind_tell_things_apart() -> None:
    first = key(LineKind.USAGE, "Calls", "0117 1", "UK mobile from 0117 1")
    assert first != key(LineKind.USAGE, "Calls", "0117 2", "UK mobile from 0117 2")
    assert first != key(LineKind.USAGE, "Abroad", "0117 1", "UK mobile from 0117 1")
    assert first != key(LineKind.RECURRING, "Calls", "0117 1", "UK mobile from 0117 1")


def test_matching_again_changes_nothing() -> None:
    for kind, one, _ in (*SAME, *OTHER):
        assert words(kind, words(kind, one)) == words(kind, one)
