"""A memory that an execution has open, in this process or in another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from memcert.engine.clients.loop_watch import at_most
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import HangError, Outcome
from memcert_backends.backend import Backend, Space

SECONDS_TO_OPEN = 30.0
"""How long a backend may take to open or close a memory, in seconds."""


ERRORS = (Exception, asyncio.CancelledError, SystemExit)
"""What a backend may raise without ending the run; an interrupt is the user's."""


class BadFactory(Exception):
    """A backend's factory does not do what a factory must; one line that says what to do."""


class Handle(Protocol):
    """A memory that an execution has open."""

    async def run(self, operation: Operation) -> object:
        """Do an operation and return what the memory answered.

        Args:
            operation: what to do.
        """


class LocalHandle:
    """A memory in this process.

    Args:
        memory: the memory.
        saved: what the program's operations put aside, shared by all its handles.
    """

    def __init__(self, memory: Any, saved: dict[int, Any]) -> None:
        self.memory = memory
        self._saved = saved

    async def run(self, operation: Operation) -> object:
        return await operation.run(self.memory, self._saved)


@asynccontextmanager
async def opened(backend: Backend, space: Space, longer: float = 0.0) -> AsyncIterator[Any]:
    """Open a memory, and close it at the end.

    Args:
        backend: whose factory is entered.
        space: where the memory lives.
        longer: how much longer than usual opening may take, in seconds.

    Raises:
        BadFactory: the factory yields nothing, or more than once, or hangs.
    """
    name = backend.name
    generator = backend.open(space)
    seconds = SECONDS_TO_OPEN + longer
    try:
        with at_most(seconds, "opening the memory"):
            async with asyncio.timeout(seconds):
                memory = await anext(generator)
    except StopAsyncIteration:
        raise BadFactory(
            f"the factory of {name!r} yields nothing: it must yield one memory"
        ) from None
    except TimeoutError as error:
        raise BadFactory(
            f"the factory of {name!r} did not yield a memory within {seconds:g} s"
        ) from error
    try:
        yield memory
    except BaseException:
        # What went wrong inside is the caller's to see; the memory is closed all the same.
        with suppress(Exception):
            await _finish(generator, name)
        raise
    await _finish(generator, name)


async def _finish(generator: AsyncIterator[Any], name: str) -> None:
    try:
        with at_most(SECONDS_TO_OPEN, "closing the memory"):
            async with asyncio.timeout(SECONDS_TO_OPEN):
                await anext(generator)
    except StopAsyncIteration:
        return
    except TimeoutError as error:
        raise BadFactory(
            f"the factory of {name!r} did not end within {SECONDS_TO_OPEN:g} s after its yield"
        ) from error
    raise BadFactory(f"the factory of {name!r} yields twice: it must yield one memory")


async def outcome_of(handle: Handle, operation: Operation, seconds: float | None = None) -> Outcome:
    """Do an operation within its time limit and return what it came to.

    Args:
        handle: the memory.
        operation: what to do.
        seconds: its time limit; None for the operation's own.
    """
    outcome = Outcome()
    seconds = operation.seconds if seconds is None else seconds
    try:
        async with asyncio.timeout(seconds) as limit:
            outcome = Outcome(await handle.run(operation))
    except ERRORS as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        outcome = Outcome(error=error)
    if limit.expired():
        # Even if it answered or raised something once it was told to stop.
        return Outcome(error=HangError(f"longer than {seconds:g} s"))
    return outcome
