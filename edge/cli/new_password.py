"""New password: read from standard input for a command, checked and hashed."""

import sys

from edge.cli import transaction


def hash_from_stdin() -> str:
    """The hash of the first line of standard input; the command ends where it is too weak."""
    from portal import passwords

    password = sys.stdin.readline().rstrip("\r\n")
    if refused := passwords.refusal(password):
        raise transaction.refuse(f"password: {refused}")
    hasher = passwords.Passwords()
    try:
        return hasher.hash_now(password)
    finally:
        hasher.close()
