"""Permission: whether CAA records let the CA issue, by climbing from the name to the root (RFC 8659 section 3)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from edge.dns.rules import caa
from store.diagnosis import Authority
from store.dns_answers import Record
from store.hostname import Hostname


@dataclass(frozen=True, slots=True)
class Permission:
    """Empty where nothing forbids it, or where that could not be found out."""

    code: str = ""
    record: str = ""


async def permission(
    hostname: Hostname,
    authority: Authority,
    records: Callable[[str, str], Awaitable[tuple[str, ...] | None]],
) -> Permission:
    """The records nearest to the name decide; all are asked for at once, aliases followed by the resolver."""
    labels = hostname.split(".")
    names = [".".join(labels[at:]) for at in range(len(labels))]
    answers = await asyncio.gather(*(records(name, "CAA") for name in names))
    for name, found in zip(names, answers, strict=True):
        if found is None:
            break  # what is nearer than all further ones could not be asked
        if found:
            forbidden = caa.forbids(authority, name, [Record(name, "CAA", value, 0) for value in found])
            return Permission(forbidden.code, forbidden.seen) if forbidden else Permission()
    return Permission()
