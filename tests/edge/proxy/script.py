"""Upstreams told line by line what to do, each connection of a list of parts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Part = Callable[["Line"], Awaitable[None]]


@dataclass
class Line:
    """One connection that an upstream has."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self) -> str:
        """The next head that comes, without its end."""
        found = await self.reader.readuntil(b"\r\n\r\n")
        return found.decode("latin-1").removesuffix("\r\n\r\n")

    async def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def answer(self, body: bytes = b"ok", *lines: str) -> None:
        head = "\r\n".join(("HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *lines, "", ""))
        await self.say(head.encode() + body)

    def reset(self) -> None:
        self.writer.transport.abort()


@dataclass
class Script:
    """An upstream that gives each new connection to the next part; the last one serves all that follow."""

    parts: list[Part]
    lines: list[Line] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer)
        self.lines.append(line)
        await self.parts[min(len(self.lines), len(self.parts)) - 1](line)


def script(*parts: Part) -> Script:
    return Script(list(parts))


async def echo(line: Line) -> None:
    """Answers each request with its target, for ever."""
    while True:
        head = await line.head()
        await line.answer(head.split(" ")[1].encode())
