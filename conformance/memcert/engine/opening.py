"""Opening a client's memory for a program, in this process or in another."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from memcert.engine.handle import Handle, LocalHandle, opened
from memcert.engine.program import Client
from memcert.engine.worker import Workers
from memcert_backends.backend import Backend, Space


@dataclass
class Opened:
    """A memory that is open.

    Args:
        handle: the memory.
        stack: closes it.
    """

    handle: Handle
    stack: AsyncExitStack


async def open_client(
    client: Client, space: Space, backend: Backend, workers: Workers, saved: dict[int, Any]
) -> tuple[Opened, float]:
    """Open a client's memory; return it, and the time that the backend took, in seconds.

    Starting another process is the kit's time, not the backend's.

    Args:
        client: who it is for.
        space: where it lives.
        backend: whose factory is entered.
        workers: the other processes.
        saved: what the program's operations put aside.

    Raises:
        BadFactory: the factory does not do what a factory must.
        Exception: what the factory raises.
    """
    stack = AsyncExitStack()
    started, seconds = perf_counter(), 0.0
    try:
        handle: Handle
        if client.process:
            handle = await stack.enter_async_context(workers.opened(backend, space))
        else:
            memory = await stack.enter_async_context(opened(backend, space))
            handle = LocalHandle(memory, saved)
            seconds = perf_counter() - started
    except BaseException:
        await stack.aclose()
        raise
    return Opened(handle, stack), seconds
