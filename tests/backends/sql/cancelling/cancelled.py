"""What tests of cancelled operations have in common: memories to cancel, and how long that took."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

LIMIT = 3.0
"""How long after its cancellation an operation may take, in seconds: twice what is promised."""

_TICK = 0.05


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id)


async def ids(memory: AsyncSQLAlchemyMemory) -> list[str]:
    return [one.id for one in await memory.get_memory(prepend_summary=False)]


def pooled(url: str, size: int = 1, **options: Any) -> AsyncEngine:
    return create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0, **options
    )


async def cancelled(task: asyncio.Task[Any]) -> float:
    """Cancel a task, and return how long it took to end, as `timed` counts it."""
    with timed() as seconds:
        task.cancel()
        await asyncio.wait([task])
    return seconds()


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    """Count the seconds that the event loop has had: on a machine that does much else, fewer pass.

    One that is blocked has had none: a tenth of what passed counts at least.
    """
    loop, started, ticks = asyncio.get_running_loop(), monotonic(), 0

    def tick() -> None:
        nonlocal ticks, handle
        ticks += 1
        handle = loop.call_later(_TICK, tick)

    handle = loop.call_later(_TICK, tick)
    try:
        yield lambda: max(ticks * _TICK, (monotonic() - started) / 10)
    finally:
        handle.cancel()
