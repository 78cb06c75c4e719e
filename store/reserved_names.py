"""Reserved names: endings that belong to nobody, so that no public CA certifies what stands below them; pure."""

SPECIAL = ("test", "localhost", "example", "invalid", "local", "internal", "onion", "alt", "home.arpa")
"""RFC 6761, 6762, 7686, 8375, 9476; `internal` by ICANN's resolution of 2024-07-29."""
DOCUMENTATION = ("example.com", "example.net", "example.org")


def reserved_ending(name: str) -> str | None:
    """The reserved ending that a name has, where it has one."""
    return next((each for each in (*SPECIAL, *DOCUMENTATION) if is_under(name, each)), None)


def is_special(name: str) -> bool:
    """Whether the public DNS knows nothing of a name by design, so that asking it would prove nothing."""
    return any(is_under(name, each) for each in SPECIAL)


def is_under(name: str, parent: str) -> bool:
    """Whether a name is `parent` or stands below it."""
    return name == parent or name.endswith(f".{parent}")
