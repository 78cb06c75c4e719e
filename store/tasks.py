"""OwnedTasks: jobs that outlive who asked for them; one owner, named, their failures logged."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from store.unwritable import Unwritable

log = logging.getLogger(__name__)
T = TypeVar("T")


class OwnedTasks:
    """A set of named tasks; `close` cancels what still runs and waits for it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Run `work` as a task of this owner that nobody awaits; a failure is logged."""
        _ = self._own(work, name)

    def begin(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """As `start`, for whoever awaits the result; it goes on when they stop waiting (shield it)."""
        return self._own(work, name)

    async def close(self) -> None:
        """Cancel what runs and wait until all of it has ended."""
        while self._tasks:  # one that ends may start another
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _own(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or isinstance(task.exception(), Unwritable):
            return
        if error := task.exception():
            log.error("task failed", extra={"task": task.get_name()}, exc_info=error)
