"""Billing runs: files come in, are looked at, shown to customers and taken back; what customers changed themselves."""

from aiohttp import web

from admin.imports import attempts, batch, columns, conflicts, edits, listing, revisions, sending

RUNS = "/organisations/{slug}/imports"
_ID = "[0-9]{1,15}"
_FILE = f"{RUNS}/files/{{file:{_ID}}}"
_ATTEMPT = f"{RUNS}/attempts/{{attempt:{_ID}}}"
_BATCH = f"{RUNS}/{{batch:{_ID}}}"
_INVOICE = f"{RUNS}/invoices/{{invoice:[A-Za-z0-9_-]{{1,64}}}}"


def routes() -> list[web.RouteDef]:
    """The feature's routes."""
    return [
        web.get(RUNS, listing.index),
        web.post(RUNS, batch.publish_chosen),
        web.get(f"{RUNS}/new", sending.show),
        web.post(f"{RUNS}/files", sending.send, name="import_upload"),
        web.get(f"{RUNS}/templates/{{kind}}.csv", sending.template),
        web.get(_FILE, columns.show),
        web.post(_FILE, columns.act),
        web.post(f"{_FILE}/remove", columns.remove),
        web.get(f"{RUNS}/attempts", attempts.index),
        web.get(_ATTEMPT, attempts.show),
        web.get(f"{_ATTEMPT}/status", attempts.status),
        web.get(f"{_ATTEMPT}/refused.csv", attempts.refused),
        web.post(f"{_ATTEMPT}/cancel", attempts.cancel),
        web.post(f"{_ATTEMPT}/again", attempts.again),
        web.get(f"{RUNS}/conflicts", conflicts.index),
        web.post(f"{RUNS}/conflicts", conflicts.decide),
        web.get(f"{RUNS}/edits.csv", edits.download),
        web.get(f"{RUNS}/invoices", revisions.search),
        web.get(_INVOICE, revisions.show),
        web.get(f"{_INVOICE}/documents/{{document:{_ID}}}", revisions.document),
        web.get(_BATCH, batch.show),
        web.post(f"{_BATCH}/publish", batch.publish),
        web.post(f"{_BATCH}/withdraw", batch.withdraw),
    ]
