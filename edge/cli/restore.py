"""brassplate restore: a backup in the place of the store; it is held until `brassplate resume`."""

import argparse
from pathlib import Path

from edge.cli import configuration, transaction


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("restore", help="put a backup in the place of the store, held until resume")
    parser.add_argument("backup", type=Path, help="a file that brassplate backup made")
    parser.add_argument(
        "--replace", action="store_true", help="where there is a store: keep it beside this one"
    )
    configuration.add_option(parser)
    parser.set_defaults(run=_restore)


def _restore(arguments: argparse.Namespace) -> int:
    from store.migrate import NewerStore
    from store.presence import InUse
    from store.restoring import NotRestored, restore
    from store.vault import MasterKeyUnusable, Vault

    settings = configuration.load(arguments)
    try:
        settings.store_path.parent.mkdir(parents=True, exist_ok=True)
        vault = Vault.from_file(settings.master_key_file)
        done = restore(
            arguments.backup, settings.store_path, vault, transaction.now(), replace=arguments.replace
        )
    except InUse:
        raise transaction.refuse(f"{settings.store_path} is in use: stop serve first") from None
    except (NotRestored, NewerStore, MasterKeyUnusable, OSError) as reason:
        raise transaction.refuse(f"nothing was changed: {reason}") from None
    print(f"restored {settings.store_path} from {arguments.backup} (schema {done.schema})")
    if done.former:
        print(f"the store that stood there is {done.former}")
    print(
        f"It is held: serve shows it, and no mail, no order and no job goes out. {done.waiting.mails} mails and"
        f" {done.waiting.renewals} renewals wait. Everybody signs in again.\n"
        "Look at it, then: brassplate resume"
    )
    return 0
