"""Pictures, as files of every kind that people upload."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def picture(
    size: tuple[int, int] = (400, 100),
    colour: Any = (200, 30, 40),
    mode: str = "RGB",
    form: str = "PNG",
    **details: Any,
) -> bytes:
    """One plain colour."""
    return saved(Image.new(mode, size, colour), form, **details)


def saved(image: Image.Image, form: str = "PNG", **details: Any) -> bytes:
    sink = io.BytesIO()
    image.save(sink, form, **details)
    return sink.getvalue()


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png), formats=["PNG"])
    image.load()
    return image


def announced(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def text_bomb(mebibytes: int) -> bytes:
    """A small PNG with a compressed text that fills so much memory."""
    bomb = b"Comment\0\0" + zlib.compress(bytes(mebibytes * 2**20), 9)
    plain = picture((32, 32))
    return plain[:33] + _chunk(b"zTXt", bomb) + plain[33:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
