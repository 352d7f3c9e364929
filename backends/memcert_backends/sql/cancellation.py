"""How an operation that was cancelled comes to its end soon, whatever its server does.

It has a second in all (`SECONDS_AFTER_CANCELLATION`), in three steps:

1. It goes on for a while: with a healthy server it just ends, and its connection is as good as new.
2. The server is asked, on another connection, to stop the statement that it is doing for us. That
   fails then, is rolled back, and leaves no lock; the connection is as good as new.
3. The connection is given up: closed without a word, and lost to the pool, which opens another.
   What waits for it gets an error. So does whatever waits for anything later, as a matter of
   course: SQLAlchemy says goodbye to a connection that it drops, and waits for the answer.

No cancellation reaches SQLAlchemy while it has a connection: that, too, makes it drop the
connection, with all that the caller has pending on it, and a second one would cut short what it
does to return the connection's place to the pool.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import coroutine
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import await_only, greenlet_spawn

from memcert_backends.shielding import end_of
from memcert_backends.sql.drivers import Driver
from memcert_backends.time_limit import SECONDS_AFTER_CANCELLATION

T = TypeVar("T")

_SECONDS_ALONE = 0.2 * SECONDS_AFTER_CANCELLATION
"""How long it goes on before anything is done about it."""
_SECONDS_TO_STOP = 0.4 * SECONDS_AFTER_CANCELLATION
"""How long the server has to stop its statement."""
_SECONDS_TO_NOTICE = 0.1 * SECONDS_AFTER_CANCELLATION
"""How long the driver has to notice that its connection was closed."""
_SECONDS_BETWEEN_LOOKS = 0.02


class GivenUp(ConnectionError):
    """Nobody waits for this operation any more."""


class OperationProgress:
    """How far an operation is, and what it has to be ended by.

    Args:
        driver: what is special to the driver.
        mark: a text that every statement of the operation has near its beginning.
        may_drop: whether its connection may be closed: not that which a database in memory is.
    """

    def __init__(self, driver: Driver, mark: str, may_drop: bool) -> None:
        self.cancelled = False
        """Whether it was cancelled, so that it should not begin anything further."""
        self.dropped = False
        """Whether its connection was given up."""
        self._driver = driver
        self._mark = mark
        self._may_drop = may_drop
        self._opened: list[Any] = []
        self._held: Any = None
        self._doing: Connection | None = None
        self._request: asyncio.Task[None] | None = None
        # The operation may be done in another thread than that in which it is stopped.
        self._turn = threading.Lock()
        self._thread = threading.get_ident()
        self._loop = asyncio.get_running_loop()
        self._waits = True

    def begin(self, connection: Connection) -> None:
        """Note which connection it has got.

        Args:
            connection: the one.

        Raises:
            GivenUp: nobody wants it any more.
        """
        if self.cancelled:
            raise GivenUp("the operation was cancelled before it began")
        self._held = connection.connection.driver_connection

    def together(self, connection: Connection, work: Callable[[], T]) -> T:
        """Do all of the operation, in as few waits as the driver has a way to.

        Args:
            connection: where it is done.
            work: what is done.
        """
        return self._driver.together(connection, work, self._go_on)

    def _go_on(self) -> None:
        if self.dropped:
            raise GivenUp("the connection was given up")

    def release(self) -> None:
        """Note that the connection it had is somebody else's from now on."""
        if not self.dropped:
            self._held = None
            self._opened.clear()

    @contextmanager
    def statements(self, connection: Connection) -> Iterator[None]:
        """Let the server be asked to stop what is executed within, and nothing else.

        Args:
            connection: where it is executed.
        """
        self._doing = connection
        try:
            yield
        finally:
            with self._turn:
                self._doing = None
            if self._request is not None:
                # Else it might stop what the connection does next, for somebody else.
                self._wait_for(self._request)
                self._request = None
                if not self.dropped:
                    joined = connection.in_transaction()
                    self._driver.stopped(connection)
                    if not joined:
                        connection.rollback()

    def _wait_for(self, request: asyncio.Task[None]) -> None:
        if threading.get_ident() == self._thread:
            await_only(asyncio.wait([request]))
        else:
            waiting = asyncio.run_coroutine_threadsafe(asyncio.wait([request]), self._loop)
            waiting.result(SECONDS_AFTER_CANCELLATION)

    def connected(self, driver_connection: Any) -> None:
        """Note that a connection was opened.

        Args:
            driver_connection: the driver's own.
        """
        self._opened.append(driver_connection)

    def stop(self) -> None:
        """Ask the server to stop what it is doing, if there is anything, and a way to."""
        with self._turn:
            if self._doing is None or not self._may_drop:
                return
            if self._request is not None and not self._request.done():
                return
            ask = self._driver.stopping(self._doing, self._opened, self._mark)
            if ask is not None:
                self._request = asyncio.create_task(_asked(ask, self._driver))

    def drop(self) -> None:
        """Give up the connection."""
        self.dropped = True
        if self._request is not None:
            self._request.cancel()
        for driver_connection in (*self._opened, self._held):
            if driver_connection is not None:
                with suppress(Exception):  # some have been closed already
                    self._driver.drop(driver_connection)

    @property
    def must_end(self) -> bool:
        """Whether it may be given up, whatever that costs."""
        return self._may_drop or self._held is None

    def wait_no_more(self, error: asyncio.CancelledError, in_queue: bool) -> BaseException:
        """Return what is raised where it waits, when the task that it runs in is cancelled.

        Args:
            error: what it was cancelled by.
            in_queue: whether it waits for its turn to get a connection of the pool.
        """
        if not self.dropped:
            # By a time limit of the driver's own, which counts on it; or at the end of the loop.
            return error
        self._waits = False
        if in_queue or (self._held is None and self._driver.can_be_cancelled):
            return error
        return GivenUp("the connection was given up")

    @property
    def waits(self) -> bool:
        """Whether it still waits for whatever it likes."""
        return self._waits


