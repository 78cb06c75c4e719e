"""Starting: what ends a process before it serves."""


class CannotStart(Exception):
    """The process cannot serve; the text says why."""
