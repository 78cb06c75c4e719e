"""Proxy: the protocol factory of the names that lead to upstreams."""

import asyncio

from edge.proxy.pool import Pools
from edge.proxy.terms import Terms
from edge.proxy.visitor import Visitor


class Proxy:
    """Makes the protocol of each connection; owns what goes on towards the upstreams."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._pools = Pools(terms.timeouts.connect)

    def __call__(self) -> Visitor:
        return Visitor(self._terms, self._pools, asyncio.get_running_loop())

    @property
    def open(self) -> int:
        """How many connections to upstreams there are."""
        return len(self._pools)

    @property
    def resting(self) -> int:
        """How many of them wait for a request."""
        return self._pools.resting

    async def close(self) -> None:
        """Drop them all."""
        await self._pools.close()
