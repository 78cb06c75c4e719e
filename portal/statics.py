"""Statics: the packages' static files, in memory, under URLs that name their content."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

IMMUTABLE = "public, max-age=31536000, immutable"
_HASH_LENGTH = 12
_SMALL = 512


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    name: str
    content: bytes
    compressed: bytes | None
    content_type: str
    fingerprint: str


class Statics:
    """The files of some packages' `static` folders; the first package that has a name wins."""

    def __init__(self, *packages: str):
        self._files: dict[str, StaticFile] = {}
        for package in reversed(packages):
            folder = files(package) / "static"
            if folder.is_dir():
                self._files |= {path.name: _load(path) for path in folder.iterdir() if path.is_file()}

    def url(self, name: str) -> str:
        """`/static/<hash>/<name>`; KeyError for a name that is not there."""
        return f"/static/{self._files[name].fingerprint}/{name}"

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /static/{fingerprint}/{name}."""
        file = self._files.get(request.match_info["name"])
        if file is None or request.match_info["fingerprint"] != file.fingerprint:
            raise web.HTTPNotFound
        headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
        body = file.content
        if file.compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = file.compressed
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers, content_type=file.content_type, charset="utf-8")


def _load(path: Traversable) -> StaticFile:
    content = path.read_bytes()
    compressed = gzip.compress(content, 9, mtime=0) if len(content) > _SMALL else None
    return StaticFile(
        name=path.name,
        content=content,
        compressed=compressed if compressed and len(compressed) < len(content) else None,
        content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        fingerprint=hashlib.sha256(content).hexdigest()[:_HASH_LENGTH],
    )
