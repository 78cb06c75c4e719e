"""What systemd is told, where it listens (sd_notify(3)): ready, reloading, stopping."""

import os
import socket
import time


def ready() -> None:
    """It serves, or serves again after a reload."""
    _tell("READY=1")


def reloading() -> None:
    """A successor is being started."""
    _tell(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def stopping() -> None:
    """It drains."""
    _tell("STOPPING=1")


def _tell(state: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError:
            return  # whoever asked to be told is gone
