"""Doors: the listening sockets, by what they are for; they outlive every process that accepts on them."""

import os
import socket
from collections.abc import Callable, Mapping

Bind = Callable[[str], list[socket.socket]]
Wanted = Mapping[str, tuple[str, ...]]
"""Addresses by purpose."""
FIRST_ACTIVATED = 3
"""The first file descriptor that systemd hands over (sd_listen_fds(3))."""


class CannotOpen(Exception):
    """An address cannot be listened on; the text says which and why."""


class Doors:
    """Opens what is wanted and not open yet; what systemd opened (socket activation) stands as it is."""

    def __init__(self, bind: Bind, activated: Mapping[str, list[socket.socket]] | None = None) -> None:
        self._bind = bind
        self._activated = dict(activated or {})
        self._open: dict[tuple[str, str], list[socket.socket]] = {}

    def open(self, wanted: Wanted) -> dict[str, list[int]]:
        """File descriptors by purpose; what was open before stays open. `CannotOpen`, and nothing is added."""
        added: dict[tuple[str, str], list[socket.socket]] = {}
        for key in self._keys(wanted):
            if key in self._open:
                continue
            try:
                added[key] = self._bind(key[1])
            except OSError as error:
                for sockets in added.values():
                    _close(sockets)
                raise CannotOpen(f"edge.{key[0]} {key[1]}: {error.strerror or error}") from error
        self._open |= added
        found = {purpose: self._activated.get(purpose, []) for purpose in wanted}
        for purpose, address in self._keys(wanted):
            found[purpose] = found[purpose] + self._open[purpose, address]
        return {purpose: [one.fileno() for one in sockets] for purpose, sockets in found.items()}

    def keep(self, wanted: Wanted) -> None:
        """Close what is not wanted any more."""
        for key in set(self._open) - set(self._keys(wanted)):
            _close(self._open.pop(key))

    def _keys(self, wanted: Wanted) -> list[tuple[str, str]]:
        return [
            (purpose, address)
            for purpose, addresses in wanted.items()
            if purpose not in self._activated
            for address in addresses
        ]


def activated(environ: Mapping[str, str], purposes: tuple[str, ...]) -> dict[str, list[socket.socket]]:
    """What systemd opened for this process, by `FileDescriptorName=`; other names are left alone."""
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    found: dict[str, list[socket.socket]] = {}
    for number, name in enumerate(environ.get("LISTEN_FDNAMES", "").split(":")[: int(environ["LISTEN_FDS"])]):
        if name in purposes:
            one = socket.socket(fileno=FIRST_ACTIVATED + number)
            one.set_inheritable(False)
            found.setdefault(name, []).append(one)
    return found


def _close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()
