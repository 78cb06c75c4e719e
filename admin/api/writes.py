"""Writes: rows of a request go through the rules of file imports, off the loop, one request at a time.

A request is one batch, published at once or kept as a draft. What is good of it is kept; what is refused is said
row by row. Up to ten thousand rows are done while the caller waits: some tenths of a second of the one thread
that does them. More than that belongs into a file (`POST /imports`), in a process of its own: parsing a million
rows here would take the interpreter from every handshake.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta

from admin.api import bodies
from admin.api.call import Call, json_of
from admin.api.keys import CALLER, CLOCK
from admin.api.limits import ROWS
from admin.api.problems import FieldFault, ProblemRaised, not_found
from admin.api.serving import spend
from store.row_batches import Brought, InTheWay, Item, Order, OrganisationGone, Outcome, Plan, bring

R = TypeVar("R", bound=msgspec.Struct)
ItemOf = Callable[[R], Item]

THREAD = web.AppKey("write_thread", ThreadPoolExecutor)


class WriteQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How a write is kept."""

    draft: Annotated[
        bool, Meta(description="Keep it as a draft, which customers do not see until it is published.")
    ] = False


class BatchMade(msgspec.Struct):
    """A batch that came of a write; to publish drafts, take them in the order given."""

    id: int
    kind: str
    state: Literal["draft", "published"]


class RowResult(msgspec.Struct, omit_defaults=True):
    """What became of a row; rows count from 1."""

    row: int
    key: str
    outcome: Literal["added", "updated", "unchanged", "refused"]
    errors: Sequence[FieldFault] = ()


class Counts(msgspec.Struct):
    """How many rows came to what."""

    added: int
    updated: int
    unchanged: int
    refused: int


class WriteReport(msgspec.Struct):
    """What became of the rows of a request. Rows that were refused change nothing; the others are kept."""

    counts: Counts
    results: list[RowResult]
    batches: list[BatchMade]


class Written(msgspec.Struct):
    """What became of the one thing that was sent."""

    key: str
    outcome: Literal["added", "updated", "unchanged"]
    batches: list[BatchMade]


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    rows: list[msgspec.Raw]


async def rows(call: Call, plan: Plan, row_type: type[R], item_of: ItemOf[R], most: int) -> WriteReport:
    """Bring in the rows of the body, each good or refused by itself."""
    raw = json_of(call.body, _Rows).rows
    if not 1 <= len(raw) <= most:
        words = f"has {len(raw):,} rows; 1 to {most:,} are taken"
        raise ProblemRaised("refused", f"rows: {words}.", (FieldFault("rows", words),))
    spend(call.request, ROWS, len(raw))
    draft = call.query(WriteQuery).draft
    read, brought = await _off_the_loop(call, _read_and_bring, call, plan, draft, raw, row_type, item_of)
    return _report(read, brought, draft)


async def one(call: Call, plan: Plan, item: Item, key: str) -> Written:
    """Bring in one thing; 422 when it is refused."""
    draft = call.query(WriteQuery).draft
    brought = await _off_the_loop(call, _bring, call, plan, draft, [item])
    outcome = brought.outcomes[0]
    if outcome.word == "refused":
        faults = tuple(FieldFault(fault.field, fault.reason) for fault in outcome.faults)
        raise ProblemRaised("refused", "; ".join(_sentence(fault) for fault in faults) + ".", faults)
    return Written(key, outcome.word, _batches(brought, draft))


def cells(row: msgspec.Struct, *left_out: str) -> dict[str, str]:
    """The fields of a row as a file has them: text, and empty where nothing is said."""
    return {
        name: _cell(value)
        for name in row.__struct_fields__
        if name not in left_out and (value := getattr(row, name)) is not None
    }


def same_key(given: str | None, in_path: str, name: str) -> str:
    """The key of the path; 422 when the body says another."""
    if given is not None and given != in_path:
        words = "is not the one in the address"
        raise ProblemRaised("refused", f"{name} {words}.", (FieldFault(name, words),))
    return in_path


async def _off_the_loop(call: Call, work: Callable[..., Any], *arguments: Any) -> Any:
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(call.request.app[THREAD], partial(work, *arguments))
    except InTheWay:
        raise ProblemRaised(
            "not-possible",
            "Another import took hold of the same rows just now; nothing of this was kept. Send it again.",
            headers={"Retry-After": "2"},
        ) from None
    except OrganisationGone:
        raise not_found() from None


def _read_and_bring(
    call: Call, plan: Plan, draft: bool, raw: list[msgspec.Raw], row_type: type[R], item_of: ItemOf[R]
) -> tuple[list[Item | FieldFault], Brought]:
    read = [_item(each, row_type, item_of) for each in raw]
    return read, _bring(call, plan, draft, [item for item in read if isinstance(item, Item)])


def _item(raw: msgspec.Raw, row_type: type[R], item_of: ItemOf[R]) -> Item | FieldFault:
    try:
        return item_of(msgspec.json.decode(raw, type=row_type))
    except msgspec.ValidationError as error:
        return bodies.fault_of(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The look at the whole went past the texts and names within each row.
        raise bodies.not_json(error) from None


def _bring(call: Call, plan: Plan, draft: bool, items: list[Item]) -> Brought:
    caller = call.request[CALLER]
    order = Order(caller.organisation.id, caller.actor, call.request.remote or "", draft)
    return bring(call.store.path, order, plan, items, call.request.app[CLOCK])


def _report(read: list[Item | FieldFault], brought: Brought, draft: bool) -> WriteReport:
    done = iter(brought.outcomes)
    results = [
        RowResult(row, "", "refused", (item,))
        if isinstance(item, FieldFault)
        else _result(row, item, next(done))
        for row, item in enumerate(read, 1)
    ]
    words = [result.outcome for result in results]
    counts = Counts(*(words.count(word) for word in ("added", "updated", "unchanged", "refused")))
    return WriteReport(counts, results, _batches(brought, draft))


def _result(row: int, item: Item, outcome: Outcome) -> RowResult:
    faults = tuple(FieldFault(fault.field, fault.reason) for fault in outcome.faults)
    return RowResult(row, item.key, outcome.word, faults)


def _batches(brought: Brought, draft: bool) -> list[BatchMade]:
    state: Literal["draft", "published"] = "draft" if draft else "published"
    return [BatchMade(batch.id, batch.kind, state) for batch in brought.batches]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _sentence(fault: FieldFault) -> str:
    return f"{fault.field}: {fault.detail}" if fault.field else fault.detail
