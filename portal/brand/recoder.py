"""Recoder: the program that decodes one picture: file in, sizes and PNGs out, or a sentence; then it ends.

It has no environment of ours, little memory and time, and cannot write a file. What it says is read as plain
lengths and bytes, since what decodes a stranger's file is not to be believed.
"""

import io
import json
import os
import resource
import sys
from typing import BinaryIO

from portal.brand.limits import CPU_SECONDS, MEMORY_BYTES, Kind
from portal.brand.recoding import NotAPicture, recoded

NICENESS = 10
"""Serving goes before."""


def answer(file: bytes, kind: Kind, sink: BinaryIO) -> None:
    """Write a line of JSON, and behind it the PNGs that it names."""
    found = recoded(file, kind)
    if isinstance(found, NotAPicture):
        sink.write(json.dumps({"refused": found.reason}).encode() + b"\n")
        return
    heads = [[each.name, each.width, each.height, len(each.content)] for each in found]
    sink.write(json.dumps({"renditions": heads}).encode() + b"\n")
    for each in found:
        sink.write(each.content)


def main() -> None:
    """Answer for the file on standard input; the kind is the only argument."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as sink:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
        whole = io.BytesIO()
        answer(sys.stdin.buffer.read(), Kind(sys.argv[1]), whole)
        sink.write(whole.getbuffer())


if __name__ == "__main__":
    main()
