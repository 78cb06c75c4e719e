"""One-time passwords of an authenticator app (RFC 6238: six digits, thirty seconds, SHA-1, as all apps do)."""

import hmac
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
DIGITS = 6
_AROUND = (0, -1, 1)
"""Steps that count: clocks differ, and people are slow."""


def new_secret() -> str:
    """A fresh secret of 160 bit, in base 32."""
    return pyotp.random_base32()


def uri(secret: str, email: str, issuer: str) -> str:
    """What an app reads from the QR code."""
    # A colon divides issuer and name in what apps read.
    return pyotp.TOTP(secret, name=email, issuer=issuer.replace(":", " ")).provisioning_uri()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, now or one step away; None: it is wrong."""
    if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (current + away for away in _AROUND):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def qr_code(text: str) -> str:
    """A QR code as inline SVG, dark on light in both themes, since not every camera reads the reverse."""
    return segno.make(text, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000000", light="#FFFFFF", omitsize=True, title="QR code", svgclass="qr"
    )


def grouped(secret: str) -> str:
    """A secret in groups of four, to be typed from one screen into another."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
