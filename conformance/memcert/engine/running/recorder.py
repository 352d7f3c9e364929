"""Doing the operations of a concurrent run in time, by a clock that orders their ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from time import perf_counter
from typing import Any

from memcert.engine.clients.handle import ERRORS
from memcert.engine.clients.loop_watch import at_most
from memcert.engine.judging.divergence import Diverged, divergence_on
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import HangError, Outcome
from memcert.engine.running import time_limits
from memcert.engine.running.execution import Execution


class Recorder:
    """Does operations, several at once perhaps.

    Args:
        result: where the time that any of them took is counted, once where they overlap, and
            whether one cannot be stopped.
        seconds: how long an operation may take, in seconds.
    """

    def __init__(self, result: Execution, seconds: float = time_limits.SOON_SECONDS) -> None:
        self._result = result
        self._seconds = seconds
        self._clock = 0
        # How many operations are running, and since when any is.
        self._running = 0
        self._busy_since = 0.0

    def tick(self) -> int:
        """Return the time, which nothing else has."""
        self._clock += 1
        return self._clock

    async def outcome(
        self, step_number: int, operation: Operation, doing: Awaitable[object]
    ) -> tuple[int, Outcome]:
        """Return when an operation began, and what it came to.

        Args:
            step_number: the number of its step.
            operation: what is done.
            doing: does it.

        Raises:
            Diverged: it did not end in time.
        """
        started = 0

        async def begun() -> object:
            nonlocal started
            started = self.tick()
            source = "; ".join(operation.source("memory"))
            with at_most(self._seconds, source, step_number):
                return await doing

        task = asyncio.ensure_future(begun())
        if self._running == 0:
            self._busy_since = perf_counter()
        self._running += 1
        try:
            await self._wait(task, self._seconds)
        finally:
            self._running -= 1
            if self._running == 0:
                self._result.backend_seconds += perf_counter() - self._busy_since
        if not task.done():
            await self._stop(task)
            expected = f"an end within {self._seconds:g} s"
            observed = str(Outcome(error=HangError(f"longer than {self._seconds:g} s")))
            raise Diverged(divergence_on(step_number, operation, expected, observed, hang=True))
        try:
            return started, Outcome(task.result())
        except ERRORS as error:
            return started, Outcome(error=error)

    async def _wait(self, task: asyncio.Future[Any], seconds: float) -> None:
        try:
            await asyncio.wait({task}, timeout=seconds)
        except asyncio.CancelledError:
            # Another branch diverged, or the user has had enough.
            await self._stop(task)
            raise

    async def _stop(self, task: asyncio.Future[Any]) -> None:
        task.cancel()
        await asyncio.wait({task}, timeout=time_limits.STOP_SECONDS)
        if not task.done():
            self._result.loop_lost = True
        elif not task.cancelled():
            task.exception()  # seen
