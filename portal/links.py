"""Links: addresses with their filters; what is empty or the default is left out."""

from collections.abc import Mapping
from urllib.parse import urlencode


def link(path: str, **values: object) -> str:
    """`/invoices?show=due`; a value that is empty or None is left out."""
    return with_query(path, values)


def with_query(path: str, values: Mapping[str, object]) -> str:
    """A path with the values that are not empty."""
    given = {name: str(value) for name, value in values.items() if value not in ("", None)}
    return f"{path}?{urlencode(given)}" if given else path
