"""The memories of a concurrent run: opened for its clients, and closed whatever becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from memcert.engine.clients.handle import ERRORS, SECONDS_TO_OPEN
from memcert.engine.clients.loop_watch import at_most
from memcert.engine.clients.opening import Opened, open_client
from memcert.engine.judging.divergence import Diverged, Divergence, divergence_on
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome
from memcert.engine.programs.program import Client
from memcert.engine.running import time_limits
from memcert.engine.running.execution import Execution
from memcert.engine.running.subject import Subject
from memcert_backends.backend import Space


class ClientMemories:
    """Opens and closes the memories of a program's clients.

    Args:
        subject: whose memories they are.
        clients: who they are for.
        spaces: where they live.
        result: where the time that this takes is counted.
        new_processes: whether what earlier programs left in a process would matter.
    """

    def __init__(
        self,
        subject: Subject,
        clients: Sequence[Client],
        spaces: Sequence[Space],
        result: Execution,
        *,
        new_processes: bool = False,
    ) -> None:
        self._subject = subject
        self._clients = clients
        self._spaces = spaces
        self._result = result
        self._new_processes = new_processes
        self.open_ones: list[Opened] = []
        # What a fault befell the server may still be at, and an opening wait for that.
        self._aftermath = 0.0
        # Openings and closings that are under way, and until when that is no hang.
        self._under_way: list[tuple[str, float]] = []

    def late(self) -> str | None:
        """Return what should have ended even if it had to be cancelled; None for nothing."""
        now = perf_counter()
        return next((named for named, until in self._under_way if now > until), None)

    def befallen(self, operation: Operation) -> None:
        """Note that a fault befalls an operation: openings may take as much longer from now on.

        Args:
            operation: the operation.
        """
        self._aftermath = max(self._aftermath, operation.seconds)

    async def open_all(self) -> None:
        """Open a memory for every client.

        Raises:
            Diverged: one cannot be opened.
        """
        for number in range(len(self._clients)):
            self.open_ones.append(await self._open(number, 0))

    async def reopen(self, number: int, step_number: int, *, killed: bool = False) -> None:
        """Close a client's memory and open it again.

        Args:
            number: the client.
            step_number: the number of the step.
            killed: whether its process was killed, so that its end is nothing to look at.

        Raises:
            Diverged: it cannot be closed, or opened.
        """
        if killed:
            await self.open_ones[number].stack.aclose()
        else:
            await self._close(self.open_ones[number], step_number)
        self.open_ones[number] = await self._open(number, step_number)

    async def close_all(self, step_number: int) -> Divergence | None:
        """Close every memory, and return the first thing that went wrong.

        Args:
            step_number: the number of the last step.
        """
        first: Divergence | None = None
        for opened in reversed(self.open_ones):
            try:
                await self._close(opened, step_number)
            except Diverged as found:
                first = first or found.divergence
        return first

    async def _open(self, number: int, step_number: int) -> Opened:
        client, subject = self._clients[number], self._subject
        named = "opening the memory"
        with self._noted(named, SECONDS_TO_OPEN + self._aftermath, step_number):
            try:
                opened, seconds = await open_client(
                    client,
                    self._spaces[client.space],
                    subject.backend,
                    subject.workers,
                    {},
                    new_process=self._new_processes,
                    longer=self._aftermath,
                )
            except ERRORS as error:
                observed = str(Outcome(error=error))
                raise Diverged(divergence_on(step_number, named, "a memory", observed)) from error
        self._result.backend_seconds += seconds
        return opened

    async def _close(self, opened: Opened, step_number: int) -> None:
        # In the task that opened it: a factory may hold what belongs to that task.
        began = perf_counter()
        named = "closing the memory"
        with self._noted(named, time_limits.CLOSE_SECONDS, step_number):
            try:
                async with asyncio.timeout(time_limits.CLOSE_SECONDS):
                    await opened.stack.aclose()
            except ERRORS as error:
                observed = str(Outcome(error=error))
                raise Diverged(divergence_on(step_number, named, "no error", observed)) from error
            finally:
                self._result.backend_seconds += perf_counter() - began

    @contextmanager
    def _noted(self, named: str, seconds: float, step_number: int) -> Iterator[None]:
        doing = (named, perf_counter() + seconds + time_limits.STOP_SECONDS)
        self._under_way.append(doing)
        try:
            with at_most(seconds, named, step_number):
                yield
        finally:
            self._under_way.remove(doing)
