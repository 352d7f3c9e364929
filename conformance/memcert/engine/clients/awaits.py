"""The awaits of an operation: counted, and made to wait for their turn.

A task is watched if it was started within `watched`, and so is every task that it starts: a driver
that works in tasks of its own is seen through. Each time such a task gets going again it asks its
watch first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class AwaitWatch(Protocol):
    """Who is told of the awaits of a task."""

    def waits(self) -> None:
        """Be told that the task waits for something."""

    async def turn(self) -> None:
        """Return when the task may go on."""


_watch: ContextVar[AwaitWatch | None] = ContextVar("memcert_watch", default=None)


@contextmanager
def watched(watch: AwaitWatch) -> Iterator[None]:
    """Watch the tasks that are started meanwhile, and those that they start.

    Args:
        watch: who is told.
    """
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def watched_task(
    loop: asyncio.AbstractEventLoop,
    coroutine: Coroutine[Any, Any, Result] | Generator[Any, None, Result],
    **options: Any,
) -> asyncio.Future[Result]:
    """Make a task, which is watched if it is started by one that is: a loop's task factory.

    Args:
        loop: the loop.
        coroutine: what the task runs.
        **options: what else a task takes.
    """
    watch = _watch.get()
    if watch is not None:
        task = asyncio.Task(_awaited(coroutine, watch), loop=loop, **options)
        # One that is cancelled before it starts does not warn that it was never awaited.
        task.add_done_callback(lambda _: coroutine.close())
        return task
    return asyncio.Task(coroutine, loop=loop, **options)


async def _awaited(coroutine: Any, watch: AwaitWatch) -> Any:
    return await _Watched(coroutine, watch)


class _Watched:
    def __init__(self, coroutine: Any, watch: AwaitWatch) -> None:
        self._coroutine = coroutine
        self._watch = watch

    def __await__(self) -> Generator[Any, Any, Any]:
        go_on: Callable[..., Any] = self._coroutine.send
        argument: Any = None
        while True:
            try:
                awaited = go_on(argument)
            except StopIteration as stop:
                return stop.value
            self._watch.waits()
            try:
                # The task waits for this as if the coroutine had given it to it.
                yield awaited
                yield from self._watch.turn().__await__()
            except GeneratorExit:
                # As `yield from` does: what is closed already must not be thrown into.
                self._coroutine.close()
                raise
            except BaseException as error:
                go_on, argument = self._coroutine.throw, error
            else:
                go_on, argument = self._coroutine.send, None


class Alarm:
    """A watch that does something at the n-th await, within the watch that is there already.

    Args:
        at: at which await, from 0.
        ring: what to do then; it is called by the loop, while the task waits.
    """

    def __init__(self, at: int, ring: Callable[[], object]) -> None:
        self._left = at
        self._ring = ring
        self._outer = _watch.get()
        self.rang = False

    def waits(self) -> None:
        if self._left == 0:
            self.rang = True
            asyncio.get_running_loop().call_soon(self._ring)
        self._left -= 1
        if self._outer is not None:
            self._outer.waits()

    async def turn(self) -> None:
        if self._outer is not None:
            await self._outer.turn()
