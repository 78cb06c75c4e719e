"""Darkroom: has an uploaded picture made anew by a process of its own, one at a time, with limits."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

import msgspec
from aiohttp import web

from portal.brand.limits import SECONDS, Kind
from portal.brand.recoding import NotAPicture
from store.images import Rendition

log = logging.getLogger(__name__)

PNG = b"\x89PNG\r\n\x1a\n"
_PROGRAM = (sys.executable, "-P", "-m", "portal.brand.recoder")
TOO_HARD = NotAPicture("This picture takes more time or memory to read than we give one. Export it smaller.")


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    """The first line of what the process says."""

    refused: str = ""
    renditions: list[tuple[str, int, int, int]] = []


class Darkroom:
    """Whoever comes while a picture is made waits for their turn."""

    def __init__(self, seconds: float = SECONDS, program: tuple[str, ...] = _PROGRAM) -> None:
        self._seconds = seconds
        self._program = program
        self._turn = asyncio.Lock()

    async def developed(self, file: bytes, kind: Kind) -> tuple[Rendition, ...] | NotAPicture:
        """The renditions of an uploaded file, or why there are none."""
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                *self._program, kind, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
            )
            try:
                async with asyncio.timeout(self._seconds):
                    said, _ = await process.communicate(file)
            except TimeoutError:
                log.warning("picture not made in time", extra={"bytes": len(file)})
                return TOO_HARD
            finally:
                await _end(process)
        if process.returncode:
            log.warning("picture not made", extra={"bytes": len(file), "code": process.returncode})
            return TOO_HARD
        return _read(said)


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())


def _read(said: bytes) -> tuple[Rendition, ...] | NotAPicture:
    head, _, rest = said.partition(b"\n")
    try:
        answer = msgspec.json.decode(head, type=_Answer)
    except msgspec.DecodeError:
        log.warning("picture not made", extra={"said": len(said)})
        return TOO_HARD
    if answer.refused:
        return NotAPicture(answer.refused)
    made, start = [], 0
    for name, width, height, size in answer.renditions:
        made.append(Rendition(name, width, height, rest[start : start + size]))
        start += size
    return tuple(made) if all(each.content.startswith(PNG) for each in made) else TOO_HARD


def _environment() -> dict[str, str]:
    """Nothing of ours, which may hold secrets, but where our packages are."""
    return {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": os.defpath}


DARKROOM = web.AppKey("darkroom", Darkroom)
