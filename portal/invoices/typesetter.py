"""Typesetter: the program of the press: a paper in, a PDF out, again and again until its input ends.

Each is a length of four bytes and a pickle; both ends are ours, over a pipe that nobody else has.
"""

import io
import os
import pickle
import resource
import signal
import sys
from typing import BinaryIO

from portal.invoices import pdf

NICENESS = 10
"""Serving goes before."""
MEMORY_BYTES = 2**30
"""Address space; the largest invoices take a quarter of it."""


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer each paper with its PDF, or with the text of what went wrong."""
    while len(size := source.read(4)) == 4:
        paper = pickle.loads(source.read(int.from_bytes(size)))
        try:
            answer = pickle.dumps(pdf.make(paper))
        except Exception as error:  # the next paper may be a better one
            answer = pickle.dumps(f"{type(error).__name__}: {error}")
        sink.write(len(answer).to_bytes(4) + answer)
        sink.flush()


def main() -> None:
    """Serve the pipes of this process; its parent, not the terminal, says when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    serve(io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False)), sink)


if __name__ == "__main__":
    main()
