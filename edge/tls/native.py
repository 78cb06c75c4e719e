"""Native: what OpenSSL can do with a context and Python's `ssl` cannot: a list of groups, a certificate from memory.

Through the very library that `_ssl` is linked to, on the `SSL_CTX` whose address is the first field of CPython's
`SSLContext`. Whoever asks has another way where this one is not to be had.
"""

import _ssl
import ctypes
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_void_p
from functools import lru_cache
from typing import Any

_SET_GROUPS_LIST, _ADD_CHAIN_CERTIFICATE = 92, 89
"""SSL_CTRL_SET_GROUPS_LIST; SSL_CTRL_CHAIN_CERT, with 1: count a reference of its own."""
_EVP_PKEY_EC = 408
_EC_KEY = bytes.fromhex("06072a8648ce3d0201")
"""id-ecPublicKey (RFC 5480 2.1.1), which names a PKCS#8 key's kind."""


def set_groups(context: ssl.SSLContext, groups: str) -> bool:
    """Offer these key exchange groups and no others; False: this interpreter gives no way to."""
    control = _function("SSL_CTX_ctrl", c_long, c_void_p, c_int, c_long, c_char_p)
    if control is None:
        return False
    return bool(control(_address(context), _SET_GROUPS_LIST, 0, groups.encode()) == 1)


def load(context: ssl.SSLContext, chain: Sequence[bytes], key: bytes) -> bool:
    """Load a chain and its EC key (PKCS#8), all DER; False: it was not, and may be tried otherwise.

    A quarter of a millisecond, where `load_cert_chain` takes more than half of one to find out what its files hold.
    """
    if _EC_KEY not in key[:40] or not _can_load():
        return False
    address = _address(context)
    with _certificates(chain) as certificates, _ec_key(key) as found:
        loaded = (
            bool(certificates and found and all(certificates))
            and _call("SSL_CTX_use_certificate", address, certificates[0]) == 1
            and _call("SSL_CTX_use_PrivateKey", address, found) == 1
            and all(
                _call("SSL_CTX_ctrl", address, _ADD_CHAIN_CERTIFICATE, 1, each) == 1
                for each in certificates[1:]
            )
        )
    if not loaded:
        _call("ERR_clear_error")
    return loaded


@contextmanager
def _certificates(chain: Sequence[bytes]) -> Iterator[list[int | None]]:
    found = [_call("d2i_X509", None, byref(c_char_p(der)), len(der)) for der in chain]
    try:
        yield found
    finally:
        for each in found:
            _call("X509_free", each)


@contextmanager
def _ec_key(der: bytes) -> Iterator[int | None]:
    found = _call("d2i_PrivateKey", _EVP_PKEY_EC, None, byref(c_char_p(der)), len(der))
    try:
        yield found
    finally:
        _call("EVP_PKEY_free", found)


_LOADING: dict[str, tuple[Any, ...]] = {
    "d2i_X509": (c_void_p, c_void_p, POINTER(c_char_p), c_long),
    "X509_free": (None, c_void_p),
    "d2i_PrivateKey": (c_void_p, c_int, c_void_p, POINTER(c_char_p), c_long),
    "EVP_PKEY_free": (None, c_void_p),
    "SSL_CTX_use_certificate": (c_int, c_void_p, c_void_p),
    "SSL_CTX_use_PrivateKey": (c_int, c_void_p, c_void_p),
    "SSL_CTX_ctrl": (c_long, c_void_p, c_int, c_long, c_void_p),
    "ERR_clear_error": (None,),
}
"""Functions of OpenSSL 1.1.1 and 3: what each gives, and takes."""


@lru_cache(maxsize=1)
def _can_load() -> bool:
    return all(_function(name, *types) is not None for name, types in _LOADING.items())


def _call(name: str, *arguments: object) -> Any:
    function = _function(name, *_LOADING[name])
    assert function
    return function(*arguments)


@lru_cache(maxsize=32)
def _function(name: str, gives: Any, *takes: Any) -> Callable[..., Any] | None:
    if sys.implementation.name != "cpython":
        return None
    found = getattr(ctypes.CDLL(getattr(_ssl, "__file__", None)), name, None)
    if found is not None:
        found.restype, found.argtypes = gives, takes
    return found


def _address(context: ssl.SSLContext) -> int | None:
    return c_void_p.from_address(id(context) + object.__basicsize__).value
