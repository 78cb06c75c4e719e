"""Operations: what the operator's console asks of the running process."""

import asyncio

from admin.provider import Check, Complete, Follow, Operations
from edge import own_names
from edge.dns.own_zone import KINDS, OwnZone, judged
from edge.dns.zone_texts import ZoneTexts
from edge.examiner import certificate_authority, sources
from edge.house import House
from edge.settings import Settings
from edge.tls.authority import NotIssued
from edge.tls.rehearsal import rehearse
from store.hostname import Hostname
from store.operations import OwnName, OwnRecord, Trial

PROBE = "brassplate-check"
"""Stands for any organisation's label, which no name of its own needs to be in the DNS."""


def operations(house: House, *, check: Check, complete: Complete, follow: Follow) -> Operations:
    """The answers of this house."""

    async def look_at_names() -> tuple[OwnName, ...]:
        ours = await house.confirmer.our_addresses()
        wanted = _names(house.settings)
        return tuple(await asyncio.gather(*(_look(house, name, purpose, ours) for name, purpose in wanted)))

    async def look_at_zone() -> tuple[OwnRecord, ...]:
        return await _look_at_zone(house)

    async def try_ca() -> Trial:
        try:
            return Trial(True, f"It works: {await house.ca.check()}.")
        except NotIssued as refused:
            return Trial(False, f"The CA cannot be used now: {refused.detail or refused.cause}")

    return Operations(
        check=check,
        complete=complete,
        follow=follow,
        flights=house.certificates.under_way,
        strangers=house.strangers.seen,
        rounds=house.rounds.last,
        own_names=look_at_names,
        own_zone=look_at_zone,
        try_ca=try_ca,
        zone_texts=ZoneTexts(sources(house.settings), house.clock, house.resolver.texts).texts,
        rehearse=lambda hostname, chain, key: rehearse(hostname, chain, key, house.trust),
    )


async def _look_at_zone(house: House) -> tuple[OwnRecord, ...]:
    """Our resolvers are asked; a label that nobody has stands for all that the wildcard answers for."""
    authority = await house.store.read(certificate_authority, house.settings)
    addresses = tuple(sorted(await house.confirmer.our_addresses()))
    zone = OwnZone(own_names.hostname(house.settings.cname_target), addresses, authority)
    asked = [(name, kind) for name in zone.names for kind in KINDS]
    said = await asyncio.gather(
        *(house.resolver.records(name.replace("*", PROBE), kind) for name, kind in asked)
    )
    return judged(zone, dict(zip(asked, said, strict=True)))


async def _look(house: House, name: Hostname, purpose: str, ours: frozenset[str]) -> OwnName:
    found = await house.resolver.addresses(name)
    return OwnName(name, purpose, found, bool(found) and set(found) <= ours)


def _names(settings: Settings) -> list[tuple[Hostname, str]]:
    names = [(settings.admin_host, "this console"), (settings.cname_target, "what clients' records point at")]
    if settings.api_host:
        names.append((settings.api_host, "the API"))
    if settings.provider_domain:
        names.append(
            (f"{PROBE}.{settings.provider_domain}", "a name of each organisation (a wildcard record)")
        )
    return [(own_names.hostname(name), purpose) for name, purpose in names]
