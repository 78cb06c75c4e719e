"""App in hand: an authenticator app that a test holds: reads the set-up page, gives codes by the house's clock."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp

_SECRET = re.compile(r'data-copy="([A-Z2-7 ]{32,})"')
_CODE = re.compile(r"<li><code>([a-z0-9-]{14})</code></li>")


@dataclass
class AppInHand:
    """The secret that was read, and the recovery codes that were kept."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, now: datetime, *, ahead: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(now + timedelta(seconds=30 * ahead))


def secret_on(page: str) -> str:
    found = _SECRET.search(page)
    assert found, "no key on the page"
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    return _CODE.findall(page)


async def set_up(
    post: Callable[[str, dict[str, str]], Awaitable[str]],
    read: Callable[[str], Awaitable[str]],
    now: datetime,
) -> AppInHand:
    """Set a second factor up through the pages; `post` and `read` give their words."""
    await post("/security/factor", {})
    app = AppInHand(secret_on(await read("/security/factor")))
    app.recovery_codes = codes_on(await post("/security/factor/confirm", {"code": app.code(now)}))
    assert len(app.recovery_codes) == 10
    return app
