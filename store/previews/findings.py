"""Findings: what of a batch belongs to nothing, and what does not add up; drafts count as if they were seen."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from store import batches
from store.accounts import EDITABLE
from store.batches import Batch
from store.previews.standing import with_drafts

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One sort of things that somebody should look at: how many, the first of them by name."""

    code: str
    text: str
    count: int
    examples: tuple[str, ...] = ()


def orphans(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> list[Finding]:
    """What there is to look at in a batch; nothing where all is in order."""
    batch = batches.by_id(db, organisation_id, batch_id)
    if batch is None:
        return []
    found = [
        _found(db, organisation_id, batch_id, code, text, query)
        for code, text, query in _QUERIES.get(batch.kind, ())
    ]
    return [finding for finding in (*found, *_of_calls(batch)) if finding.count]


def _found(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, code: str, text: str, query: str
) -> Finding:
    examples: list[str] = []
    count = 0
    for row in db.execute(query, {"organisation": organisation_id, "batch": batch_id}):
        count += 1
        if count <= EXAMPLES:
            examples.append(row["name"])
    return Finding(code, text, count, tuple(examples))


def _of_calls(batch: Batch) -> Iterator[Finding]:
    if batch.kind == "calls":
        for code, text in _CALLS.items():
            yield Finding(code, text, sum(int(str(each.get(code, 0))) for each in batch.summary))


_Query = tuple[str, str, str]
_CALLS = {
    "without_invoice": "calls that name no invoice: customers see them as not invoiced yet",
    "without_line": "calls that name an invoice but no line of it",
}
_THESE = """
FROM invoice_revisions r JOIN invoices i ON i.organisation_id = r.organisation_id AND i.id = r.invoice_id
WHERE r.organisation_id = :organisation AND r.batch_id = :batch"""
_LINES = f"""FROM invoice_lines l WHERE l.organisation_id = r.organisation_id AND l.invoice_id = r.invoice_id
    AND {with_drafts("l")}"""
_ALLOCATED = f"""FROM allocations a WHERE a.organisation_id = :organisation AND {with_drafts("a")}"""


def _unequal(invoices: str) -> _Query:
    return (
        "lines_do_not_add_up",
        "invoices whose lines do not make their net and tax",
        f"""SELECT i.number AS name FROM invoice_revisions r
JOIN invoices i ON i.organisation_id = r.organisation_id AND i.id = r.invoice_id
WHERE r.organisation_id = :organisation AND {invoices} AND EXISTS (SELECT 1 {_LINES})
AND (r.net, r.tax) <> (SELECT sum(l.net), sum(l.tax) {_LINES})""",
    )


def _too_much(kind: str) -> tuple[_Query, ...]:
    return (
        (
            "allocated_beyond_payment",
            "payments of which more is allocated than they are",
            f"""SELECT p.external_id AS name FROM payment_revisions r
JOIN payments p ON p.organisation_id = r.organisation_id AND p.id = r.payment_id
WHERE r.organisation_id = :organisation AND {with_drafts("r")} AND r.payment_id IN (
    SELECT payment_id FROM {kind} WHERE organisation_id = :organisation AND batch_id = :batch)
AND abs((SELECT coalesce(sum(a.amount), 0) {_ALLOCATED} AND a.payment_id = r.payment_id)) > abs(r.amount)""",
        ),
        (
            "allocated_beyond_invoice",
            "invoices to which more is allocated than they come to",
            f"""SELECT i.number AS name FROM invoice_revisions r
JOIN invoices i ON i.organisation_id = r.organisation_id AND i.id = r.invoice_id
WHERE r.organisation_id = :organisation AND {with_drafts("r")} AND r.invoice_id IN (
    SELECT invoice_id FROM allocations WHERE organisation_id = :organisation AND batch_id = :batch)
AND abs((SELECT coalesce(sum(a.amount), 0) {_ALLOCATED} AND a.invoice_id = r.invoice_id)) > abs(r.gross)""",
        ),
    )


_QUERIES: dict[str, tuple[_Query, ...]] = {
    "invoices": (
        (
            "invoices_without_lines",
            "invoices without lines: customers see their totals only",
            f"SELECT i.number AS name {_THESE} AND NOT EXISTS (SELECT 1 {_LINES})",
        ),
        _unequal("r.batch_id = :batch"),
        (
            "credits_unknown_invoice",
            "credit notes that name an invoice which is not there",
            f"""SELECT i.number || ' (credits ' || r.credits_number || ')' AS name {_THESE}
AND r.credits_number <> '' AND NOT EXISTS (
    SELECT 1 FROM invoices o JOIN invoice_revisions v ON v.organisation_id = o.organisation_id AND v.invoice_id = o.id
    WHERE o.organisation_id = :organisation AND o.number = r.credits_number AND {with_drafts("v")})""",
        ),
        (
            "document_of_earlier_revision",
            "invoices that change while their PDF is the one from before",
            f"""SELECT i.number AS name {_THESE} AND EXISTS (
    SELECT 1 FROM invoice_revisions v WHERE v.organisation_id = :organisation AND v.invoice_id = r.invoice_id
    AND v.superseded_by = :batch)
AND EXISTS (SELECT 1 FROM documents d WHERE d.organisation_id = :organisation AND d.invoice_id = r.invoice_id
    AND d.batch_id < :batch AND {with_drafts("d")})""",
        ),
    ),
    "invoice_lines": (
        _unequal(
            f"""{with_drafts("r")} AND r.invoice_id IN (
    SELECT invoice_id FROM invoice_lines WHERE organisation_id = :organisation AND batch_id = :batch)"""
        ),
    ),
    "mandates": (
        (
            "several_active_mandates",
            "customers with several active mandates and none, or more than one, marked as the one that collects",
            f"""SELECT a.reference AS name FROM mandate_revisions r
JOIN accounts a ON a.organisation_id = r.organisation_id AND a.id = r.account_id
WHERE r.organisation_id = :organisation AND r.status = 'active' AND {with_drafts("r")} AND r.account_id IN (
    SELECT account_id FROM mandate_revisions WHERE organisation_id = :organisation AND batch_id = :batch)
GROUP BY r.account_id HAVING count(*) > 1 AND sum(r.is_default) <> 1 ORDER BY a.reference""",
        ),
    ),
    "payments": (
        (
            "payments_without_invoice",
            "payments that stand against no invoice",
            f"""SELECT p.external_id AS name FROM payment_revisions r
JOIN payments p ON p.organisation_id = r.organisation_id AND p.id = r.payment_id
WHERE r.organisation_id = :organisation AND r.batch_id = :batch AND r.status IN ('confirmed', 'paid_out')
AND r.invoice_number = '' AND NOT EXISTS (SELECT 1 {_ALLOCATED} AND a.payment_id = r.payment_id)""",
        ),
        *_too_much("payment_revisions"),
    ),
    "allocations": _too_much("allocations"),
    "customers": (
        (
            "edited_by_customers",
            "details that customers changed themselves and this file changes too: theirs stand until you decide",
            f"""SELECT a.reference || ', ' || e.field AS name FROM account_revisions r
JOIN accounts a ON a.organisation_id = r.organisation_id AND a.id = r.account_id
JOIN live_account_edits e ON e.organisation_id = r.organisation_id AND e.account_id = r.account_id
WHERE r.organisation_id = :organisation AND r.batch_id = :batch
AND CASE e.field {" ".join(f"WHEN '{field}' THEN r.{field}" for field in EDITABLE)} END
    NOT IN (e.imported_value, e.value)""",
        ),
    ),
}
