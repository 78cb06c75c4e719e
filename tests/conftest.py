"""Fixtures for every room."""

from tests.peers.fixtures import pebble

__all__ = ["pebble"]
