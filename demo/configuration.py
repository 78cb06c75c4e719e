"""Configuration of the demo: loopback addresses, free ports, a CA of its own: settings, and nothing else."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.pebble import Pebble
from edge import settings
from edge.settings import Faults, Settings
from store import vault

ADMIN_HOST = "admin.localhost"
CNAME_TARGET = "customers.provider.example"
PROVIDER_DOMAIN = "localhost"
ROOT_DAYS = 7
ROOT_PERMITS = ["example", "test", "localhost"]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens on loopback."""

    https: int
    http: int
    dns: int
    panel: int


def free_ports(https: int) -> Ports:
    """The asked-for port or the next free one, and companions near it."""
    first = _free(https, set())
    http = _free(first - 363 if first > 1400 else 8080, {first})
    dns = _free(8053, {first, http}, datagrams=True)
    return Ports(first, http, dns, _free(8090, {first, http, dns}))


def make(folder: Path, ports: Ports, pebble: Pebble | None) -> Settings:
    """Write the demo's brassplate.toml (made anew at each start) and its master key (kept), and read them."""
    key = folder / "master.key"
    if not key.exists():
        vault.write_new_key(key)
    path = folder / "brassplate.toml"
    path.write_text(_toml(_sections(ports, pebble)), "utf-8")
    found = settings.load(path, {})
    if isinstance(found, Faults):
        raise ValueError(str(found))
    return found


def _sections(ports: Ports, pebble: Pebble | None) -> dict[str, dict[str, Any]]:
    sections: dict[str, dict[str, Any]] = {
        "edge": {
            "https": [f"127.0.0.1:{ports.https}"],
            "http": [f"127.0.0.1:{ports.http}"],
            "public_https_port": ports.https,
            "public_http_port": ports.http,
            "admin_host": ADMIN_HOST,
            "cname_target": CNAME_TARGET,
            "provider_domain": PROVIDER_DOMAIN,
            "addresses": ["127.0.0.1"],
        },
        "store": {
            "url": f"sqlite:///brassplate{'-pebble' if pebble else ''}.db",
            "master_key_file": "master.key",
        },
        "dns": {"resolvers": [f"127.0.0.1:{ports.dns}"]},
        "operator": {"name": "Brassplate demo", "support_email": "help@provider.example"},
    }
    if pebble is None:
        sections["issuer"] = {
            "kind": "local",
            "root_file": "root.pem",
            "root_days": ROOT_DAYS,
            "root_permits": ROOT_PERMITS,
            "leaf_hours": 72,
        }
    else:
        sections["acme"] = {
            "directory": pebble.directory_url,
            "contact": "ops@provider.example",
            "agree_terms": True,
            "ca_file": str(pebble.ca_file),
            "trust_file": str(pebble.root_file),
        }
    return sections


def _toml(sections: dict[str, dict[str, Any]]) -> str:
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in values.items())
        for name, values in sections.items()
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return (
        str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )


def _free(port: int, taken: set[int], *, datagrams: bool = False) -> int:
    kinds = [socket.SOCK_STREAM, socket.SOCK_DGRAM] if datagrams else [socket.SOCK_STREAM]
    while port in taken or not all(_binds(port, kind) for kind in kinds):
        port += 1
    return port


def _binds(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
