"""Knot: a real authoritative DNS server as a process of its own on a free loopback port.

    with Knot({"customer.test": "shop CNAME edge.platform.test.\n"}) as knot:
        Resolver((knot.address,))

A zone whose text is None is configured, but has no file: it answers SERVFAIL; any other name is REFUSED.
A text that begins with an SOA of its own, `$ORIGIN` before it or not, is taken as it is.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import dns.exception
import dns.message
import dns.query

from tests.peers.ports import free_port
from tests.peers.process import Process

_HEAD = """\
$ORIGIN {zone}.
$TTL 300
@ SOA ns.{zone}. hostmaster.{zone}. 1 3600 600 604800 60
@ NS ns.{zone}.
ns A 127.0.0.1
"""


class Knot:
    """`address` is HOST:PORT, as settings and `Resolver` take it."""

    def __init__(self, zones: Mapping[str, str | None]) -> None:
        self._zones = zones

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="knot-")
        self._port = free_port()
        folder = Path(self._folder.name)
        for zone, text in self._zones.items():
            if text is not None:
                head = "" if " SOA " in text else _HEAD.format(zone=zone)
                (folder / f"{zone}.zone").write_text(head + text)
        (folder / "knot.conf").write_text(self._configuration(folder))
        command = ["/usr/sbin/knotd", "-c", str(folder / "knot.conf")]
        self._process = Process(command, folder / "knot.log", {})
        try:
            self._process.wait_until(self._answers)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.stop()
        self._folder.cleanup()

    def _configuration(self, folder: Path) -> str:
        lines = [
            f"server:\n  listen: 127.0.0.1@{self._port}\n  rundir: {folder}\n  udp-workers: 1\n  tcp-workers: 1",
            f"database:\n  storage: {folder}",
            "log:\n  - target: stderr\n    any: warning",
            f"template:\n  - id: default\n    storage: {folder}\n    zonefile-load: whole",
            "zone:",
            *(f"  - domain: {zone}" for zone in self._zones),
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        zone = next(zone for zone, text in self._zones.items() if text is not None)
        try:
            reply = dns.query.udp(
                dns.message.make_query(zone, "SOA"), "127.0.0.1", port=self._port, timeout=0.2
            )
        except (dns.exception.Timeout, OSError):
            return False
        return bool(reply.answer)
