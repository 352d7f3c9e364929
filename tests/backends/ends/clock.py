"""A clock that a loaded machine does not run away with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TICK = 0.02


class Clock:
    """Seconds in which the loop could run: while it, or the machine, stands still, so does this.

    It counts ticks of a timer of the loop's, a late one as two at most.
    """

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        """Wait until it has gone on by some seconds."""
        await self.wait(set(), self.now + seconds, anyway=True)

    async def wait(
        self, tasks: set[asyncio.Task[object]], end: float, *, anyway: bool = False
    ) -> None:
        """Wait for tasks, until some time on it at most, or anyway."""
        # What it waits for is this clock's time.
        while self.now < end and (anyway or not all(task.done() for task in tasks)):  # noqa: ASYNC110
            await asyncio.sleep(TICK)

    async def tick(self) -> None:
        """Run for good."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(TICK)
            self.now += min(loop.time() - before, 2 * TICK)


@asynccontextmanager
async def running_clock() -> AsyncIterator[Clock]:
    """Start a clock at 0."""
    clock = Clock()
    ticking = asyncio.create_task(clock.tick())
    try:
        yield clock
    finally:
        ticking.cancel()
