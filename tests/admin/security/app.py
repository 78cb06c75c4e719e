"""An authenticator app for the console's tests."""

from tests.fakes.admin_console import Browser, Console
from tests.portal.security.app_in_hand import AppInHand, set_up


async def factor_of(console: Console, browser: Browser) -> AppInHand:
    """A second factor of who is signed in; the clock moves to the app's next code."""

    async def post(path: str, fields: dict[str, str]) -> str:
        return (await browser.post(path, **fields)).text

    async def read(path: str) -> str:
        return (await browser.get(path)).text

    await browser.get("/security")
    app = await set_up(post, read, console.now)
    console.passes(seconds=30)
    return app
