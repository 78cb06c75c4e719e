"""brassplate demo: the main job on this machine alone: made-up companies, a CA, a DNS host, nothing else."""

import argparse
import logging
import sys
from pathlib import Path

from edge import logs


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("demo", help="try everything on this machine, with made-up companies")
    parser.add_argument(
        "--directory", type=Path, default=Path("var/demo"), metavar="DIR", help="default: var/demo"
    )
    parser.add_argument("--port", type=_port, default=8443, help="for https; the next free one if taken")
    parser.add_argument("--ca", choices=("local", "pebble"), default="local", help="who issues certificates")
    parser.add_argument(
        "--browser", action="store_true", help="open a Chromium that knows the demo's names and CA"
    )
    parser.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    from demo import main as demo
    from edge import main
    from edge.starting import CannotStart
    from store.migrate import NewerStore
    from store.vault import MasterKeyUnusable

    logs.to_stderr(style="text")
    logging.getLogger("edge.tls.closing_line").setLevel(logging.WARNING)  # a browser opens many connections
    try:
        demo.serve(
            demo.Plan(arguments.directory, arguments.port, arguments.ca, arguments.browser),
            run=main.run,
            loop_factory=main.loop_factory(),
        )
    except (demo.CannotDemonstrate, CannotStart, MasterKeyUnusable, NewerStore) as reason:
        print(f"brassplate demo: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
