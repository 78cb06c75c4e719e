"""Front: what `edge.cname_target` itself shows: whose it is, what it is for, and whom to ask. Nothing of any client."""

from html import escape

from aiohttp import web

from edge.proxy.pages import POLICY, STYLE
from edge.routing.authority import hostname_of, named

_PAGE = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
<main>
<h1>{title}</h1>
<p>{words}</p>
{contact}</main>
</html>
"""
_WORDS = (
    "Companies let names of their own lead to this address, and their customers sign in under those names."
    " To open your company’s portal, use the address that the company gave you."
)
_NOT_HERE = "There is no such page. If you looked for your company’s portal, use the address that the company gave you."


def build(operator: str, support: str) -> web.Application:
    """The application of that one name; `operator` and `support` as the settings have them."""
    front, missing = _page(operator, support, _WORDS), _page(operator, support, _NOT_HERE)

    async def show(request: web.Request) -> web.Response:
        if named(request) != hostname_of(request):
            return web.Response(status=421, text="No such address here.\n")
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        found = request.path == "/"
        return web.Response(
            status=200 if found else 404, text=front if found else missing, content_type="text/html"
        )

    app = web.Application(client_max_size=0)
    app.router.add_route("*", "/{path:(?s:.*)}", show)
    app.on_response_prepare.append(_protect)
    return app


def _page(operator: str, support: str, words: str) -> str:
    title = f"An address of {operator}" if operator else "An address for companies’ own names"
    link = f'<a href="mailto:{escape(support)}">{escape(support)}</a>'
    contact = f"<p>Questions about this address: {link}</p>\n" if support else ""
    return _PAGE.format(title=escape(title), style=STYLE, words=words, contact=contact)


async def _protect(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
