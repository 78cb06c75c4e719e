"""Pages: what a visitor is told by us, where no upstream answers: plain words, in the look of the house."""

import base64
import hashlib
from email.utils import format_datetime
from html import escape

from store.instants import Clock

_TITLES = {
    400: ("Bad Request", "This request cannot be understood", "What your program sent is not valid HTTP."),
    404: ("Not Found", "There is no such page", "The address may be mistyped."),
    408: (
        "Request Timeout",
        "This took too long to arrive",
        "Your request did not arrive whole. Please try again.",
    ),
    413: ("Content Too Large", "This is too large", "What you sent is larger than is taken here."),
    417: ("Expectation Failed", "This cannot be done", "Your program expects what is not offered here."),
    421: ("Misdirected Request", "This connection is for another name", "Please open the page again."),
    431: (
        "Request Header Fields Too Large",
        "This request is too large",
        "Deleting this site's cookies may help.",
    ),
    501: ("Not Implemented", "This is not offered", "Requests of this kind are not taken here."),
    502: (
        "Bad Gateway",
        "The service cannot be reached",
        "The service behind this address cannot be reached just now. Please try again in a moment.",
    ),
    503: (
        "Service Unavailable",
        "There is no service here",
        "There is no service behind this address at present.",
    ),
    504: (
        "Gateway Timeout",
        "The service did not answer",
        "The service behind this address did not answer in time. Please try again in a moment.",
    ),
    505: ("HTTP Version Not Supported", "This cannot be understood", "Only HTTP/1.1 is spoken here."),
}
STYLE = (
    ":root{color-scheme:light dark;--page:#f5f6f7;--surface:#fff;--ink:#171a1e;--muted:#59616a;--line:#e0e3e7}"
    "@media(prefers-color-scheme:dark){"
    ":root{--page:#101316;--surface:#191d21;--ink:#e8ebee;--muted:#a0a8b1;--line:#2b3138}}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--page);color:var(--ink);"
    'font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}'
    "main{box-sizing:border-box;width:calc(100% - 2rem);max-width:34rem;margin:1rem;padding:2rem;"
    "background:var(--surface);border:1px solid var(--line);border-radius:8px}"
    "h1{margin:0 0 .75rem;font-size:1.75rem;line-height:1.2;letter-spacing:-.015em;text-wrap:balance}"
    "p{margin:0}p+p{margin-top:1rem;color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'"
_PAGE = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<main>
<h1>{title}</h1>
<p>{words}</p>
{reference}</main>
</html>
"""
_REFERENCE = (
    "<p>If it stays like this, tell the company whose address this is; the reference is {reference}.</p>\n"
)


def page(
    status: int, clock: Clock, *, html: bool, bodyless: bool, closing: bool, reference: str = ""
) -> bytes:
    """A whole response; `bodyless` for HEAD."""
    phrase, title, words = _TITLES[status]
    if html:
        told = _REFERENCE.format(reference=escape(reference)) if reference else ""
        text = _PAGE.format(title=title, style=STYLE, words=words, reference=told)
    else:
        text = words + (f" Reference: {reference}." if reference else "") + "\n"
    return response(
        f"{status} {phrase}",
        text,
        clock,
        html=html,
        bodyless=bodyless,
        closing=closing,
        retry=status in (502, 503, 504),
    )


def response(
    status: str, text: str, clock: Clock, *, html: bool, bodyless: bool, closing: bool, retry: bool = False
) -> bytes:
    """Head and body of a text of ours."""
    body = text.encode()
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: text/{'html' if html else 'plain'}; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"Date: {format_datetime(clock(), usegmt=True)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ]
    lines += [f"Content-Security-Policy: {POLICY}"] if html else []
    lines += ["Retry-After: 10"] if retry else []
    lines += ["Connection: close"] if closing else []
    return "\r\n".join((*lines, "", "")).encode() + (b"" if bodyless else body)
