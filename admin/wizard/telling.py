"""Telling: how a name stands, as its pages show it and as scripts and streams are told."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from admin.provider import ProviderFacts
from admin.wizard.causes import Explanation, explain
from admin.wizard.panels import Panel, panel_of
from admin.wizard.picture import Picture, picture
from admin.wizard.records import Records, records_for
from admin.wizard.steps import Facts, Phase, Step
from admin.wizard.streams import Moment
from store.diagnosis import Routing, to_fields
from store.domains import Domain
from store.hostname import Hostname
from store.issuance import CertificateState

ADDRESS_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Connection:
    """A name on its way to live, as its page shows it."""

    domain: Domain
    picture: Picture
    records: Records
    failure: Explanation | None
    """Why there is no certificate, where that is what stands in the way."""
    support: str
    """Where we are reached when we must act."""

    @property
    def dns_host(self) -> str:
        """Who keeps the zone, as far as the last look saw."""
        return self.domain.diagnosis.dns_host if self.domain.diagnosis else ""

    @property
    def panel(self) -> Panel | None:
        """What that host's panel calls things."""
        return panel_of(self.dns_host)

    @property
    def is_busy(self) -> bool:
        return self.picture.position.phase is Phase.OURS


async def connection(facts: Facts, domain: Domain, provider: ProviderFacts, now: datetime) -> Connection:
    """How a name stands, and its records."""
    seen = picture(facts, domain, now)
    stopped = seen.position.step is Step.COMPLETE and seen.position.phase is Phase.STOPPED
    failed = facts.standing.state is CertificateState.FAILED and facts.standing.cause
    failure = explain(facts.standing.cause) if stopped and failed and not seen.found else None
    records = await _records(provider, domain)
    return Connection(domain, seen, records, failure, provider.support_email)


def moment(facts: Facts, domain: Domain, now: datetime) -> Moment:
    """What a page is told now."""
    seen, found, standing = picture(facts, domain, now), domain.diagnosis, facts.standing
    reached = seen.position
    told: dict[str, object] = {
        "state": seen.token,
        "step": reached.step.name.lower(),
        "phase": reached.phase.value,
        "sentence": reached.sentence,
        "slow": reached.slow,
        "routing": domain.routing.value,
        "certificate": standing.state.value,
        "live": domain.live_at is not None and domain.routing is Routing.OK,
        "parts": [{"name": p.name, "word": p.word, "mark": p.mark.value} for p in seen.parts],
        "diagnosis": to_fields(found) if found else None,
        "looked": _iso(domain.checked_at),
        "retry": _iso(standing.retry_at),
    }
    return Moment(seen.token, told, _iso(domain.checked_at) or "", domain.live_at is not None)


async def _records(provider: ProviderFacts, domain: Domain) -> Records:
    name, target = domain.hostname, Hostname(domain.destination.cname_target or provider.cname_target)
    records = records_for(name, target, frozenset())
    if not records.apex:
        return records
    try:
        async with asyncio.timeout(ADDRESS_SECONDS):
            return records_for(name, target, await provider.addresses())
    except TimeoutError:
        return records


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
