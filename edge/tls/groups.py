"""Key exchange groups of a context: Python before 3.15 can name one, OpenSSL takes a list.

One group alone costs every browser a second round trip (they send a share for X25519), and OpenSSL's own list
holds X448 and P-521. So the list goes to the `SSL_CTX` itself, whose address is the first field of CPython's
`SSLContext`, through the very library that `_ssl` is linked to.
"""

import _ssl
import ctypes
import logging
import ssl
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

log = logging.getLogger(__name__)

# Mozilla's intermediate profile, with the hybrid group where OpenSSL knows it.
_NAMES = ("X25519MLKEM768",) if ssl.OPENSSL_VERSION_INFO >= (3, 5) else ()
GROUPS = ":".join((*_NAMES, "X25519", "P-256", "P-384"))


def restrict_groups(context: ssl.SSLContext) -> bool:
    """Offer `GROUPS` and no others; False where this interpreter gives no way to, and its default stays."""
    if (set_groups := getattr(context, "set_groups", None)) is not None:
        set_groups(GROUPS)
        return True
    control = _control()
    if control is None:
        log.warning("TLS groups left at the default of OpenSSL", extra={"version": ssl.OPENSSL_VERSION})
        return False
    address = ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value
    return bool(control(address, _SET_GROUPS_LIST, 0, GROUPS.encode()) == 1)


_SET_GROUPS_LIST = 92  # SSL_CTRL_SET_GROUPS_LIST


@lru_cache(maxsize=1)
def _control() -> Callable[..., Any] | None:
    if sys.implementation.name != "cpython":
        return None
    library = ctypes.CDLL(getattr(_ssl, "__file__", None))
    control = getattr(library, "SSL_CTX_ctrl", None)
    if control is None:
        return None
    control.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_char_p)
    control.restype = ctypes.c_long
    return control  # type: ignore[no-any-return]
