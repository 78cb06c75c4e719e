"""NameServer: knot at an address of its own, with whole zones as it is told: wrong, signed, truncated, missing.

All servers of a private tree listen on one port, since a delegation names addresses only:

    with NameServer({"test": "@ NS ns\\nns A 127.0.0.3\\n"}, "127.0.0.3", port) as server: ...
"""

import subprocess
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Self

import dns.exception
import dns.message
import dns.query
import dns.rcode

from tests.peers.process import Process

_HEAD = """\
$ORIGIN {origin}
$TTL {ttl}
@ SOA ns.{below} hostmaster.{below} {serial} 3600 600 604800 {negative}
"""
TTL = 300
NEGATIVE_TTL = 60


class NameServer:
    """Its zones' names end without a dot, the root's is empty; a zone whose text is None has no file."""

    def __init__(
        self,
        zones: Mapping[str, str | None],
        address: str,
        port: int,
        *,
        signed: Collection[str] = (),
        truncates: bool = False,
        serial: int = 1,
    ) -> None:
        self._zones = zones
        self._address = address
        self._port = port
        self._signed = signed
        self._truncates = truncates
        self._serial = serial

    @property
    def address(self) -> str:
        """ADDRESS:PORT, as settings take it."""
        host = f"[{self._address}]" if ":" in self._address else self._address
        return f"{host}:{self._port}"

    def __enter__(self) -> Self:
        self._temporary = tempfile.TemporaryDirectory(prefix="knot-")
        self._folder = Path(self._temporary.name)
        self._write(self._zones)
        self._configuration = self._folder / "knot.conf"
        self._configuration.write_text(self._configured())
        self._process = Process(
            ["/usr/sbin/knotd", "-c", str(self._configuration)], self._folder / "knot.log", {}
        )
        try:
            self._process.wait_until(self._answers)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.stop()
        self._temporary.cleanup()

    def replace(self, zone: str, text: str) -> None:
        """Put other records in a zone's place; returns once they are served."""
        self._serial += 1
        self._write({zone: text})
        command = ["/usr/sbin/knotc", "-c", str(self._configuration), "--blocking", "zone-reload", f"{zone}."]
        subprocess.run(command, check=True, capture_output=True)

    def delegation_signer(self, zone: str) -> str:
        """The DS record that the parent of a signed zone must hold, as its zone file has it."""
        command = ["/usr/sbin/keymgr", "-c", str(self._configuration), f"{zone}.", "ds"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return next(line for line in said.splitlines() if " 2 " in line)

    def _write(self, zones: Mapping[str, str | None]) -> None:
        for zone, text in zones.items():
            if text is not None:
                below = f"{zone}." if zone else ""
                head = _HEAD.format(
                    origin=f"{zone}.", below=below, ttl=TTL, negative=NEGATIVE_TTL, serial=self._serial
                )
                (self._folder / f"zone-{zone or 'root'}").write_text(head + text)

    def _configured(self) -> str:
        folder = self._folder
        modules = "    global-module: mod-rrl/all\n" if self._truncates else ""
        lines = [
            f"server:\n  listen: {self._address}@{self._port}\n  rundir: {folder}",
            "  udp-workers: 1\n  tcp-workers: 2\n  background-workers: 1",
            f"database:\n  storage: {folder}\n  journal-db-max-size: 16M\n  kasp-db-max-size: 16M",
            "log:\n  - target: stderr\n    any: warning",
            # Every answer by UDP after the first is truncated.
            "mod-rrl:\n  - id: all\n    rate-limit: 1\n    slip: 1" if self._truncates else "",
            # Zones that no careful server would load are what these tests are about.
            f"template:\n  - id: default\n    storage: {folder}\n    zonefile-load: whole\n    zonefile-sync: -1",
            f"    semantic-checks: soft\n{modules}",
            "policy:\n  - id: quick\n    algorithm: ecdsap256sha256\n    single-type-signing: on",
            "zone:",
        ]
        for zone in self._zones:
            lines.append(f'  - domain: "{zone}."\n    file: zone-{zone or "root"}')
            if zone in self._signed:
                lines.append(
                    "    dnssec-signing: on\n    dnssec-policy: quick\n    zonefile-load: difference"
                )
        return "\n".join(line for line in lines if line) + "\n"

    def _answers(self) -> bool:
        return all(self._serves(zone) for zone, text in self._zones.items() if text is not None)

    def _serves(self, zone: str) -> bool:
        query = dns.message.make_query(f"{zone}.", "DNSKEY" if zone in self._signed else "SOA")
        try:
            reply = dns.query.udp(query, self._address, port=self._port, timeout=0.2)
        except (dns.exception.Timeout, OSError):
            return False
        return reply.rcode() == dns.rcode.NOERROR and bool(reply.answer)
