"""Opening a client's memory for a program, in this process or in another."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from memcert.engine.clients.handle import Handle, LocalHandle, opened
from memcert.engine.clients.workers import Workers
from memcert.engine.programs.program import Client, SpaceName
from memcert_backends.backend import Backend, Space
from memcert_backends.servers import Server


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
    client: Client,
    space: Space,
    backend: Backend,
    workers: Workers,
    saved: dict[int, Any],
    *,
    new_process: bool = False,
    longer: float = 0.0,
) -> tuple[Opened, float]:
    """Open a client's memory; return it, and the time that the backend took, in seconds.

    Starting another process is the kit's time, not the backend's.

    Args:
        client: who it is for.
        space: where it lives.
        backend: whose factory is entered.
        workers: the other processes.
        saved: what the program's operations put aside.
        new_process: whether another process must be one that no memory was ever open in.
        longer: how much longer than usual opening may take, in seconds.

    Raises:
        BadFactory: the factory does not do what a factory must.
        Exception: what the factory raises.
    """
    stack = AsyncExitStack()
    started, seconds = perf_counter(), 0.0
    try:
        handle: Handle
        if client.process:
            handle = await stack.enter_async_context(
                workers.opened(backend, space, client, new_process=new_process, longer=longer)
            )
        else:
            memory = await stack.enter_async_context(opened(backend, space, longer))
            handle = LocalHandle(memory, saved)
            seconds = perf_counter() - started
    except BaseException:
        await stack.aclose()
        raise
    return Opened(handle, stack), seconds


def space_of(
    name: SpaceName,
    token: str,
    server: Server | None,
    pool: Any = None,
    time_limit: float | None = None,
    expiry: int = 0,
) -> Space:
    """Return the space that a program's name stands for in one execution.

    Args:
        name: the program's name of it.
        token: what makes its ids new.
        server: the running store.
        pool: the connections that memories of this process share, if they do.
        time_limit: how long an operation may take, in seconds; None for the backend's own limit.
        expiry: after how many seconds without use it is to be gone; 0 for never.
    """
    session = name.session if name.shared_session else token + name.session
    user = name.user if name.shared_user else token + name.user
    return Space(user, session, server, pool, time_limit, expiry or None)
