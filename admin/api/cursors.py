"""Cursors: a place in a list as one opaque word. It belongs to the list, its order and its filters."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from admin.api.problems import FieldFault, ProblemRaised

Value = str | int
_MARK_LENGTH = 8


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    mark: str
    values: tuple[Value, ...]


def encode(list_name: str, chosen: Mapping[str, object], values: Sequence[Value]) -> str:
    """The cursor behind the row of these key values."""
    place = _Place(_mark(list_name, chosen), tuple(values))
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def decode(
    list_name: str, chosen: Mapping[str, object], cursor: str, types: Sequence[type]
) -> tuple[Value, ...] | None:
    """The key values that a list goes on behind; None for the beginning, 400 for what is no cursor of it."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=_Place)
    except (msgspec.DecodeError, UnicodeError, ValueError, binascii.Error, RecursionError):
        raise _refused("is not a cursor of this API") from None
    if place.mark != _mark(list_name, chosen) or [type(value) for value in place.values] != list(types):
        raise _refused("belongs to another list, order or filter; begin again without it")
    if any(isinstance(value, int) and abs(value) >= 2**63 for value in place.values):
        raise _refused("is not a cursor of this API")
    return place.values


def _mark(list_name: str, chosen: Mapping[str, object]) -> str:
    said = [list_name, *(f"{name}={chosen[name]}" for name in sorted(chosen) if chosen[name] is not None)]
    return sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_LENGTH]


def _refused(words: str) -> ProblemRaised:
    return ProblemRaised("bad-request", f"The parameter cursor: {words}.", (FieldFault("cursor", words),))
