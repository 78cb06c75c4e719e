"""brassplate check: look at everything that serve needs, and say what is wrong and what to do; nothing is changed."""

import argparse
import asyncio
import json

from edge.cli import configuration, transaction


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "check", help="find what is wrong; exit code 0: nothing, 1: warnings, 2: errors"
    )
    parser.add_argument("--json", action="store_true")
    configuration.add_option(parser)
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    from edge.checkup.checkup import findings
    from edge.checkup.finding import Severity

    settings = configuration.load(arguments)
    found = asyncio.run(findings(settings, transaction.now()))
    if arguments.json:
        fields = ("code", "where", "words", "action")
        rows = [
            {"severity": each.severity.value} | {name: getattr(each, name) for name in fields}
            for each in found
        ]
        print(json.dumps(rows, indent=2))
    else:
        for each in found:
            print(f"{each.severity.value}: {each.where}: {each.words}\n    {each.action}  [{each.code}]")
        print(f"{len(found)} findings" if found else "all in order")
    if any(each.severity is Severity.ERROR for each in found):
        return 2
    return 1 if found else 0
