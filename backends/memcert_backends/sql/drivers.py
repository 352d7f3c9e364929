"""What SQLAlchemy has no words for in the drivers: to stop a statement, to drop a connection."""

from __future__ import annotations

import os
import socket
import sqlite3
import struct
from abc import ABC, abstractmethod
from asyncio import get_running_loop
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import greenlet_spawn

from memcert_backends.sql.sqlite.one_hop import in_one_hop

T = TypeVar("T")

_INTERRUPTED = 1317


class Driver(ABC):
    """What is special to one driver."""

    can_be_cancelled = True
    """Whether it can be cancelled while it opens a connection, or asks whether one is alive."""

    def stopping(
        self, connection: Connection, opened: Sequence[Any], mark: str
    ) -> Callable[[], Any] | None:
        """Return an asynchronous function that asks the server to stop what it is doing for us.

        It stops what the connection is doing, or nothing: the caller keeps the connection until it
        has returned. It knows no patience.

        Args:
            connection: the one that the server is doing something for.
            opened: the driver's own connections that were opened for it, some of them closed again:
                the server may be doing something for one of those instead.
            mark: a text that every statement of ours has near its beginning.

        Returns:
            None where there is no way.
        """
        return None

    def stopped(self, connection: Connection) -> None:  # noqa: B027 - most have nothing to do
        """Have what came too late to stop a statement stop nothing else.

        Args:
            connection: the one that something was to be stopped on; it is doing nothing.
        """

    def together(
        self, connection: Connection, work: Callable[[], T], go_on: Callable[[], None]
    ) -> T:
        """Do all of an operation, in as few waits as the driver has a way to.

        Args:
            connection: where it is done, by nobody else meanwhile.
            work: the operation; it waits for the driver, and for nothing else.
            go_on: called before each step where they are not waited for; it may raise.
        """
        return work()

    @abstractmethod
    def drop(self, driver_connection: Any) -> None:
        """Close a connection at once; whoever waits for an answer on it gets an error.

        What was written and has not left this machine is not sent any more.

        Args:
            driver_connection: the driver's own.
        """


class Asyncpg(Driver):
    """asyncpg, whose own way to stop a statement is to cancel the task that waits for it."""

    def stopping(
        self, connection: Connection, opened: Sequence[Any], mark: str
    ) -> Callable[[], Any] | None:
        driver: Any = connection.connection.driver_connection
        try:
            from asyncpg.connect_utils import _cancel as request

            parameters = {
                "addr": driver._addr,
                "params": driver._params,
                "backend_pid": driver._protocol.backend_pid,
                "backend_secret": driver._protocol.backend_secret,
            }
        except (ImportError, AttributeError):  # none of it is promised
            return None

        async def stop() -> None:
            await request(loop=get_running_loop(), **parameters)

        return stop

    def drop(self, driver_connection: Any) -> None:
        _send_no_more(lambda: driver_connection._transport.get_extra_info("socket"))
        driver_connection.terminate()


class Psycopg(Driver):
    """psycopg."""

    @property
    def can_be_cancelled(self) -> bool:  # type: ignore[override]
        """Older ones block the whole process then, for ever if the server is silent."""
        from psycopg import AsyncConnection

        return hasattr(AsyncConnection, "cancel_safe")

    def stopping(
        self, connection: Connection, opened: Sequence[Any], mark: str
    ) -> Callable[[], Any] | None:
        from psycopg import pq

        driver: Any = connection.connection.driver_connection
        if hasattr(driver, "cancel_safe") and pq.version() >= 170000:
            return driver.cancel_safe  # type: ignore[no-any-return]
        # Older ones block the whole process meanwhile, for ever if the server is silent. Behind a
        # pooler the number is an invented one.
        statement = _STOP_BACKEND.format(pid=driver.info.backend_pid)
        return _separately(connection, lambda cursor: cursor.execute(statement))

    def drop(self, driver_connection: Any) -> None:
        # Not closed: the number of its descriptor would be another's while the loop watches it.
        with suppress(Exception), socket.socket(fileno=os.dup(driver_connection.fileno())) as copy:
            _send_no_more(lambda: copy)
            copy.shutdown(socket.SHUT_RDWR)


