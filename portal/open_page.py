"""Open pages: forms for who is not signed in; the address of such a page, with its token, is told to nobody."""

from typing import Any

from aiohttp import web

from portal import csrf, pages


def show(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page whose form carries the visitor's own token; posts answer to `csrf.form_token`."""
    token = csrf.form_token(request) or csrf.new_token()
    response = pages.render(request, template, status=status, csrf=token, **context)
    csrf.put_form_token(response, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def check(request: web.Request) -> None:
    """403 unless a page of ours was posted."""
    await csrf.check_token(request, csrf.form_token(request))
