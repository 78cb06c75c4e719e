"""The page of the branding, and uploads as a browser sends them."""

import io
import re

from aiohttp import FormData

from tests.admin.settings.page import fields
from tests.fakes.admin_console import Answer, Browser

PAGE = "/organisations/acme/branding"


async def form(admin: Browser, *off: str, **changes: str) -> dict[str, str]:
    """The draft's form as it stands, with changes; without the boxes that are unticked."""
    given = fields((await admin.get(PAGE)).text, PAGE) | changes
    return {name: value for name, value in given.items() if name not in off}


async def draft(admin: Browser, *off: str, **changes: str) -> Answer:
    return await admin.post(PAGE, **await form(admin, *off, **changes))


async def publish(admin: Browser) -> Answer:
    return await admin.post(f"{PAGE}/publish", **fields((await admin.get(PAGE)).text, f"{PAGE}/publish"))


async def upload(
    admin: Browser, kind: str, file: bytes, *, name: str = "logo.png", token: str | None = None
) -> Answer:
    """Send a file by the form of a picture."""
    data = FormData()
    data.add_field("csrf", admin.token if token is None else token)
    data.add_field("file", io.BytesIO(file), filename=name, content_type="image/png")
    return await admin.send(
        "POST",
        f"{PAGE}/pictures/{kind}",
        data,  # type: ignore[arg-type]
        {"Sec-Fetch-Site": "same-origin"},
    )


def pictures(source: str) -> list[str]:
    """The hashes of the pictures that a page shows."""
    return re.findall(r"/images/([0-9a-f]{64})/", source)
