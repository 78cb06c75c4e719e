"""brassplate serve: run, as a supervisor with one process that serves."""

import argparse
import logging
import os
import signal
import sys

from edge import collector, logs, settings
from edge.cli import configuration, transaction
from edge.settings import Faults, Settings
from edge.supervisor import inheritance
from edge.supervisor.inheritance import Inherited


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("serve", help="answer for all hostnames until SIGTERM; SIGHUP reloads")
    parser.set_defaults(run=_serve)
    configuration.add_option(parser)


def _serve(arguments: argparse.Namespace) -> int:
    inherited = inheritance.taken(os.environ)
    found = configuration.load(arguments)
    logs.to_stderr(logging.getLevelNamesMapping()[found.log_level.upper()], found.log_format)
    return _work(found, inherited) if inherited else _supervise(arguments)


def _work(found: Settings, inherited: Inherited) -> int:
    """The process that serves."""
    collector.hold_off()
    from edge import main
    from edge.starting import CannotStart
    from edge.supervisor.workers import die_with
    from store.migrate import NewerStore
    from store.vault import MasterKeyUnusable

    die_with(inherited.parent)
    if inherited.beside:
        _refuse_breaks(found)
    for number in (signal.SIGHUP, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)  # the supervisor's, also where a terminal tells all of us
    del os.environ[inheritance.VARIABLE]  # what we start ourselves inherits nothing
    try:
        main.serve(found, lambda addresses: inherited.say_ready(f"ready {' '.join(addresses)}"), inherited)
    except (MasterKeyUnusable, NewerStore, CannotStart) as reason:
        raise transaction.refuse(str(reason)) from None
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _refuse_breaks(found: Settings) -> None:
    """Beside a process that serves, no migration is run that it would not survive."""
    from store import migrate

    if broken := migrate.breaks(found.store_path):
        reasons = "; ".join(f"schema {number}: {why}" for number, why in broken.items())
        raise transaction.refuse(
            f"this version cannot take over from the one that serves ({reasons}): stop it, then start this one"
        )


def _supervise(arguments: argparse.Namespace) -> int:
    """The process that keeps the sockets, and starts the others."""
    from edge.binding import bind
    from edge.doors import PURPOSES, wanted
    from edge.supervisor.doors import CannotOpen, Doors, activated
    from edge.supervisor.supervisor import Supervisor

    def read() -> dict[str, tuple[str, ...]] | str:
        found = settings.load(arguments.config, os.environ)
        if isinstance(found, Faults):
            return f"{arguments.config}: {'; '.join(str(fault) for fault in found.faults)}"
        return wanted(found)

    command = ["-m", "edge", "serve", "--config", str(arguments.config)]
    doors = Doors(bind, activated(os.environ, PURPOSES))
    try:
        return Supervisor(command, doors, read, lambda line: print(line, flush=True)).run()
    except CannotOpen as reason:
        raise transaction.refuse(str(reason)) from None
