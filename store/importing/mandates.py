"""Mandates: one row each, known by external id: a customer's standing leave to collect what is due.

They are shown, never acted on, so no more is kept of the account behind one than its last four characters. A cell
that holds more is refused, and what is refused does not repeat it.
"""

import re
from collections.abc import Callable
from typing import Any

from store.importing.amounts import whole
from store.importing.cells import Parse, choice, text, truth, words
from store.importing.columns import REQUIRED, Column, Context
from store.importing.kind import BuildRow, Kind, Row, Target
from store.importing.masking import holds_account_number, is_iban
from store.importing.refusal import Refused
from store.importing.shared_columns import TEXT_LIMIT, key_text, known_account
from store.importing.times import day

SCHEMES = words(
    "bacs",
    "sepa",
    "card",
    directdebit="bacs",
    bacsdirectdebit="bacs",
    sepacore="sepa",
    sepadirectdebit="sepa",
)
STATUSES = words(
    "pending",
    "active",
    "cancelled",
    "failed",
    "expired",
    canceled="cancelled",
    pendingcustomerapproval="pending",
    pendingsubmission="pending",
    submitted="pending",
    awaitingactivation="pending",
)

_CONTENT = (
    "account_id",
    "scheme",
    "provider",
    "bank",
    "account_ending",
    "status",
    "is_default",
    "collection_day",
    "signed_on",
)
_ENDING = re.compile(r"(?:(?:account )?ending(?: in)? ?)?[*•xX.\- ]*([0-9A-Za-z]{1,4})\Z", re.IGNORECASE)
_TOO_MUCH = (
    "holds more than four digits of an account; no more than the last four are kept, so send those alone,"
    " such as 4021 or ****4021"
)


def _private(parse: Callable[[Context], Parse]) -> Callable[[Context], Parse]:
    """A column in which an account's number may stand by mistake: it is refused without being said again."""

    def of(context: Context) -> Parse:
        inner = parse(context)

        def guarded(cell: str) -> object:
            if is_iban(cell) or holds_account_number(cell):
                raise Refused(_TOO_MUCH)
            return inner(cell)

        return guarded

    return of


def _key(context: Context) -> Parse:
    """What identifies a mandate; the number of an account must not."""
    parse = key_text(context)

    def key(cell: str) -> object:
        if is_iban(cell):
            raise Refused("is the number of an account; send the mandate's own reference")
        return parse(cell)

    return key


def ending(cell: str) -> str:
    """The last characters of an account, with or without what stands for the others."""
    found = _ENDING.match(cell)
    if found is None:
        raise Refused("is not the end of an account, such as 4021 or ****4021")
    return found[1].upper()


def _build(context: Context) -> BuildRow:
    def build(values: list[Any]) -> Row:
        external_id, account_id, *rest = values
        known = context.references.account_of_mandate(external_id)
        if known is not None and known != account_id:
            raise Refused("belongs to another customer already; withdraw that batch first", "external_id")
        return (external_id, account_id, *rest)

    return build


def _line(name: str) -> Column:
    return Column(name, _private(lambda context: text(TEXT_LIMIT)), "")


def _word(name: str, known: dict[str, str], default: object = REQUIRED) -> Column:
    return Column(name, _private(lambda context: choice(known)), default)


MANDATES = Kind(
    name="mandates",
    columns=(
        Column("external_id", _key, distinct=True),
        Column("account_reference", known_account),
        _word("scheme", SCHEMES, "bacs"),
        _line("provider"),
        _line("bank"),
        Column("account_ending", _private(lambda context: ending), ""),
        _word("status", STATUSES),
        Column("is_default", _private(lambda context: truth), 0),
        Column("collection_day", _private(lambda context: whole(context.source, 1, 31)), None),
        Column("signed_on", _private(lambda context: day(context.source)), None),
    ),
    staged=("external_id", *_CONTENT),
    key=("external_id",),
    key_name="external_id",
    order=("external_id",),
    build=_build,
    clear=frozenset({"external_id", "account_reference"}),
    barred=frozenset(
        {
            "accountnumber",
            "bankaccountnumber",
            "bankaccount",
            "bankaccountno",
            "iban",
            "sortcode",
            "banksortcode",
            "cardnumber",
            "pan",
        }
    ),
    summary="""
SELECT status AS kind, count(*) AS rows FROM side.staged GROUP BY status ORDER BY status""",
    targets=(
        Target(
            table="mandate_revisions",
            identity=("mandate_id",),
            content=_CONTENT,
            keys="""
INSERT INTO mandates (organisation_id, account_id, external_id)
SELECT :organisation, s.account_id, s.external_id
FROM side.staged s WHERE s.seq > :after AND s.seq <= :last
ON CONFLICT (organisation_id, external_id) DO UPDATE SET account_id = excluded.account_id
WHERE account_id <> excluded.account_id""",
            incoming=f"""
SELECT s.seq, s.row, m.id AS mandate_id, {", ".join(f"s.{name}" for name in _CONTENT)}
FROM side.staged s CROSS JOIN mandates m ON m.organisation_id = :organisation AND m.external_id = s.external_id""",
        ),
    ),
)
