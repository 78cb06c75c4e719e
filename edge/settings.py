"""Settings: a mapping of sections -> frozen `Settings`, or every fault at once with its key and reason."""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from edge import relay
from edge.relay import NotARelay, Relay

ENVIRONMENT_PREFIX = "BRASSPLATE_"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ENDPOINT = re.compile(r"(\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[^:\[\]]*)):(?P<port>[0-9]{1,5})")
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
LIMITED = (
    "orders",
    "registered_domain",
    "same_names",
    "failed_authorizations",
    "consecutive_failures",
    "organisation",
)
"""What a CA limits, and the share of one organisation."""
_LIMIT = re.compile(rf"({'|'.join(LIMITED)})=[1-9][0-9]{{0,6}}/[1-9][0-9]{{0,4}}[smhd]")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided; made once, by `from_mapping`."""

    https: tuple[str, ...]
    http: tuple[str, ...]
    admin_host: str
    api_host: str
    provider_domain: str
    addresses: frozenset[str]
    public_https_port: int
    public_http_port: int
    cname_target: str
    max_waiting_handshakes: int
    max_connections: int
    max_connections_per_address: int
    """An IPv6 /64 is one address; `trusted_proxies` stand for many visitors and are not counted so."""
    trusted_proxies: tuple[Network, ...]
    """What they say of visitors is believed, towards upstreams."""
    proxy_protocol_from: tuple[Network, ...]
    """Load balancers that begin each connection with who it is from."""
    max_request_mib: int
    """Of one request to an upstream."""
    metrics: str
    """Where metrics and health are told; empty: nowhere."""
    drain_notice_seconds: int
    drain_seconds: int
    """How long what is under way may take to end, once a process stops."""
    """How long `/readyz` says no before a stop stops anything."""
    store_path: Path
    master_key_file: Path
    issuer: str
    root_file: Path
    root_days: int
    root_permits: tuple[str, ...]
    leaf_hours: int
    directory: str
    contact: str
    agree_terms: bool
    ca_file: Path | None
    trust_file: Path | None
    challenges: tuple[str, ...]
    profile: str
    """Of certificates at the CA, such as `shortlived`; empty: what the CA makes by itself."""
    limits: tuple[str, ...]
    """Of the CA: `none`, or such as `orders=300/3h` in place of Let's Encrypt's."""
    caa_identities: tuple[str, ...]
    resolvers: tuple[str, ...]
    public_resolvers: tuple[str, ...]
    root_hints: tuple[str, ...]
    private_servers: bool
    operator_name: str
    support_email: str
    require_second_factor: bool
    smtp: Relay | None
    mail_from: str
    mail_bounces: str
    mail_spf: str
    mail_per_minute: int
    mail_ca_file: Path | None
    log_format: str
    log_level: str
    log_access: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one key."""

    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Faults:
    """All that is wrong with a configuration."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def load(path: Path, environ: Mapping[str, str]) -> Settings | Faults:
    """Read a TOML file, with the environment (`BRASSPLATE_EDGE__HTTPS`) above it."""
    try:
        mapping = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        return Faults((Fault(str(path), error.strerror or str(error)),))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Faults((Fault(str(path), f"not TOML: {error}"),))
    return from_mapping(mapping, path.resolve().parent, environ)


def from_mapping(mapping: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> Settings | Faults:
    """Settings from sections; relative files are relative to `folder`."""
    reading = _Reading(mapping, folder, environ)
    values = {field: reading.value(key, rule) for field, (key, rule) in _RULES.items()}
    reading.refuse_unknown()
    reading.refuse_unbuilt()
    faults = (*reading.faults, *_across(values))
    return Faults(faults) if faults else Settings(**values)


def keys() -> dict[str, Any]:
    """Every key that is understood, with its default (None: it must be given)."""
    return {key: rule.default for key, rule in _RULES.values()} | {key: only for key, only, _ in _UNBUILT}


class _Wrong(Exception):
    """Carries why one value is refused, from a check to the list of faults."""


@dataclass(frozen=True, slots=True)
class _Rule:
    default: Any
    check: Callable[[Any, Path], Any]


class _Reading:
    """One pass over a mapping that gathers faults."""

    def __init__(self, mapping: Mapping[str, Any], folder: Path, environ: Mapping[str, str]):
        self.faults: list[Fault] = []
        self._folder = folder
        self._given: dict[str, Any] = {}
        for section, inside in mapping.items():
            if isinstance(inside, Mapping):
                self._given |= {f"{section}.{key}": value for key, value in inside.items()}
            else:
                self._given[section] = inside
        for name, text in environ.items():
            section, divider, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().partition("__")
            if name.startswith(ENVIRONMENT_PREFIX) and divider:
                self._given[f"{section}.{key}"] = _from_text(text, keys().get(f"{section}.{key}"))

    def value(self, key: str, rule: _Rule) -> Any:
        given = self._given.get(key, rule.default)
        try:
            if given is None:
                raise _Wrong("must be set")
            return rule.check(given, self._folder)
        except _Wrong as wrong:
            self.faults.append(Fault(key, str(wrong)))

    def refuse_unknown(self) -> None:
        known = keys()
        sections = {key.partition(".")[0] for key in known}
        for key in (key for key in self._given if key not in known):
            near = difflib.get_close_matches(key, known, n=1)
            unknown = "unknown key" + (f"; did you mean {near[0]}?" if near else "")
            self.faults.append(Fault(key, f"must be a section, [{key}]" if key in sections else unknown))

    def refuse_unbuilt(self) -> None:
        for key, only, reason in _UNBUILT:
            if self._given.get(key, only) != only:
                self.faults.append(Fault(key, reason))


def _across(values: Mapping[str, Any]) -> list[Fault]:
    """Faults that no single key shows; a value that was refused is None and not judged again."""
    faults = []
    if values["issuer"] == "acme" and values["agree_terms"] is False:
        faults.append(Fault("acme.agree_terms", "must be true: read the CA's terms of service, then set it"))
    if values["issuer"] == "acme" and values["contact"] == "":
        faults.append(Fault("acme.contact", "must be set: the CA writes there when something is wrong"))
    if values["admin_host"] and values["admin_host"] == values["cname_target"]:
        faults.append(Fault("edge.admin_host", "must differ from edge.cname_target"))
    if values["api_host"] and values["api_host"] in (values["admin_host"], values["cname_target"]):
        faults.append(Fault("edge.api_host", "must differ from edge.admin_host and edge.cname_target"))
    return faults


def _text(value: Any, _: Path) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"must be text, not {value!r}")
    return value.strip()


def _hostname(value: Any, folder: Path) -> str:
    name = _text(value, folder).lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or labels[-1].isdecimal() or not all(map(_LABEL.fullmatch, labels)):
        raise _Wrong(f"{value!r} is not a host name")
    return name


def _maybe_hostname(value: Any, folder: Path) -> str:
    return _hostname(value, folder) if value != "" else ""


def _texts(value: Any, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _Wrong(f"must be a list of texts, not {value!r}")
    return tuple(_text(item, folder) for item in value)


def _listen(value: Any, folder: Path) -> tuple[str, ...]:
    for item in (items := _texts(value, folder)):
        _endpoint(item)
    return items


def _maybe_endpoint(value: Any, folder: Path) -> str:
    if item := _text(value, folder):
        _endpoint(item)
    return item


def _endpoint(item: str) -> None:
    parts = _ENDPOINT.fullmatch(item)
    if not parts or int(parts["port"]) > 65535:
        raise _Wrong(f"{item!r} is not ADDRESS:PORT, such as 0.0.0.0:443 or [::]:443")
    _address(parts["v6"] or parts["v4"])


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise _Wrong(f"{text!r} is not an IP address") from None


def _addresses(value: Any, folder: Path) -> frozenset[str]:
    return frozenset(_address(item) for item in _texts(value, folder))


def _networks(value: Any, folder: Path) -> tuple[Network, ...]:
    return tuple(_network(item) for item in _texts(value, folder))


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise _Wrong(f"{text!r} is not a network such as 10.0.0.0/8 or 2001:db8::/32") from None


def _resolvers(value: Any, folder: Path) -> tuple[str, ...]:
    for item in (items := _texts(value, folder)):
        try:
            ipaddress.ip_address(item)
        except ValueError:
            _endpoint(item)
    return items


def _root_hints(value: Any, folder: Path) -> tuple[str, ...]:
    """A delegation names addresses only, so one port must do for all servers below."""
    items = _resolvers(value, folder)
    if len({item.rpartition(":")[2] if _ENDPOINT.fullmatch(item) else "53" for item in items}) > 1:
        raise _Wrong("must all have the same port")
    return items


def _hostnames(value: Any, folder: Path) -> tuple[str, ...]:
    return tuple(_hostname(item, folder) for item in _texts(value, folder))


def _whole(low: int, high: int) -> Callable[[Any, Path], int]:
    def check(value: Any, _: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _Wrong(f"must be a whole number from {low} to {high}, not {value!r}")
        return value

    return check


def _flag(value: Any, _: Path) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"must be true or false, not {value!r}")
    return value


def _store(value: Any, folder: Path) -> Path:
    text = _text(value, folder)
    if not text.startswith("sqlite:///") or len(text) == len("sqlite:///"):
        raise _Wrong(f"{text!r} is not sqlite:///PATH (relative to this file) or sqlite:////PATH (absolute)")
    return folder / text.removeprefix("sqlite:///")


def _file(value: Any, folder: Path) -> Path:
    if not _text(value, folder):
        raise _Wrong("must name a file")
    return folder / _text(value, folder)


def _maybe_file(value: Any, folder: Path) -> Path | None:
    return _file(value, folder) if value != "" else None


def _url(value: Any, folder: Path) -> str:
    text = _text(value, folder)
    try:
        parts = urlsplit(text)
        if parts.scheme == "https" and parts.hostname and parts.port != 0:
            return text
    except ValueError:  # brackets without an address, a port out of range
        pass
    raise _Wrong(f"{text!r} is not an https:// URL")


def _one_of(*choices: str) -> Callable[[Any, Path], str]:
    def check(value: Any, folder: Path) -> str:
        if (text := _text(value, folder)) not in choices:
            raise _Wrong(f"must be one of {', '.join(choices)}, not {text!r}")
        return text

    return check


def _challenges(value: Any, folder: Path) -> tuple[str, ...]:
    items = _texts(value, folder)
    if not items or set(items) - {"http-01", "tls-alpn-01"}:
        raise _Wrong(f"must list http-01, tls-alpn-01 or both in the order to try, not {list(items)!r}")
    return items


def _limits(value: Any, folder: Path) -> tuple[str, ...]:
    items = _texts(value, folder)
    for item in items:
        if item != "none" and not _LIMIT.fullmatch(item):
            raise _Wrong(
                f"{item!r} is neither none nor a limit such as orders=300/3h; limits are {', '.join(LIMITED)}"
            )
    return items


def _email(value: Any, folder: Path) -> str:
    text = _text(value, folder)
    local, _, domain = text.rpartition("@")
    labels = domain.lower().split(".")
    if text and not (
        _LOCAL_PART.fullmatch(local) and all(map(_LABEL.fullmatch, labels)) and len(text) <= 254
    ):
        raise _Wrong(f"{text!r} is not an e-mail address")
    return text


def _relay(value: Any, folder: Path) -> Relay | None:
    if not isinstance(value, str):
        raise _Wrong("must be text")  # which may hold a password, and is not repeated
    if not _text(value, folder):
        return None
    found = relay.parse(_text(value, folder))
    if isinstance(found, NotARelay):
        raise _Wrong(found.reason)
    return found


def _from_text(text: str, default: Any) -> Any:
    """A value from the environment, in the type that the key's default has."""
    if isinstance(default, bool):
        return {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text)
    if isinstance(default, int):
        return int(text) if _INTEGER.fullmatch(text) else text
    if isinstance(default, list):
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


