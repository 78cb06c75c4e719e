"""brassplate serve: run."""

import argparse
import logging
import sys

from edge import logs
from edge.cli import configuration, transaction


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("serve", help="answer for all hostnames until SIGTERM")
    parser.set_defaults(run=_serve)
    configuration.add_option(parser)


def _serve(arguments: argparse.Namespace) -> int:
    from edge import main
    from edge.house import CannotStart
    from store.migrate import NewerStore
    from store.vault import MasterKeyUnusable

    settings = configuration.load(arguments)
    logs.to_stderr(logging.getLevelNamesMapping()[settings.log_level.upper()], settings.log_format)
    try:
        main.serve(settings, lambda addresses: print(f"ready {' '.join(addresses)}", flush=True))
    except (MasterKeyUnusable, NewerStore, CannotStart) as reason:
        raise transaction.refuse(str(reason)) from None
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0
