"""Customers: one row an account, known by its reference."""

import sqlite3
from functools import partial

from store import conflicts
from store.importing.cells import choice, telephone, text, words
from store.importing.columns import Column, Context
from store.importing.kind import BuildRow, Kind, Target
from store.importing.refusal import Refused, quoted
from store.importing.shared_columns import TEXT_LIMIT, key_text, text_column
from store.importing.writer import Writer

EMAIL_LIMIT = 254

TYPES = words("business", "consumer", "reseller", residential="consumer")
_CONTENT = (
    "name",
    "type",
    "email",
    "phone",
    "address1",
    "address2",
    "town",
    "county",
    "postcode",
    "country",
)


def _email(cell: str) -> object:
    at = cell.find("@")
    if at < 1 or at == len(cell) - 1 or " " in cell or len(cell) > EMAIL_LIMIT:
        raise Refused(f"{quoted(cell)} is not an e-mail address")
    return cell


def _build(context: Context) -> BuildRow:
    return tuple


def settle(writer: Writer, organisation_id: int) -> None:
    """End the edits that the source agrees with by now: what it says from here on stands above them."""
    while found := conflicts.agreed(writer.db, organisation_id):
        writer.write(partial(_dissolve, organisation_id, found))


def _dissolve(organisation_id: int, found: list[tuple[int, str, int]], db: sqlite3.Connection) -> None:
    conflicts.dissolve(db, organisation_id, found)


CUSTOMERS = Kind(
    name="customers",
    columns=(
        Column("reference", key_text, distinct=True),
        Column("name", lambda context: text(TEXT_LIMIT), distinct=True),
        Column("type", lambda context: choice(TYPES), "business"),
        Column("email", lambda context: _email, "", distinct=True),
        Column("phone", lambda context: telephone(TEXT_LIMIT, context.source, ours=True), "", distinct=True),
        *(text_column(name) for name in _CONTENT[4:]),
    ),
    staged=("reference", *_CONTENT),
    key=("reference",),
    key_name="reference",
    order=("reference",),
    build=_build,
    summary="""
SELECT type AS kind, count(*) AS rows FROM side.staged GROUP BY type ORDER BY type""",
    before=settle,
    targets=(
        Target(
            table="account_revisions",
            identity=("account_id",),
            content=_CONTENT,
            keys="""
INSERT INTO accounts (organisation_id, reference)
SELECT :organisation, s.reference FROM side.staged s WHERE s.seq > :after AND s.seq <= :last
ON CONFLICT (organisation_id, reference) DO NOTHING""",
            incoming=f"""
SELECT s.seq, s.row, a.id AS account_id, {", ".join(f"s.{name}" for name in _CONTENT)}
FROM side.staged s CROSS JOIN accounts a ON a.organisation_id = :organisation AND a.reference = s.reference""",
        ),
    ),
)
