"""Unbound: a real validating resolver over a private tree of name servers.

It asks delegated servers on port 53 only, so each zone is told to it with its server's port.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import dns.exception
import dns.message
import dns.query

from tests.peers.process import Process

_CONFIGURATION = """\
server:
  interface: 127.0.0.1@{port}
  port: {port}
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 0
  num-threads: 1
  do-not-query-localhost: no
  module-config: "validator iterator"
  val-log-level: 0
  ede: yes
  local-zone: "test." nodefault
  domain-insecure: "."
  do-ip6: no
{anchors}
remote-control:
  control-enable: no
{stubs}
"""


class Unbound:
    """`zones` are names and ADDRESS:PORT of a server each; `anchors` are DS records that it trusts."""

    def __init__(self, zones: Mapping[str, str], port: int, anchors: tuple[str, ...] = ()) -> None:
        self._zones = zones
        self._port = port
        self._anchors = anchors

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._temporary = tempfile.TemporaryDirectory(prefix="unbound-")
        folder = Path(self._temporary.name)
        text = _CONFIGURATION.format(
            port=self._port,
            folder=folder,
            anchors="\n".join(f'  trust-anchor: "{anchor}"' for anchor in self._anchors),
            stubs="\n".join(
                f'stub-zone:\n  name: "{zone}."\n  stub-addr: {server.replace(":", "@")}'
                for zone, server in self._zones.items()
            ),
        )
        (folder / "unbound.conf").write_text(text)
        command = ["/usr/sbin/unbound", "-d", "-c", str(folder / "unbound.conf")]
        self._process = Process(command, folder / "unbound.log", {})
        try:
            self._process.wait_until(self._answers)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.stop()
        self._temporary.cleanup()

    def _answers(self) -> bool:
        query = dns.message.make_query("version.bind.", "TXT", "CH")
        try:
            dns.query.udp(query, "127.0.0.1", port=self._port, timeout=0.2)
        except (dns.exception.Timeout, OSError):
            return False
        return True
