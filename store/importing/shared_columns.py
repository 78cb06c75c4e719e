"""Columns that several kinds have: customers, invoices, money, days, text."""

from collections.abc import Callable

from store.importing.amounts import decimal
from store.importing.cells import Parse, currency, key, text
from store.importing.columns import REQUIRED, Column, Context
from store.importing.currencies import KNOWN
from store.importing.times import day

KEY_LIMIT = 100
TEXT_LIMIT = 200
DESCRIPTION_LIMIT = 1000

ParseColumn = Callable[[Context], Parse]


def key_text(context: Context) -> Parse:
    """What identifies a row in its source."""
    return key(KEY_LIMIT)


def known_account(context: Context) -> Parse:
    """The id of a customer that the store has."""
    parse = key(KEY_LIMIT)
    return lambda cell: context.references.account(str(parse(cell)))


def known_invoice(context: Context) -> Parse:
    """An invoice that the store has."""
    parse = key(KEY_LIMIT)
    return lambda cell: context.references.invoice(str(parse(cell)))


def text_column(name: str, limit: int = TEXT_LIMIT) -> Column:
    """Any text, empty by default."""
    return Column(name, lambda context: text(limit), "")


def day_column(name: str, default: object = None) -> Column:
    """A civil date, none by default."""
    return Column(name, lambda context: day(context.source), default)


def amount_column(name: str, default: object = REQUIRED) -> Column:
    """An amount, price or quantity in millionths; its currency is looked at with its row."""
    return Column(name, lambda context: decimal(context.source), default)


def currency_column() -> Column:
    """The currency of a row; the organisation's by default."""
    return Column("currency", lambda context: currency(KNOWN), lambda context: context.currency)
