"""Table: hostname -> destination, a plain mapping that changes are applied to."""

from collections.abc import Mapping

from store.destination import Destination
from store.hostname import Hostname


def apply(table: dict[Hostname, Destination], changes: Mapping[Hostname, Destination | None]) -> None:
    """Bring a table up to date: what is gone leaves, all else is as the change says."""
    for hostname, destination in changes.items():
        if destination is None:
            table.pop(hostname, None)
        else:
            table[hostname] = destination
