"""Collector: Python's, told what a server is like: much that stays from the start on, little that goes in cycles."""

import gc

YOUNG = 20_000
"""So many more containers are made than freed before the youngest are looked at; a connection has some dozens."""


def hold_off() -> None:
    """While all is set up: what is made now stays, so looking through it again and again is a fifth of the start."""
    gc.disable()


def settle() -> None:
    """Once all is set up: what is there now is not looked at again, whose every look took tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
    gc.enable()