async def to_its_end(doing: Coroutine[Any, Any, T], progress: OperationProgress) -> T:
    """Run an operation to its end; a cancellation takes effect after it.

    Args:
        doing: the operation.
        progress: how far it is.

    Raises:
        CancelledError: this was cancelled; the operation has ended, one way or the other.
    """
    task = asyncio.create_task(_steered(doing, progress))
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        progress.cancelled = True
        await end_of(asyncio.create_task(_end(task, progress)), None)
        raise
    return task.result()


async def _end(task: asyncio.Task[Any], progress: OperationProgress) -> None:
    """Bring an operation to its end."""
    if not await _ended(task, _SECONDS_ALONE):
        looks = round(_SECONDS_TO_STOP / _SECONDS_BETWEEN_LOOKS)
        while looks or not progress.must_end:
            progress.stop()
            if await _ended(task, _SECONDS_BETWEEN_LOOKS):
                break
            looks = max(looks - 1, 0)
    if not task.done():
        await _drop(task, progress)
    _see(task)


async def _drop(task: asyncio.Task[Any], progress: OperationProgress) -> None:
    """Give up the connection of an operation, which ends by that."""
    progress.drop()
    await _ended(task, _SECONDS_TO_NOTICE)
    while not task.done():
        task.cancel()
        await _ended(task, _SECONDS_BETWEEN_LOOKS)
    progress.drop()  # also what was being opened
    _see(task)


def _see(task: asyncio.Task[Any]) -> None:
    """Look at how a task ended: else asyncio complains of an error that nobody looked at."""
    if not task.cancelled():
        task.exception()


async def _ended(task: asyncio.Task[Any], seconds: float) -> bool:
    await asyncio.wait([task], timeout=seconds)
    return task.done()


async def _asked(ask: Callable[[], Any], driver: Driver) -> None:
    """Ask a server to stop something; that it could not be asked is not the operation's error."""
    progress = OperationProgress(driver, "", may_drop=True)
    asking = asyncio.create_task(_steered(ask(), progress))
    try:
        await asyncio.wait([asking])
    except asyncio.CancelledError:
        await end_of(asyncio.create_task(_drop(asking, progress)), None)
        raise
    _see(asking)


async def _steered(doing: Coroutine[Any, Any, T], progress: OperationProgress) -> T:
    _current.set(progress)
    return await _steps(doing, progress)


@coroutine
def _steps(doing: Coroutine[Any, Any, T], progress: OperationProgress) -> Generator[Any, Any, T]:
    """Run a coroutine, and decide what a cancellation is to what it is waiting for."""
    answer: Any = None
    error: BaseException | None = None
    while True:
        try:
            awaited = doing.send(answer) if error is None else doing.throw(error)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = error = None
        if not progress.waits:
            if awaited is not None:
                awaited.cancel()
            error = GivenUp("the connection was given up")
            continue
        try:
            answer = yield awaited
        except GeneratorExit:
            doing.close()
            raise
        except asyncio.CancelledError as cancelled:
            error = progress.wait_no_more(cancelled, _is_in_queue(doing))
        except BaseException as raised:
            error = raised


def _is_in_queue(waiting: Any) -> bool:
    """Tell whether it is the queue of SQLAlchemy's pool that a coroutine waits in.

    Until Python 3.12, only a cancellation ends that: else what it waits for goes on, and takes a
    connection from the pool for nobody.
    """
    around = None
    while waiting is not None:
        code = getattr(waiting, "cr_code", None)
        if code is asyncio.wait_for.__code__ and around is greenlet_spawn.__code__:
            return True
        around, waiting = code, getattr(waiting, "cr_await", None)
    return False


_current: ContextVar[OperationProgress | None] = ContextVar("memcert_operation", default=None)


def watch(engine: Engine) -> None:
    """Note which connections an engine opens for an operation, and keep those given up from it.

    Args:
        engine: the caller's; for whatever else it does, nothing changes.
    """
    if not event.contains(engine, "connect", _connected):
        # First: SQLAlchemy asks the server this and that on a new connection.
        event.listen(engine, "connect", _connected, insert=True)
        event.listen(engine, "checkin", _checked_in)


def _connected(dbapi_connection: Any, record: Any) -> None:
    progress = _current.get()
    if progress is not None:
        progress.connected(record.driver_connection)


def _checked_in(dbapi_connection: Any, record: Any) -> None:
    progress = _current.get()
    if progress is not None and progress.dropped and dbapi_connection is not None:
        # Given up in the moment in which it was done.
        record.invalidate()
