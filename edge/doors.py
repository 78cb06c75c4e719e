"""Doors: the listening sockets of a process, its own or those that a supervisor keeps."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from edge.binding import bind, close_all
from edge.settings import Settings
from edge.starting import CannotStart
from edge.supervisor.inheritance import Inherited

PURPOSES = ("https", "http", "metrics")


@dataclass(frozen=True, slots=True)
class Doors:
    """Bound sockets by what they are for."""

    https: tuple[socket.socket, ...]
    http: tuple[socket.socket, ...]
    metrics: tuple[socket.socket, ...] = ()

    def close(self) -> None:
        """Close what no listener has closed; those of a supervisor stay open there."""
        for sockets in (self.https, self.http, self.metrics):
            close_all(sockets)


def wanted(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The addresses to listen on, by purpose."""
    metrics = (settings.metrics,) if settings.metrics else ()
    return {"https": settings.https, "http": settings.http, "metrics": metrics}


def opened_doors(settings: Settings) -> Doors:
    """Sockets of our own; `CannotStart` with the setting that does not do."""
    opened: dict[str, tuple[socket.socket, ...]] = {}
    try:
        for purpose, addresses in wanted(settings).items():
            opened[purpose] = tuple(_bound(purpose, addresses))
    except CannotStart:
        for sockets in opened.values():
            close_all(sockets)
        raise
    return Doors(**opened)


def inherited_doors(inherited: Inherited) -> Doors:
    """Those that the supervisor opened."""
    return Doors(**{purpose: tuple(inherited.opened(purpose)) for purpose in PURPOSES})


def _bound(purpose: str, addresses: Iterable[str]) -> list[socket.socket]:
    bound: list[socket.socket] = []
    for address in addresses:
        try:
            bound += bind(address)
        except OSError as error:
            close_all(bound)
            raise CannotStart(f"edge.{purpose} {address}: {error.strerror or error}") from error
    return bound
