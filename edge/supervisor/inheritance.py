"""Inheritance: what the supervisor hands to a process that it starts: sockets, and where to say `ready`."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass

VARIABLE = "_BRASSPLATE_INHERITED"


@dataclass(frozen=True, slots=True)
class Inherited:
    """File descriptors; they are open in the child under the same numbers."""

    sockets: dict[str, list[int]]
    """Listening ones, by what they are for: `https`, `http`, `metrics`."""
    ready: int
    """Where a line is written once the process serves."""
    parent: int
    """The supervisor's process id."""
    beside: bool
    """Whether another process serves already, which goes on until this one is ready."""

    def opened(self, purpose: str) -> list[socket.socket]:
        """The sockets for a purpose; none: nobody listens for it."""
        return [socket.socket(fileno=descriptor) for descriptor in self.sockets.get(purpose, ())]

    def say_ready(self, line: str) -> None:
        """Tell the supervisor; only then this process is the one that counts."""
        os.write(self.ready, f"{line}\n".encode())
        os.close(self.ready)


def written(inherited: Inherited) -> dict[str, str]:
    """As a variable of the environment."""
    return {VARIABLE: json.dumps(asdict(inherited))}


def taken(environ: Mapping[str, str]) -> Inherited | None:
    """What this process inherited; None: it was not started by a supervisor."""
    text = environ.get(VARIABLE)
    return Inherited(**json.loads(text)) if text else None
