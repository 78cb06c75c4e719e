"""Pebble: Let's Encrypt's own test CA and its DNS server, as real processes on free loopback ports.

    async with Pebble() as pebble:              # or: with Pebble(nonce_reject=20) as pebble
        AcmeClient(pebble.directory_url, key, clock=clock, ca_file=str(pebble.ca_file))

Pebble asks http-01 on `http_port` and tls-alpn-01 on `tls_port`, at 127.0.0.1 for every name, unless the DNS
says otherwise. The methods are plain calls of a few milliseconds to another process; they need no loop.
"""

import asyncio
import http.client
import json
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers.api_certificate import write_api_certificate
from tests.peers.ports import free_port
from tests.peers.process import Process

_ATTEMPTS = 3
_NO_STATUS = (OSError, http.client.HTTPException)


@dataclass
class Pebble:
    """The knobs are fields; a change is heard at the next `restart`."""

    nosleep: bool = True
    nonce_reject: int = 0
    """Percentage of good nonces that are refused."""
    authz_reuse: int = 0
    """Percentage of authorizations that are used again for a next order."""
    validity_seconds: int = 7_776_000
    blocked_domains: tuple[str, ...] = ()
    http_port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    strict: bool = True
    dns_server: str | None = None
    """Another DNS server than pebble-challtestsrv, HOST:PORT."""
    retry_after: tuple[int, int] | None = None
    """Authorization and order, seconds; Debian's 2.4.0 does not know it and sends none, 2.6 and later do."""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pebble-")
        self._path = Path(self._folder.name)
        self._dns: Process | None = None
        self._ca: Process | None = None
        write_api_certificate(self.ca_file, self._path / "api.key")

    @property
    def directory_url(self) -> str:
        return f"https://127.0.0.1:{self._api_port}/dir"

    @property
    def ca_file(self) -> Path:
        """What to trust for Pebble's own https; not the root of what it issues."""
        return self._path / "api.pem"

    @property
    def dns_address(self) -> tuple[str, int]:
        """Where pebble-challtestsrv answers, UDP and TCP."""
        return ("127.0.0.1", self._dns_port)

    def start(self) -> Self:
        """Start both and wait until both answer."""
        for attempt in range(_ATTEMPTS):
            try:
                self._start_dns()
                self._start_ca()
                return self
            except RuntimeError:  # another process took a port meanwhile
                self._end_all()
                if attempt == _ATTEMPTS - 1:
                    raise
            except BaseException:
                self._end_all()
                raise
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End both and forget the folder."""
        self._end_all()
        self._folder.cleanup()

    def kill(self) -> None:
        """End the CA as in a crash; its DNS goes on."""
        if self._ca:
            self._ca.kill()
            self._ca = None

    def restart(self) -> None:
        """End the CA and start it at the same place: accounts, orders and roots are forgotten."""
        self.kill()
        self._launch_ca()

    def orders(self) -> int:
        """How many orders the CA has taken since `start`, restarts included."""
        return self.log().count("Added order ")

    def log(self) -> str:
        """What the CA has printed."""
        return (self._path / "pebble.log").read_text()

    def root_pem(self) -> bytes:
        """The root of what is issued; another one after `restart`."""
        return self._ask_ca(self._management_port, "/roots/0")

    def set_cname(self, host: str, target: str) -> None:
        self._tell_dns("/set-cname", {"host": host, "target": target})

    def clear_cname(self, host: str) -> None:
        self._tell_dns("/clear-cname", {"host": host})

    def add_a(self, host: str, *addresses: str) -> None:
        self._tell_dns("/add-a", {"host": host, "addresses": addresses})

    def clear_a(self, host: str) -> None:
        self._tell_dns("/clear-a", {"host": host})

    def add_aaaa(self, host: str, *addresses: str) -> None:
        self._tell_dns("/add-aaaa", {"host": host, "addresses": addresses})

    def add_caa(self, host: str, *values: str, tag: str = "issue") -> None:
        policies = [{"tag": tag, "value": value} for value in values]
        self._tell_dns("/add-caa", {"host": host, "policies": policies})

    def set_servfail(self, host: str) -> None:
        self._tell_dns("/set-servfail", {"host": host})

    def clear_servfail(self, host: str) -> None:
        self._tell_dns("/clear-servfail", {"host": host})

    def dns_history(self, host: str) -> list[dict[str, object]]:
        """The questions that were asked about a name; `Question` holds `Name` and the number `Qtype`."""
        history = json.loads(self._tell_dns("/dns-request-history", {"host": host}))
        assert isinstance(history, list)
        return history

    def clear_dns_history(self, host: str) -> None:
        self._tell_dns("/clear-request-history", {"host": host, "type": "dns"})

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *failure: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _start_dns(self) -> None:
        self._dns_port, self._dns_control_port = free_port(), free_port()
        address = f"127.0.0.1:{self._dns_port}"
        control = f"127.0.0.1:{self._dns_control_port}"
        no_others = ["-http01", "", "-https01", "", "-tlsalpn01", ""]
        addresses = ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""]
        self._dns = Process(
            ["pebble-challtestsrv", "-dns01", address, "-management", control, *no_others, *addresses],
            self._path / "dns.log",
            {},
        )
        self._dns.wait_until(lambda: _answers(lambda: self._tell_dns("/clear-cname", {"host": "ready.test"})))

    def _start_ca(self) -> None:
        self._api_port, self._management_port = free_port(), free_port()
        self._launch_ca()

    def _launch_ca(self) -> None:
        configuration = self._path / "pebble.json"
        configuration.write_text(json.dumps({"pebble": self._configuration()}))
        dns_server = self.dns_server or f"127.0.0.1:{self._dns_port}"
        strict = f"-strict={str(self.strict).lower()}"
        environment = {
            "PEBBLE_VA_NOSLEEP": str(int(self.nosleep)),
            "PEBBLE_WFE_NONCEREJECT": str(self.nonce_reject),
            "PEBBLE_AUTHZREUSE": str(self.authz_reuse),
            **self.environment,
        }
        command = ["pebble", "-config", str(configuration), "-dnsserver", dns_server, strict]
        self._ca = Process(command, self._path / "pebble.log", environment)
        self._ca.wait_until(
            lambda: _answers(self.root_pem) and _answers(lambda: self._ask_ca(self._api_port, "/dir"))
        )

    def _configuration(self) -> dict[str, object]:
        configuration: dict[str, object] = {
            "listenAddress": f"127.0.0.1:{self._api_port}",
            "managementListenAddress": f"127.0.0.1:{self._management_port}",
            "certificate": str(self.ca_file),
            "privateKey": str(self._path / "api.key"),
            "httpPort": self.http_port,
            "tlsPort": self.tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "certificateValidityPeriod": self.validity_seconds,
            "domainBlocklist": list(self.blocked_domains),
        }
        if self.retry_after:
            configuration["retryAfter"] = {"authz": self.retry_after[0], "order": self.retry_after[1]}
        return configuration

    def _end_all(self) -> None:
        for process in (self._ca, self._dns):
            if process:
                process.stop()
        self._ca = self._dns = None

    def _tell_dns(self, path: str, request: dict[str, object]) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self._dns_control_port, timeout=5)
        return _exchange(connection, "POST", path, json.dumps(request))

    def _ask_ca(self, port: int, path: str) -> bytes:
        context = ssl.create_default_context(cafile=str(self.ca_file))
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
        return _exchange(connection, "GET", path)


def _exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None
) -> bytes:
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status >= http.client.BAD_REQUEST:
        raise ValueError(f"{path}: {response.status} {answer.decode(errors='replace')}")
    return answer


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except _NO_STATUS:
        return False
    return True
