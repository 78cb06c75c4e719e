"""Who may import whom: the tables are the rule, the tests walk every import, also those inside functions."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("edge", "portal", "admin", "store", "demo")
OURS = (*PACKAGES, "tests", "bench", "simulation")
EVERYTHING = PACKAGES

# A room and what it may import besides itself. A module belongs to the longest name that fits; one that fits
# none breaks the build: a new room is a decision. `edge` itself holds rooms and no code.
ALLOWED: dict[str, tuple[str, ...]] = {
    "edge.__main__": ("edge.cli", "edge.main"),
    "edge.main": EVERYTHING,
    "edge.house": EVERYTHING,
    "edge.rooms": EVERYTHING,
    "edge.observatory": EVERYTHING,
    "edge.front": ("edge.proxy.pages", "edge.routing"),
    "edge.operations": EVERYTHING,
    "edge.watching": EVERYTHING,
    "edge.cli": EVERYTHING,
    "edge.settings": ("edge.relay",),
    "edge.relay": (),
    "edge.logs": (),
    "edge.collector": (),
    "edge.trust": ("edge.settings",),
    "edge.own_names": ("edge.settings", "store"),
    "edge.following": ("edge.house", "edge.examiner", "edge.dns", "edge.jobs", "store"),
    "edge.examiner": ("edge.settings", "edge.dns", "edge.routing", "store"),
    "edge.mail_provider": ("edge.settings", "edge.own_names", "portal"),
    "edge.supervisor": (),
    "edge.checkup": ("edge.settings", "edge.binding", "edge.dns", "edge.jobs.post", "store"),
    "edge.binding": (),
    "edge.starting": (),
    "edge.ending": (),
    "edge.open_files": (),
    "edge.doors": ("edge.binding", "edge.starting", "edge.settings", "edge.supervisor"),
    "edge.http_server": ("edge.http1", "edge.introduction", "edge.street"),
    "edge.street": ("edge.tls.allowance", "edge.tls.places"),
    "edge.introduction": ("edge.sni",),
    "edge.networks": ("edge.settings",),
    "edge.upstream_room": (
        "edge.settings",
        "edge.networks",
        "edge.dns.proxies",
        "edge.routing",
        "edge.proxy",
        "store",
    ),
    "edge.listener": (
        "edge.binding",
        "edge.introduction",
        "edge.sni",
        "edge.tls",
        "edge.routing",
        "edge.proxy",
        "store",
    ),
    "edge.plain_http": ("edge.routing", "store"),
    "edge.access": ("edge.proxy.terms", "edge.tls.tally", "store.hostname"),
    "edge.metrics": ("edge.tls", "store"),
    "edge.tls": ("edge.sni", "store"),
    "edge.sni": ("store.hostname",),
    "edge.proxy": ("edge.http1", "store.hostname", "store.destination", "store.instants", "store.tasks"),
    "edge.http1": (),
    "edge.dns": ("store",),
    "edge.routing": ("store",),
    "edge.jobs": ("store", "portal.mail", "portal.invoices", "portal.invitation", "edge.relay"),
    "portal": ("store",),
    "admin": ("store", "portal"),
    "store": (),
    "demo": EVERYTHING,
}
# Rooms that are reached from these alone.
IMPORTERS: dict[str, tuple[str, ...]] = {
    "edge.main": ("edge.__main__", "edge.cli"),
    "edge.house": (
        "edge.main",
        "edge.following",
        "edge.rooms",
        "edge.observatory",
        "edge.operations",
        "edge.watching",
        "edge.cli",
    ),
    "edge.rooms": ("edge.main",),
    "edge.cli": ("edge.__main__",),
    "demo": ("edge.cli",),
}
# Rooms whose third-party imports are counted.
THIRD_PARTY: dict[str, set[str]] = {
    "store": {"aiosqlite", "idna", "publicsuffixlist", "cryptography"},
    "edge.settings": set(),
    "edge.supervisor": set(),
}
# Rules without I/O: facts in, a value out.
PURE = (
    "edge.settings",
    "edge.relay",
    "edge.sni",
    "edge.http1",
    "edge.tls.gate",
    "edge.dns.diagnosis",
    "edge.dns.case",
    "edge.dns.rules",
    "edge.dns.sights",
    "edge.dns.witnesses",
    "edge.jobs.watch_steps",
    "edge.dns.proxies",
    "edge.routing.table",
)
IO = {
    "aiohttp",
    "aiosqlite",
    "asyncio",
    "http",
    "select",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "threading",
    "urllib.request",
}
VAGUE = {"base", "common", "helper", "helpers", "manager", "managers", "util", "utils"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def room_of(module: str) -> str | None:
    return max((room for room in ALLOWED if within(module, room)), key=len, default=None)


def imports_of(path: Path) -> Iterator[str]:
    """Full names of what a file imports: `from store import hostname` is store.hostname."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield full if full in MODULES else origin


EDGES = sorted({(module, name) for module, path in MODULES.items() for name in imports_of(path)})


def may_import(module: str, name: str) -> bool:
    room = room_of(module)
    return room is not None and any(within(name, allowed) for allowed in (room, *ALLOWED[room]))


def test_every_module_belongs_to_a_room() -> None:
    assert [module for module in MODULES if room_of(module) is None] == ["edge"]


def test_rooms_import_only_what_the_table_allows() -> None:
    ours = ((module, name) for module, name in EDGES if name.partition(".")[0] in OURS)
    assert [f"{module} -> {name}" for module, name in ours if not may_import(module, name)] == []


def test_closed_rooms_are_imported_only_by_the_few() -> None:
    strangers = [
        f"{module} -> {name}"
        for module, name in EDGES
        for room, importers in IMPORTERS.items()
        if within(name, room) and not any(within(module, importer) for importer in (room, *importers))
    ]
    assert strangers == []


def test_counted_rooms_import_no_other_third_party() -> None:
    strangers = [
        f"{module} -> {name}"
        for module, name in EDGES
        for room, parties in THIRD_PARTY.items()
        if within(module, room)
        and name.partition(".")[0] not in {*sys.stdlib_module_names, *PACKAGES, *parties}
    ]
    assert strangers == []


def test_pure_modules_import_no_io() -> None:
    pure = ((module, name) for module, name in EDGES if any(within(module, room) for room in PURE))
    assert [f"{module} -> {name}" for module, name in pure if any(within(name, io) for io in IO)] == []


def test_imports_are_never_relative() -> None:
    assert [f"{module} -> {name}" for module, name in EDGES if name.startswith(".")] == []


def test_names_say_what_a_module_is() -> None:
    assert [module for module in MODULES if VAGUE & set(module.split("."))] == []
