"""The statement: what was invoiced and paid, day by day, with what is owed after each; as a page and as CSV."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal import pages, slices
from portal.csv_stream import Pages, csv_response
from portal.services import services
from portal.slices import Slice
from portal.statement import period
from portal.statement.period import Period
from portal.visit import Visit
from portal.words import N_, _
from store import accounts, statement
from store.accounts import Account
from store.money import decimal
from store.statement import Kind, Statement

LINES = 80
"""Entries that one page shows: it stays below 50 kB."""
KINDS = {
    Kind.INVOICE: N_("Invoice"),
    Kind.CREDIT_NOTE: N_("Credit note"),
    Kind.PAYMENT: N_("Payment"),
    Kind.REFUND: N_("Refund"),
}
_HEADER = (
    N_("Date"),
    N_("Kind"),
    N_("Number or method"),
    N_("Charged"),
    N_("Paid or credited"),
    N_("Owed after"),
    N_("Currency"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows; `statements` None: there is too much for one."""

    account: Account
    statements: list[Statement] | None


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /statement"""
    _check_is_on(visit)
    chosen = period.parse(request.query, visit.today)
    found = await services(request).store.read(_shown, visit, chosen)
    statements = found.statements or []
    return pages.render(
        request,
        "statement/statement.html",
        visit=visit,
        chosen=chosen,
        account=found.account,
        statements=found.statements,
        parts=[_part(request, chosen, each, len(statements)) for each in statements],
        most=statement.MOST,
        kinds=KINDS,
        csv_url=chosen.url("/statement.csv"),
    )


async def as_csv(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /statement.csv"""
    _check_is_on(visit)
    chosen = period.parse(request.query, visit.today)
    found = await services(request).store.read(_shown, visit, chosen)
    if found.statements is None:
        raise web.HTTPRequestEntityTooLarge(statement.MOST, statement.MOST + 1)
    return await csv_response(
        request, "statement.csv", [_(name) for name in _HEADER], _rows(chosen, found.statements)
    )


def _part(request: web.Request, chosen: Period, one: Statement, count: int) -> Slice:
    """Which entries are shown of one of so many statements."""
    asked = request.query.get("part", "")
    return slices.cut(
        len(one.lines), max(LINES // count, 10), asked, lambda number: chosen.url("/statement", number)
    )


async def _rows(chosen: Period, statements: list[Statement]) -> Pages:
    for each in statements:
        currency = each.opening.currency
        yield [
            (
                chosen.first.isoformat(),
                _("Brought forward"),
                "",
                "",
                "",
                decimal(each.opening),
                currency,
            )
        ]
        yield [
            (
                line.entry.day.isoformat(),
                _(KINDS[line.entry.kind]),
                line.entry.name,
                decimal(line.entry.amount) if line.entry.amount.minor > 0 else "",
                decimal(-line.entry.amount) if line.entry.amount.minor < 0 else "",
                decimal(line.balance),
                currency,
            )
            for line in each.lines
        ]


def _shown(db: sqlite3.Connection, visit: Visit, chosen: Period) -> Shown:
    key = visit.organisation_id, visit.account_id
    account = accounts.find(db, *key)
    if account is None:
        raise web.HTTPNotFound
    return Shown(account, statement.of_period(db, *key, chosen.first, chosen.last))


def _check_is_on(visit: Visit) -> None:
    """A statement is of invoices and payments: where customers are shown one of them alone, there is none."""
    if not (visit.portal.show_invoices and visit.portal.show_payments):
        raise web.HTTPNotFound
