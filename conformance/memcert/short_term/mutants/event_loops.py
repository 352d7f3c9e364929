"""Mutants of the rules on event loops."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.networked import Networked
from memcert_backends.backend import Space


@mutant("lock-of-the-first-loop", "LIFE-04")
class LockOfTheFirstLoop(Kept):
    """All memories share a lock, which belongs to the first event loop that waited for it."""

    _lock: ClassVar[asyncio.Lock] = asyncio.Lock()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        async with self._lock:
            await others()
            await super().add(memories, marks)


@mutant("driver-blocks", "CON-11")
class DriverBlocks(Networked):
    """The driver is a blocking one, which keeps the event loop until it has its answer."""

    def __init__(self, space: Space, pool: Any) -> None:
        from redis import Redis

        super().__init__(space, pool)
        assert space.server is not None
        # Its own methods have no types.
        self._blocking: Any = Redis.from_url(space.server.url)

    async def _command(self, *parts: str | int) -> Any:
        return self._blocking.execute_command(*parts)

    async def _store_close(self) -> None:
        self._blocking.close()
        await super()._store_close()