_RULES: dict[str, tuple[str, _Rule]] = {
    "https": ("edge.https", _Rule(["0.0.0.0:443", "[::]:443"], _listen)),
    "http": ("edge.http", _Rule(["0.0.0.0:80", "[::]:80"], _listen)),
    "admin_host": ("edge.admin_host", _Rule(None, _hostname)),
    "api_host": ("edge.api_host", _Rule("", _maybe_hostname)),
    "provider_domain": ("edge.provider_domain", _Rule("", _maybe_hostname)),
    "addresses": ("edge.addresses", _Rule([], _addresses)),
    "public_https_port": ("edge.public_https_port", _Rule(443, _whole(1, 65535))),
    "public_http_port": ("edge.public_http_port", _Rule(80, _whole(1, 65535))),
    "cname_target": ("edge.cname_target", _Rule(None, _hostname)),
    "max_connections": ("edge.max_connections", _Rule(50_000, _whole(1, 1_000_000))),
    "max_connections_per_address": ("edge.max_connections_per_address", _Rule(2_500, _whole(1, 1_000_000))),
    "max_waiting_handshakes": ("edge.max_waiting_handshakes", _Rule(2000, _whole(1, 1_000_000))),
    "trusted_proxies": ("edge.trusted_proxies", _Rule([], _networks)),
    "proxy_protocol_from": ("edge.proxy_protocol_from", _Rule([], _networks)),
    "max_request_mib": ("edge.max_request_mib", _Rule(2048, _whole(1, 1_048_576))),
    "metrics": ("edge.metrics", _Rule("", _maybe_endpoint)),
    "drain_seconds": ("edge.drain_seconds", _Rule(30, _whole(0, 3600))),
    "drain_notice_seconds": ("edge.drain_notice_seconds", _Rule(5, _whole(0, 300))),
    "store_path": ("store.url", _Rule("sqlite:///var/brassplate.db", _store)),
    "master_key_file": ("store.master_key_file", _Rule("var/master.key", _file)),
    "issuer": ("issuer.kind", _Rule("acme", _one_of("acme", "local"))),
    "root_file": ("issuer.root_file", _Rule("var/root.pem", _file)),
    "root_days": ("issuer.root_days", _Rule(3650, _whole(1, 36500))),
    "root_permits": ("issuer.root_permits", _Rule([], _texts)),
    "leaf_hours": ("issuer.leaf_hours", _Rule(2160, _whole(1, 9528))),
    "directory": ("acme.directory", _Rule("https://acme-v02.api.letsencrypt.org/directory", _url)),
    "contact": ("acme.contact", _Rule("", _email)),
    "agree_terms": ("acme.agree_terms", _Rule(False, _flag)),
    "ca_file": ("acme.ca_file", _Rule("", _maybe_file)),
    "trust_file": ("acme.trust_file", _Rule("", _maybe_file)),
    "challenges": ("acme.challenges", _Rule(["http-01", "tls-alpn-01"], _challenges)),
    "limits": ("acme.limits", _Rule([], _limits)),
    "profile": ("acme.profile", _Rule("", _text)),
    "caa_identities": ("acme.caa_identities", _Rule([], _hostnames)),
    "resolvers": ("dns.resolvers", _Rule([], _resolvers)),
    "public_resolvers": ("dns.public_resolvers", _Rule(["1.1.1.1", "8.8.8.8"], _resolvers)),
    "root_hints": ("dns.root_hints", _Rule([], _root_hints)),
    "private_servers": ("dns.private_servers", _Rule(False, _flag)),
    "operator_name": ("operator.name", _Rule("", _text)),
    "support_email": ("operator.support_email", _Rule("", _email)),
    "require_second_factor": ("operator.require_second_factor", _Rule(False, _flag)),
    "smtp": ("mail.smtp", _Rule("", _relay)),
    "mail_from": ("mail.from", _Rule("", _email)),
    "mail_bounces": ("mail.bounces", _Rule("", _email)),
    "mail_spf": ("mail.spf", _Rule("", _text)),
    "mail_per_minute": ("mail.per_minute", _Rule(120, _whole(1, 100_000))),
    "mail_ca_file": ("mail.ca_file", _Rule("", _maybe_file)),
    "log_format": ("log.format", _Rule("auto", _one_of("auto", "json", "text"))),
    "log_level": ("log.level", _Rule("info", _one_of("debug", "info", "warning", "error"))),
    "log_access": ("log.access", _Rule(True, _flag)),
}
_UNBUILT = (("edge.workers", 1, "2 and more are not built yet; leave it at 1"),)
