"""The `brassplate` command: one file a verb in `edge.cli`, loaded when it is asked for."""

import argparse
import importlib
import sys

VERBS = {
    "init": "init",
    "serve": "serve",
    "demo": "demo",
    "organisation": "organisation",
    "staff": "staff",
    "user": "user",
    "domain": "domain",
    "certificate": "certificate",
    "key": "key",
    "dns-zone": "dns_zone",
    "token": "api_token",
    "mail": "mail",
    "import": "importing",
    "edits": "edits",
    "export": "exporting",
    "check": "check",
    "backup": "backup",
    "restore": "restore",
    "resume": "resume",
}


def main(argv: list[str] | None = None) -> int:
    """Run the verb that the arguments name; only its own modules are loaded."""
    arguments = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="brassplate", description="Customer portals on custom domains.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    asked = arguments[0] if arguments and arguments[0] in VERBS else None
    for verb in [asked] if asked else VERBS:
        importlib.import_module(f"edge.cli.{VERBS[verb]}").add_parser(verbs)
    parsed = parser.parse_args(arguments)
    return int(parsed.run(parsed))


if __name__ == "__main__":
    sys.exit(main())
