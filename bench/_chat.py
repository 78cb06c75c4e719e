"""Chat: an upstream with a small page, a place for uploads and a WebSocket that says back what it hears.
python -m bench._chat PORT
"""

import sys

from aiohttp import WSMsgType, web


async def page(_: web.Request) -> web.Response:
    return web.Response(text="x" * 1_000, content_type="text/html")


async def upload(request: web.Request) -> web.Response:
    size = 0
    async for piece in request.content.iter_any():
        size += len(piece)
    return web.Response(text=str(size))


async def chat(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


def application() -> web.Application:
    """What is behind the edge."""
    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/upload", upload), web.get("/chat", chat)])
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
