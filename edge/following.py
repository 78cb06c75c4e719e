"""Following: the lookers of names that somebody has a page open of, and where the world finds a name just set."""

from collections.abc import Mapping

from edge.dns.glimpse import Glimpser
from edge.examiner import sources
from edge.house import House
from edge.jobs.completion import Completion
from edge.jobs.looking import Looking
from store import domains
from store.hostname import Hostname


def looking(house: House, completion: Completion) -> Looking:
    """Lookers that ask whom the settings name, and complete what they find changed."""
    glimpser = Glimpser(sources(house.settings), house.clock, took=house.meters.questions("look"))

    async def glimpse(hostname: Hostname) -> Mapping[tuple[str, str, str], object] | None:
        if await house.store.read(domains.by_hostname, hostname) is None:
            return None
        return await glimpser.glimpse(hostname)

    return Looking(glimpse, completion.complete)


async def addresses(house: House, name: str) -> tuple[str, ...]:
    """A name's addresses by our resolvers; where they still remember that it had none, by its zone's own servers."""
    found = await house.resolver.addresses(name)
    destination = house.snapshot.resolve(Hostname(name))
    if found or destination is None:
        return found
    seen = (await house.confirmer.confirm(destination)).evidence
    if destination.cname_target and destination.cname_target in seen.chain:
        return tuple(sorted(await house.confirmer.our_addresses()))
    return seen.addresses
