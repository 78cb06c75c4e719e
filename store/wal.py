"""WAL: the write-ahead log beside the store: how large it is, and whether it is time to copy it back.

Autocheckpoint is off in every connection of ours. Where Litestream replicates the store, the log is its to copy back:
it reads each page there before, and begins anew from a snapshot if it missed one.
"""

from pathlib import Path

CHECKPOINT_BYTES = 8 * 2**20
"""Past this much the writer checkpoints (PASSIVE) after a commit, still under the turnstile."""
ABANDONED_BYTES = 512 * 2**20
"""Past this much nobody replicates any more, whatever lies beside the store: a full disk would be worse."""


def wal_bytes(store: Path) -> int:
    """The size of the log."""
    try:
        return store.with_name(store.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def is_replicated(store: Path) -> bool:
    """Whether Litestream has its folder beside the store, as it does from its first run on."""
    return store.with_name(f".{store.name}-litestream").exists()


def is_ours(store: Path) -> bool:
    """Whether we copy the log back, and not Litestream."""
    return not is_replicated(store) or wal_bytes(store) > ABANDONED_BYTES


def is_due(store: Path) -> bool:
    """Whether we copy the log back now."""
    return wal_bytes(store) > CHECKPOINT_BYTES and is_ours(store)
