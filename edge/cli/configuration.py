"""Configuration of a verb: where the file is, what it says, or what is wrong with it."""

import argparse
import os
import sys
from pathlib import Path

from edge import settings
from edge.settings import Faults, Settings

DEFAULT_FILE = "brassplate.toml"


def add_option(parser: argparse.ArgumentParser) -> None:
    """Give a verb its `--config FILE`."""
    default = os.environ.get("BRASSPLATE_CONFIG", DEFAULT_FILE)
    parser.add_argument(
        "--config", type=Path, default=Path(default), metavar="FILE", help=f"default: {default}"
    )


def load(arguments: argparse.Namespace) -> Settings:
    """The settings; all faults go to stderr and end the command with 2."""
    found = settings.load(arguments.config, os.environ)
    if isinstance(found, Faults):
        print(f"brassplate: {arguments.config}: {len(found.faults)} fault(s)", file=sys.stderr)
        for fault in found.faults:
            print(f"  {fault}", file=sys.stderr)
        raise SystemExit(2)
    return found
