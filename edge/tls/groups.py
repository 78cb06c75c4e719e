"""Key exchange groups of a context: Python before 3.15 can name one, OpenSSL takes a list.

One group alone costs every browser a second round trip (they send a share for X25519), and OpenSSL's own list
holds X448 and P-521.
"""

import logging
import ssl

from edge.tls import native

log = logging.getLogger(__name__)

# Mozilla's intermediate profile, with the hybrid group where OpenSSL knows it.
_NAMES = ("X25519MLKEM768",) if ssl.OPENSSL_VERSION_INFO >= (3, 5) else ()
GROUPS = ":".join((*_NAMES, "X25519", "P-256", "P-384"))


def restrict_groups(context: ssl.SSLContext) -> bool:
    """Offer `GROUPS` and no others; False where this interpreter gives no way to, and its default stays."""
    if (set_groups := getattr(context, "set_groups", None)) is not None:
        set_groups(GROUPS)
        return True
    done = native.set_groups(context, GROUPS)
    if not done:
        log.warning("TLS groups left at the default of OpenSSL", extra={"version": ssl.OPENSSL_VERSION})
    return done
