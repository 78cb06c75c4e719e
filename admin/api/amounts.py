"""Amounts: money, prices and rates as decimal text; never a float, on either way."""

from typing import Annotated

from msgspec import Meta

from store.money import decimal_text, exponent

Amount = Annotated[
    str,
    Meta(
        description="An amount in the row's currency, as decimal text.",
        examples=["1234.50"],
        extra_json_schema={"pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    ),
]
Price = Annotated[
    str,
    Meta(
        description="A unit price, quantity, rate or call charge, as decimal text of up to 6 places.",
        examples=["0.0123"],
        extra_json_schema={"pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    ),
]
Currency = Annotated[str, Meta(description="ISO 4217.", examples=["GBP"])]


def amount(minor: int, currency: str) -> str:
    """Minor units as decimal text: `1234.50`."""
    return decimal_text(minor, exponent(currency))


def plain(millionths: int) -> str:
    """Millionths as decimal text without zeros at its end: `0.0123`, `20`."""
    return decimal_text(millionths, 6).rstrip("0").rstrip(".")
