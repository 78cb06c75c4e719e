"""Ending: that a process is to stop, and whether another one serves in its place."""

import asyncio


class Ending(asyncio.Event):
    """Set once; `replaced` where nobody needs to be told, since visitors are served on the same sockets."""

    replaced = False

    def hand_over(self) -> None:
        """A successor serves."""
        self.replaced = True
        self.set()
