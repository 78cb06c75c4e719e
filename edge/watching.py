"""Watching: the watch of a house, and what every thorough look at a registered name leaves behind."""

import asyncio
import random

from edge.dns.confirmation import Confirmed
from edge.dns.examination import Examined
from edge.examiner import certificate_authority
from edge.house import House
from edge.jobs.announcements import Announcer
from edge.jobs.pace import Pace
from edge.jobs.watch import QUESTIONS_A_SECOND, Glance, Watcher
from edge.jobs.watch_record import Recorder
from edge.mail_provider import mail_provider
from edge.tls import gate
from store import domains
from store.destination import Destination
from store.diagnosis import Diagnosis, Routing
from store.hostname import Hostname

AT_AN_END = 3
"""CNAME, A and AAAA, where a chain ends elsewhere than at our target."""


def watcher(house: House) -> Watcher:
    """Asks our resolvers, and from all sides where they say something new."""

    async def glance(destination: Destination) -> Glance:
        return glance_of(destination, await house.confirmer.confirm(destination, fresh=True))

    async def examine(hostname: Hostname) -> Examined:
        return await _examined(house, hostname)

    pace = Pace(QUESTIONS_A_SECOND, asyncio.get_running_loop().time)
    return Watcher(house.store, house.clock, pace, glance, examine, _recorder(house))


async def check(house: House, hostname: Hostname) -> Diagnosis:
    """Look at a registered name's DNS from all sides now, keep and give what it says; `LookupError`."""
    found = await _examined(house, hostname)
    diagnosis = await house.store.write(_recorder(house).thorough, hostname, found, "", house.clock())
    house.confirmer.learn(Confirmed(found.evidence, diagnosis, found.at))
    return diagnosis


def glance_of(destination: Destination, confirmed: Confirmed) -> Glance:
    """What a light look says to the watch."""
    evidence = confirmed.evidence
    ends_with_us = destination.cname_target is not None and destination.cname_target in evidence.chain
    return Glance(
        certain=confirmed.diagnosis.certain,
        well=confirmed.diagnosis.routing is Routing.OK,
        fingerprint=gate.fingerprint(evidence),
        questions=len(evidence.chain) + (0 if ends_with_us else AT_AN_END),
    )


async def _examined(house: House, hostname: Hostname) -> Examined:
    domain = await house.store.read(domains.by_hostname, hostname)
    if domain is None:
        raise LookupError(f"{hostname} is not registered")
    authority = await house.store.read(certificate_authority, house.settings)
    return await house.examiner.look(domain.destination, authority)


def _recorder(house: House) -> Recorder:
    announcer = Announcer(house.store, house.clock, mail_provider(house.settings))
    return Recorder(announcer.changed, random.random)
