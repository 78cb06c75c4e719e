"""Hop by hop: the fields that end at this connection (RFC 9110 section 7.6.1)."""

from collections.abc import Iterator

from edge.http1.fields import Field

ALWAYS = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding"
    b" upgrade".split()
)
_NEVER_IN_TRAILERS = ALWAYS | frozenset(
    b"age authorization cache-control content-encoding content-length content-range content-type cookie date expect"
    b" expires forwarded host if-match if-modified-since if-none-match if-range if-unmodified-since location"
    b" max-forwards pragma range retry-after set-cookie vary via warning www-authenticate x-real-ip".split()
)
_WRITTEN = frozenset((b"host", b"content-length"))


def end_to_end(found: tuple[Field, ...], connection: frozenset[bytes]) -> Iterator[Field]:
    """What is for the other end; who names the Host or the length in Connection does not lose them."""
    gone = ALWAYS | (connection - _WRITTEN)
    return (field for field in found if field[0] not in gone)


def trailers(found: tuple[Field, ...]) -> tuple[Field, ...]:
    """Those that may come after a body: none that frames, routes or speaks of who asks (RFC 9110 section 6.5.1).

    Some servers take trailers for headers; a client must not say there what is dropped from its head.
    """
    return tuple(
        field
        for field in found
        if (name := field[0].replace(b"_", b"-")) not in _NEVER_IN_TRAILERS
        and not name.startswith((b"x-forwarded-", b"cf-"))
    )
