from admin.imports import pictures
from store.money import Money
from store.previews import Comparison, Customer, Month


def customer(number: int, before: int, now: int) -> Customer:
    return Customer(number, f"A{number}", "", Money(before, "GBP"), Money(now, "GBP"))


def comparison(*, gone: tuple[Customer, ...] = (), moved: tuple[Customer, ...] = ()) -> Comparison:
    month = Month("2026-11", 1, Money(1, "GBP"))
    return Comparison(month, month, len(gone), gone, 0, (), moved)


def test_widest_bar_comes_first_and_less_goes_to_the_left() -> None:
    found = pictures.largest(comparison(gone=(customer(1, 500, 0),), moved=(customer(2, 100, 1100),)))
    assert [(row.customer.reference, row.change.minor, row.word, row.sign) for row in found] == [
        ("A2", 1000, "", "+"),
        ("A1", -500, "no invoice now", ""),
    ]
    assert [(row.x, row.width) for row in found] == [(80, 80), (40, 40)]


def test_smallest_difference_is_still_seen() -> None:
    found = pictures.rows([(customer(1, 0, 1_000_000_000), ""), (customer(2, 0, 1), "")])
    assert found[1].width == 1


def test_nothing_that_differs_makes_no_picture() -> None:
    assert pictures.largest(comparison()) == ()
