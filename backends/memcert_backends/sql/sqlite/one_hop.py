"""A whole operation in the thread of its connection, at once.

aiosqlite has a thread for each connection, and goes there and back for each call: that of a cursor,
of a statement, of its rows, of a commit. An operation is five to eleven of those, each of which
waits for the thread and for the event loop. Here all of an operation goes there together, with what
SQLAlchemy does for it, and what that asks of aiosqlite is done on the spot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy.util import await_only, greenlet_spawn

T = TypeVar("T")


def in_one_hop(driver: Any, work: Callable[[], T], go_on: Callable[[], None]) -> T:
    """Do some work in the thread of a connection, and return its result.

    Args:
        driver: the connection of aiosqlite, which is this caller's alone.
        work: uses the connection by SQLAlchemy, and waits for nothing else.
        go_on: called before each step of the work; raises where nobody wants it any more.
    """
    if not isinstance(driver._execute, _Execute):
        driver._execute = _Execute(driver)
    execute: _Execute = driver._execute
    context = copy_context()

    def run() -> T:
        with execute.on_the_spot(go_on):
            return context.run(_finished, greenlet_spawn(work))

    result: T = await_only(execute(run))
    return result


class _Execute:
    """aiosqlite's way into its thread, which is short for who is there already.

    Args:
        driver: the connection.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._queued = driver._execute
        self._thread: int | None = None

    @contextmanager
    def on_the_spot(self, go_on: Callable[[], None]) -> Iterator[None]:
        """Have what is asked in this thread be done at once, as long as the context lasts.

        Args:
            go_on: called before; it may raise.
        """
        self._go_on = go_on
        self._thread = threading.get_ident()
        try:
            yield
        finally:
            self._thread = None

    async def __call__(self, function: Callable[..., Any], *values: Any, **named: Any) -> Any:
        if self._thread == threading.get_ident():
            self._go_on()
            return function(*values, **named)
        if self._rolls_nothing_back(function):
            return None
        return await self._queued(function, *values, **named)

    def _rolls_nothing_back(self, function: Callable[..., Any]) -> bool:
        """Tell whether it is the pool's rollback, of a connection that has no transaction open."""
        connection = self._driver._connection
        return (
            self._thread is None
            and connection is not None
            and function == connection.rollback
            and not connection.in_transaction
        )


def _finished(doing: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that waits for nothing."""
    try:
        doing.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    doing.close()
    raise RuntimeError("an operation in a thread waits for an event loop, which is not there")
