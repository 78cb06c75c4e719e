"""An application on aiohttp's server with one page of 1,000 bytes, as our portals are served: behind our own pump in
one process, or plain, for other servers to stand before. python -m bench._page tls|plain PORT FOLDER
"""

import asyncio
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from bench._peers import NAME
from edge import collector
from edge.http_server import Runner
from edge.listener import Listener
from edge.tls.contexts import server_context
from edge.tls.terms import Accept


async def page(_: web.Request) -> web.Response:
    return web.Response(text="x" * 1_000, content_type="text/html")


async def serve(kind: str, port: int, folder: Path) -> None:
    """Until it is ended."""
    app = web.Application()
    app.router.add_get("/", page)
    runner = Runner(app, is_stopping=lambda: False, shutdown_seconds=1)
    await runner.setup()
    if kind == "plain":
        await web.TCPSite(runner, "127.0.0.1", port).start()
    else:
        assert runner.server is not None
        context = server_context((folder / "chain.pem").read_bytes(), (folder / "key.pem").read_bytes())
        accept = Accept(context, runner.server, NAME)
        await Listener(lambda hello, peer: accept).start([f"127.0.0.1:{port}"])
    collector.settle()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
