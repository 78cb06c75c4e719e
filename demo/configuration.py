"""Configuration of the demo: loopback addresses, free ports, a CA of its own: settings, and nothing else."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.folder import write_whole
from demo.pebble import Pebble
from edge import settings
from edge.settings import Faults, Settings
from store import vault

ADMIN_HOST = "admin.localhost"
API_HOST = "api.localhost"
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
    ca: int
    ca_management: int


class NoFreePort(Exception):
    """Every port from the asked-for one on is taken."""


def free_ports(https: int) -> Ports:
    """The asked-for port or the next free one, and its companions; `NoFreePort`."""
    taken: set[int] = set()

    def take(port: int, *, datagrams: bool = False) -> int:
        found = _free(port, taken, datagrams=datagrams)
        taken.add(found)
        return found

    first = take(https)
    return Ports(
        https=first,
        http=take(first - 363 if first > 1400 else 8080),
        dns=take(8053, datagrams=True),
        panel=take(8090),
        ca=take(14000),
        ca_management=take(15000),
    )


def store(folder: Path, ca: str) -> Path:
    """The store of a CA's demo: certificates and sign-ins of one are nothing to the other."""
    return folder / f"brassplate{'-pebble' if ca == 'pebble' else ''}.db"


def make(folder: Path, ports: Ports, pebble: Pebble | None) -> Settings:
    """Write the demo's brassplate.toml (made anew at each start) and its master key (kept), and read them."""
    key = folder / "master.key"
    if not key.exists():
        vault.write_new_key(key)
    path = folder / "brassplate.toml"
    url = f"sqlite:///{store(folder, 'pebble' if pebble else 'local').name}"
    write_whole(path, _toml(_sections(url, ports, pebble)))
    found = settings.load(path, {})
    if isinstance(found, Faults):
        raise ValueError(str(found))
    return found


def _sections(store_url: str, ports: Ports, pebble: Pebble | None) -> dict[str, dict[str, Any]]:
    sections: dict[str, dict[str, Any]] = {
        "edge": {
            "https": [f"127.0.0.1:{ports.https}"],
            "http": [f"127.0.0.1:{ports.http}"],
            "public_https_port": ports.https,
            "public_http_port": ports.http,
            "admin_host": ADMIN_HOST,
            "api_host": API_HOST,
            "cname_target": CNAME_TARGET,
            "provider_domain": PROVIDER_DOMAIN,
            "addresses": ["127.0.0.1"],
        },
        "store": {
            "url": store_url,
            "master_key_file": "master.key",
        },
        # The demo's DNS answers for every zone: it stands for the root, all below it and a resolver in one.
        "dns": {
            "resolvers": [f"127.0.0.1:{ports.dns}"],
            "public_resolvers": [],
            "root_hints": [f"127.0.0.1:{ports.dns}"],
        },
        "operator": {"name": "Brassplate demo", "support_email": "help@provider.example"},
        "log": {"access": False},
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
            "limits": ["none"],
            "caa_identities": ["pebble.example"],
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
    for candidate in range(port, 2**16):
        if candidate not in taken and all(_binds(candidate, kind) for kind in kinds):
            return candidate
    raise NoFreePort(f"no port from {port} on is free")


def _binds(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
