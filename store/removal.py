"""Removal: an organisation and all it owns, in short transactions; it can be interrupted and gone on with.

Its names stop at once. Then its rows go, a few thousand at a time, children first; itself last.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import domains, organisations


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    key: str = "rowid"
    rows: int = 500
    """At a time; a transaction of this many takes a few milliseconds."""


_TABLES = (
    _Table("calls", "organisation_id, account_id, started, external_hash, batch_id"),
    _Table(
        "call_history",
        "organisation_id, account_id, invoice_id, line_position, month, type, direction,"
        " in_bundle, currency, batch_id",
    ),
    _Table(
        "call_rollups",
        "organisation_id, account_id, month, generation, dimension, value, currency",
        rows=200,
    ),
    _Table("call_months", "organisation_id, account_id, month"),
    _Table("number_names", "organisation_id, account_id, number"),
    _Table("itemisations", "organisation_id, account_id"),
    _Table(
        "bill_line_sums",
        "organisation_id, invoice_id, gathering, line_position, destination_group, destination, currency",
    ),
    _Table("bill_sums", "organisation_id, invoice_id"),
    _Table("erasures", "organisation_id, account_id"),
    _Table("exports"),
    _Table("call_ids", "organisation_id, span, external_hash, account_id, started"),
    _Table("refused_rows", "organisation_id, attempt_id, row", rows=100),
    _Table("import_jobs", "organisation_id, attempt_id"),
    _Table("uploads"),
    _Table("attempts"),
    _Table("sources"),
    _Table("document_pieces", "organisation_id, sha256, position", rows=8),
    _Table("made_documents", "organisation_id, sha256"),
    _Table("mailing_items"),
    _Table("mailings"),
    _Table("mail_settings"),
    _Table("outbox", rows=50),
    _Table("sightings", "organisation_id, invoice_id, user_id"),
    _Table("bulk_deed_rows", "organisation_id, deed_id, position"),
    _Table("bulk_deeds"),
    _Table("membership_offers", "organisation_id, user_id, account_id"),
    _Table("change_requests"),
    _Table("registrations"),
    _Table("tokens"),
    _Table("status_links"),
    _Table("handoffs", "token_hash"),
    _Table("claims", "organisation_id, hostname"),
    _Table("second_factors"),
    _Table("provider_labels"),
    _Table("setting_changes"),
    _Table("brand_edits"),
    _Table("images", rows=20),
    _Table("api_tokens"),
    _Table("api_answers", rows=50),
    _Table("allocations"),
    _Table("documents"),
    _Table("invoice_taxes"),
    _Table("invoice_lines"),
    _Table("invoice_revisions"),
    _Table("payment_revisions"),
    _Table("mandate_revisions"),
    _Table("account_edit_log"),
    _Table("account_edits"),
    _Table("account_revisions"),
    _Table("sessions"),
    _Table("known_devices", "device_hash"),
    _Table("failed_signins"),
    _Table("memberships"),
    _Table("audit"),
    _Table("invoices"),
    _Table("payments"),
    _Table("mandates"),
    _Table("batches"),
    _Table("users"),
    _Table("staff"),
    _Table("accounts"),
    _Table("portals"),
)


def begin(db: sqlite3.Connection, organisation_id: int, now: datetime) -> None:
    """Forget its names with their certificates, and suspend it: nothing of it is served from here on."""
    organisations.set_suspended(db, organisation_id, True)
    # From here on its audit may go: the schema lets it with an organisation that is being removed alone.
    db.execute("UPDATE organisations SET removing = 1 WHERE id = :id", {"id": organisation_id})
    for domain in domains.of_organisation(db, organisation_id):
        domains.remove(db, domain.hostname, now)


def go_on(db: sqlite3.Connection, organisation_id: int) -> bool:
    """Remove some of its rows, in the end itself; False once nothing is left."""
    for table in _TABLES:
        chosen = f"SELECT {table.key} FROM {table.name} WHERE organisation_id = :id LIMIT :rows"
        gone = db.execute(
            f"DELETE FROM {table.name} WHERE ({table.key}) IN ({chosen})",
            {"id": organisation_id, "rows": table.rows},
        )
        if gone.rowcount:
            return True
    db.execute("DELETE FROM organisations WHERE id = :id", {"id": organisation_id})
    return False
