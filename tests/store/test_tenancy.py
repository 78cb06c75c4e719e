"""Every function on an organisation's data says whose: what takes `db` takes `organisation_id` next."""

import importlib
import inspect
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import store
from store import migrate

FOLDER = Path(store.__file__).parent
AT_LEAST = {"accounts", "calls", "documents", "invoice_lines", "invoices", "payments", "portals", "users"}
OF_ALL = {
    "awaited.due",
    "batches.staging",
    "batches.mark_abandoned",
    "attempts.running",
    "bill.gathering_steps.not_begun",
    "bill.gathering_steps.outdated",
    "import_jobs.claim",
    "import_jobs.claimable",
    "import_jobs.running",
    "uploads.known_names",
    "uploads.overdue",
    "status_links.remove_expired",
    "claims.forget_old",
    "handoffs.remove_expired",
    "titles.forget_old",
    "titles.unconfirmed",
    "tokens.remove_expired",
    "bulk_deeds.unfinished",
    "retention.rules",
    "erasure.all_asked",
    "exports.begin_anew",
    "exports.begin_next",
    "exports.is_due",
    "exports.kept_files",
    "idempotency.remove_expired",
    "made_documents.remove_unused",
    "rollups.outdated",
    "rollups.forget",
    "rollups.outworn",
    "mailing_rounds.not_announced",
    "mailing_rounds.open_mailings",
    "mailing_rounds.reminding",
}
"""What jobs do for everybody: clean up after processes that died, apply retention, go on with erasures."""
OF_NOBODY_YET = {"api_tokens.find", "status_links.find", "titles.title_of"}
"""What tells whose request it is."""


def owned_names() -> set[str]:
    """Tables whose every row has an organisation, and the views over them."""
    with closing(sqlite3.connect(":memory:")) as db:
        migrate.to_newest(db)
        names = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        views = {name for name in names if name.startswith("visible_")}
        query = "SELECT 1 FROM pragma_table_info(?) WHERE name = 'organisation_id' AND (\"notnull\" OR pk)"
        return views | {name for name in names if db.execute(query, (name,)).fetchone()}


OWNED = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE)\s+({'|'.join(owned_names())})\b")


def touching() -> list[str]:
    """Modules of the store whose SQL reads or writes what organisations own."""
    paths = (path for path in FOLDER.rglob("*.py") if OWNED.search(path.read_text()))
    names = {".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in paths}
    return sorted(names - {"organisations", "domains"})


def parameters() -> dict[str, list[str]]:
    """Public function -> its parameters, for those that take a connection."""
    found = {}
    for name in touching():
        module = importlib.import_module(f"store.{name}")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            signature = list(inspect.signature(function).parameters)
            public = function.__module__ == module.__name__ and not function_name.startswith("_")
            if public and "db" in signature:
                found[f"{name}.{function_name}"] = signature
    return found


PARAMETERS = parameters()


@pytest.mark.parametrize("name", sorted(PARAMETERS.keys() - OF_ALL - OF_NOBODY_YET))
def test_organisation_comes_right_after_the_connection(name: str) -> None:
    assert PARAMETERS[name][:2] == ["db", "organisation_id"]


def test_modules_on_an_organisations_data_are_found() -> None:
    assert {name.partition(".")[0] for name in PARAMETERS} >= AT_LEAST
    assert PARAMETERS.keys() >= OF_ALL | OF_NOBODY_YET