class MySQLDriver(Driver):
    """aiomysql and asyncmy."""

    # aiomysql leaves open what it was opening.
    can_be_cancelled = False

    def stopping(
        self, connection: Connection, opened: Sequence[Any], mark: str
    ) -> Callable[[], Any] | None:
        driver: Any = connection.connection.driver_connection
        # No number is used again while the server runs.
        threads = {int(each.thread_id()) for each in (driver, *opened)}

        def kill(cursor: Any) -> None:
            # Behind an address there may be several servers, each with a thread of that number. Not
            # information_schema: MariaDB makes a table of it, texts and all, each time.
            cursor.execute("SHOW PROCESSLIST")
            for number, _, _, _, command, _, _, text, *_ in cursor.fetchall():
                if number in threads and command == "Query" and mark in (text or ""):
                    cursor.execute(f"KILL QUERY {number}")

        return _separately(connection, kill)

    def stopped(self, connection: Connection) -> None:
        try:
            connection.exec_driver_sql("DO 0")
        except DBAPIError as error:
            if error.orig is None or error.orig.args[:1] != (_INTERRUPTED,):
                raise

    def drop(self, driver_connection: Any) -> None:
        transport = getattr(driver_connection, "_transport", None)
        if transport is None:
            writer = getattr(driver_connection, "_writer", None)
            transport = getattr(writer, "transport", None)
        if transport is None:
            driver_connection.close()
            return
        _send_no_more(lambda: transport.get_extra_info("socket"))
        transport.abort()


_STOP_BACKEND = (
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'"
    " AND datname = current_database() AND usename = current_user"
)


def _separately(connection: Connection, work: Callable[[Any], object]) -> Callable[[], Any]:
    """Return what does something on a connection of its own, which is not one of the pool.

    Args:
        connection: one to the same database.
        work: what to do with a cursor.
    """
    pool = connection.engine.pool

    def run() -> None:
        separate_pool = pool.recreate()
        try:
            with closing(separate_pool.connect()) as separate, closing(separate.cursor()) as cursor:
                work(cursor)
        finally:
            separate_pool.dispose()

    async def stop() -> None:
        await greenlet_spawn(run)

    return stop


class Aiosqlite(Driver):
    """aiosqlite, which works in a thread for each connection."""

    def stopping(
        self, connection: Connection, opened: Sequence[Any], mark: str
    ) -> Callable[[], Any] | None:
        interrupt: Callable[[], Any] | None = getattr(
            connection.connection.driver_connection, "interrupt", None
        )
        return interrupt

    def together(
        self, connection: Connection, work: Callable[[], T], go_on: Callable[[], None]
    ) -> T:
        # Who listens to SQLAlchemy is called in the thread of the event loop, as ever.
        if getattr(connection, "_has_events", True) or connection.engine._has_events:
            return work()
        return in_one_hop(connection.connection.driver_connection, work, go_on)

    def drop(self, driver_connection: Any) -> None:
        """Have its thread close it, once SQLite lets go of the thread: it may wait for a lock."""
        connection: sqlite3.Connection = driver_connection._conn

        def close() -> None:
            with suppress(sqlite3.Error):  # closed before
                connection.rollback()
            connection.close()

        driver_connection._tx.put_nowait((get_running_loop().create_future(), close))


class Unknown(Driver):
    """One that memcert has not heard of."""

    def drop(self, driver_connection: Any) -> None:
        close = getattr(driver_connection, "terminate", None)
        if close is not None:
            close()


_DRIVERS: dict[str, type[Driver]] = {
    "asyncpg": Asyncpg,
    "psycopg": Psycopg,
    "aiomysql": MySQLDriver,
    "asyncmy": MySQLDriver,
    "aiosqlite": Aiosqlite,
}


def driver_of(name: str) -> Driver:
    """Return what is special to a driver.

    Args:
        name: SQLAlchemy's name for it, such as ``asyncpg``.
    """
    return _DRIVERS.get(name, Unknown)()


def _send_no_more(find: Callable[[], Any]) -> None:
    """Have the closing of a socket discard what was not sent yet, instead of sending it later.

    A commit that a network held back would happen minutes after it was given up.
    """
    with suppress(Exception):  # the socket is the driver's own affair, or has none of this
        find().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
