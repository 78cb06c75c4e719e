"""Calls: by the million, so this row is built with as few steps as can be.

A call is known by its account, its start and its external id, which is kept as a 63-bit BLAKE2b hash beside
the text: that is the order in which the store clusters them, and in which they are merged.
"""

from hashlib import blake2b
from typing import Any

from store.importing.amounts import Marked, millionths, whole
from store.importing.call_ids import correct
from store.importing.cells import choice, telephone, truth, words
from store.importing.columns import Column, Context
from store.importing.kind import BuildRow, Kind, Row, Target
from store.importing.refusal import Refused, quoted
from store.importing.shared_columns import (
    TEXT_LIMIT,
    amount_column,
    currency_column,
    key_text,
    known_account,
    known_invoice,
    text_column,
)
from store.importing.times import instant

DIRECTIONS = words("outbound", "inbound", out="outbound", **{"in": "inbound"})
TYPES = words("voice", "sms", "mms", "data", call="voice")
LONGEST_SECONDS = 366 * 86_400
LAST_LINE = 1_000_000

_IDENTITY = ("account_id", "started", "external_hash")
_CONTENT = (
    "external_id",
    "cli",
    "direction",
    "type",
    "duration_seconds",
    "billed_seconds",
    "data_bytes",
    "number",
    "destination",
    "destination_group",
    "charge_band",
    "net_price",
    "access_charge",
    "service_charge",
    "in_bundle",
    "cost_centre",
    "currency",
    "invoice_id",
    "line_position",
)


def external_hash(external_id: str) -> int:
    """The 63-bit hash that stands for an external id in the clustered key."""
    return int.from_bytes(blake2b(external_id.encode(), digest_size=8).digest(), "big") >> 1


def _build(context: Context) -> BuildRow:
    lines: dict[tuple[int, int], bool] = {}
    kept_from = context.calls_kept_from

    def build(values: list[Any]) -> Row:
        (external_id, account_id, cli, direction, sort, started, duration, billed, size, *spoken) = values
        if started < kept_from:
            raise Refused("is before the days for which calls are kept", "started")
        (number, name, group, band, net, access, service, bundle, centre, currency, invoice, line) = spoken
        if type(net) is Marked or type(access) is Marked or type(service) is Marked:
            net, access, service = _marked(net, access, service, currency)
        invoice_id = None
        if invoice is not None:
            invoice_id = invoice.id
            _check_invoice(context, lines, account_id, currency, invoice, line)
        elif line is not None:
            raise Refused("is there, but no invoice_number", "invoice_line")
        return (
            account_id,
            started,
            int.from_bytes(blake2b(external_id.encode(), digest_size=8).digest(), "big") >> 1,
            external_id,
            cli,
            direction,
            sort,
            duration,
            duration if billed is None else billed,
            size,
            number,
            name,
            group,
            band,
            net,
            access,
            service,
            bundle,
            centre,
            currency,
            invoice_id,
            line,
        )

    return build


def _marked(net: int, access: int, service: int, currency: str) -> tuple[int, int, int]:
    return (
        millionths(net, currency, "net_price"),
        millionths(access, currency, "access_charge"),
        millionths(service, currency, "service_charge"),
    )


def _check_invoice(
    context: Context,
    lines: dict[tuple[int, int], bool],
    account_id: int,
    currency: str,
    invoice: Any,
    line: int | None,
) -> None:
    if invoice.account_id != account_id:
        raise Refused(f"{quoted(invoice.number)} is another customer's invoice", "invoice_number")
    if invoice.currency != currency:
        raise Refused(f"{quoted(invoice.number)} is in {invoice.currency}", "invoice_number")
    if line is None:
        return
    known = lines.get((invoice.id, line))
    if known is None:
        known = lines[invoice.id, line] = context.references.has_line(invoice.id, line)
    if not known:
        raise Refused(f"invoice {quoted(invoice.number)} has no line {line}", "invoice_line")


def _telephone(ours: bool) -> Any:
    return lambda context: telephone(TEXT_LIMIT, context.source, ours=ours)


def _whole(high: int) -> Any:
    return lambda context: whole(context.source, 0, high)


CALLS = Kind(
    name="calls",
    columns=(
        Column("external_id", key_text, distinct=True),
        Column("account_reference", known_account),
        Column("cli", _telephone(ours=True), ""),
        Column("direction", lambda context: choice(DIRECTIONS), "outbound"),
        Column("type", lambda context: choice(TYPES), "voice"),
        Column("started", lambda context: instant(context.source), distinct=True),
        Column("duration_seconds", _whole(LONGEST_SECONDS), 0),
        Column("billed_seconds", _whole(LONGEST_SECONDS), None),
        Column("data_bytes", _whole(2**62), 0),
        Column("number", _telephone(ours=False), ""),
        text_column("destination"),
        text_column("destination_group"),
        text_column("charge_band"),
        amount_column("net_price"),
        amount_column("access_charge", 0),
        amount_column("service_charge", 0),
        Column("in_bundle", lambda context: truth, 0),
        text_column("cost_centre"),
        currency_column(),
        Column("invoice_number", known_invoice, None),
        Column("invoice_line", lambda context: whole(context.source, 1, LAST_LINE), None),
    ),
    staged=(*_IDENTITY, *_CONTENT),
    key=("external_hash",),
    key_name="external_id",
    order=_IDENTITY,
    build=_build,
    after=correct,
    summary="""
SELECT currency, count(*) AS rows, sum(net_price) AS net, min(started) AS first, max(started) AS last,
    sum(invoice_id IS NULL) AS without_invoice, sum(invoice_id IS NOT NULL AND line_position IS NULL) AS without_line
FROM side.staged GROUP BY currency ORDER BY currency""",
    targets=(
        Target(
            table="calls",
            identity=_IDENTITY,
            content=_CONTENT,
            incoming="SELECT * FROM side.staged",
        ),
    ),
)
