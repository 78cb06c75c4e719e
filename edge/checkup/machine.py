"""Machine: what the system lets this process have: ports and open files."""

import errno
import resource
from collections.abc import Iterable, Iterator

from edge.binding import bind, close_all
from edge.checkup.finding import Finding, error, warning

FILES_BESIDES = 256
"""For the store, the log, DNS, the CA, mail, and a socket to an upstream for some of the visitors."""


def of_ports(addresses: Iterable[str]) -> Iterator[Finding]:
    """Whether the addresses of the listeners can be had; ask while nothing of ours serves."""
    for address in addresses:
        try:
            close_all(bind(address))
        except PermissionError as denied:
            yield error(
                "port-denied", address, str(denied), "give it CAP_NET_BIND_SERVICE, or use the unit file"
            )
        except OSError as refused:
            taken = refused.errno == errno.EADDRINUSE
            action = "end what listens there" if taken else "mend the address in the configuration"
            yield error("port-taken" if taken else "port-unusable", address, str(refused), action)


def of_files(connections: int) -> Iterator[Finding]:
    """Whether as many files may be open as connections are let in."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES_BESIDES
    if hard != resource.RLIM_INFINITY and hard < wanted:
        yield warning(
            "files",
            "edge.max_connections",
            f"{hard:,} files may be open, so fewer than {connections:,} connections are let in",
            f"LimitNOFILE={wanted} in the unit file, or fewer connections",
        )
