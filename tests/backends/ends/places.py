"""Each memory in each of its ways: how it is opened through a proxy, and looked at from aside."""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from typing import Any

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis, RedisCluster
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Address, Server
from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_backends.stored_memory import StoredMemory
from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.sdk import new_client
from memcert_backends.tablestore.url import TablestoreURL

SIZE = 5
"""How many connections a pool has."""

SECONDS_TO_ANSWER = 60.0
"""Tablestore's own limit, which is not to be what ends an operation here."""


class Subject:
    """A memory, and what its caller has beside it.

    Args:
        memory: the memory.
    """

    is_used_again = True
    """Whether it can be used after `give_up`."""

    def __init__(self, memory: StoredMemory) -> None:
        self.memory = memory

    async def prepare(self) -> None:
        """Do what the caller did before the operation."""

    async def give_up(self, *, is_whole: bool) -> None:
        """Do what the caller does once the operation has ended.

        Args:
            is_whole: whether the connection still works, so that nothing of the caller's is lost.
        """


class Pool(ABC):
    """A pool of `SIZE` connections, lent to memories."""

    @abstractmethod
    def subject(self, user_id: str) -> Subject:
        """Return a memory in a space, used as the test's way says."""

    def memory(self, user_id: str) -> StoredMemory:
        """Return a memory in a space."""
        return self.subject(user_id).memory

    async def begin(self) -> None:  # noqa: B027 - most have nothing to do
        """Do what must come before several operations at once."""

    def leaked(self) -> int:
        """Return how many connections are in use, where that is known."""
        return 0

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""


class Place(ABC):
    """A kind of memory, on a server of one's own.

    Args:
        server: the server.
    """

    connects_late = True
    """Whether there need be no connection before the operation."""
    operations_on_a_pool = SIZE
    """How many are begun at once."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def addresses(self) -> Sequence[Address]:
        """What a proxy stands before; nothing for a file."""
        return self.server.addresses or ()

    @abstractmethod
    def pool(self, url: str) -> Pool:
        """Return a pool.

        Args:
            url: the server's, or that of a proxy before it.
        """

    def aside(self) -> Pool:
        """Return a pool that no trouble reaches."""
        return self.pool(self.server.url)

    async def prepare(self) -> None:  # noqa: B027 - most have nothing to do
        """Make what the callers' own work needs."""

    def locked(
        self, user_ids: Sequence[str], session_id: str | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Hold the locks of spaces as long as the context lasts."""
        raise NotImplementedError

    async def waiting(self) -> int:
        """Return how many wait for a lock at the server."""
        return 0

    async def working(self) -> int:
        """Return how many transactions are open at the server."""
        return 0


class RedisPool(Pool):
    def __init__(self, client: Any = None, pool: Any = None, **address: Any) -> None:
        self._client, self._pool, self._address = client, pool, address
        self._own: list[StoredMemory] = []

    def subject(self, user_id: str) -> Subject:
        if self._address:
            memory = RedisMemory(user_id=user_id, **self._address)
            self._own.append(memory)
        else:
            memory = RedisMemory(user_id=user_id, client=self._client, connection_pool=self._pool)
        return Subject(memory)

    async def begin(self) -> None:
        # redis-py 8.1 has connections cut that are being made, where several ask a new client for a
        # cluster at once.
        if isinstance(self._client, RedisCluster):
            await self._client.initialize()

    async def close(self) -> None:
        for memory in self._own:
            await memory.close()
        if self._client is not None:
            await self._client.aclose()
        if self._pool is not None:
            await self._pool.disconnect()


class OwnRedis(Place):
    def aside(self) -> Pool:
        return LentRedisPool(self.server).pool(self.server.url)

    def pool(self, url: str) -> Pool:
        given = ConnectionPool.from_url(url).connection_kwargs
        names = ("host", "port", "username", "password")
        return RedisPool(**{name: given[name] for name in names if name in given})


class LentRedisPool(Place):
    def pool(self, url: str) -> Pool:
        return RedisPool(
            pool=BlockingConnectionPool.from_url(url, max_connections=SIZE, timeout=10)
        )


class LentRedisClient(OwnRedis):
    def pool(self, url: str) -> Pool:
        return RedisPool(client=Redis.from_url(url, max_connections=SIZE))


class LentRedisCluster(Place):
    # A client takes long to learn where everything is, and has enough connections.
    operations_on_a_pool = 15

    def pool(self, url: str) -> Pool:
        return RedisPool(client=RedisCluster.from_url(url))


class TablestorePool(Pool):
    def __init__(self, options: dict[str, Any], client: Any = None) -> None:
        self._options, self._client = options, client
        self._own: list[StoredMemory] = []

    def subject(self, user_id: str) -> Subject:
        memory = TablestoreMemory(
            client=self._client,
            user_id=user_id,
            seconds_to_answer=SECONDS_TO_ANSWER,
            **self._options,
        )
        self._own.append(memory)
        return Subject(memory)

    async def close(self) -> None:
        for memory in self._own:
            await memory.close()
        if self._client is not None:
            await self._client.close()


class OwnTablestore(Place):
    def aside(self) -> Pool:
        return LentTablestore(self.server).pool(self.server.url)

    def pool(self, url: str) -> Pool:
        parts = TablestoreURL.parse(url)
        return TablestorePool({**parts.client_options, **parts.memory_options})


class LentTablestore(Place):
    def pool(self, url: str) -> Pool:
        parts = TablestoreURL.parse(url)
        client = new_client(**parts.client_options, max_connection=SIZE, timeout=SECONDS_TO_ANSWER)
        return TablestorePool(parts.memory_options, client)


class SessionSubject(Subject):
    """A memory in a session that has work of its own pending."""

    is_used_again = False

    def __init__(self, session: AsyncSession, user_id: str) -> None:
        super().__init__(AsyncSQLAlchemyMemory(session, user_id=user_id))
        self._session, self._note = session, {"note": user_id}

    async def prepare(self) -> None:
        await self._session.execute(text("INSERT INTO notes VALUES (:note)"), self._note)

    async def give_up(self, *, is_whole: bool) -> None:
        try:
            if is_whole:
                query = text("SELECT count(*) FROM notes WHERE note = :note")
                noted = (await self._session.execute(query, self._note)).scalar_one()
                await self._session.commit()
                assert noted == 1, "the caller's pending work is gone"
        finally:
            await self._session.close()


class SQLPool(Pool):
    def __init__(self, engine: AsyncEngine, *, in_session: bool) -> None:
        self._engine, self._in_session = engine, in_session

    def subject(self, user_id: str) -> Subject:
        if self._in_session:
            return SessionSubject(AsyncSession(self._engine), user_id)
        return Subject(AsyncSQLAlchemyMemory(self._engine, user_id=user_id))

    def memory(self, user_id: str) -> StoredMemory:
        return AsyncSQLAlchemyMemory(self._engine, user_id=user_id)

    def leaked(self) -> int:
        pool: Any = self._engine.pool
        return int(pool.checkedout())

    async def close(self) -> None:
        await self._engine.dispose()


class SQL(Place):
    def __init__(self, server: Server, driver: str, *, in_session: bool = False) -> None:
        super().__init__(server)
        self._driver, self._in_session = driver, in_session
        self.connects_late = not in_session

    def _engine(self, url: str, **options: Any) -> AsyncEngine:
        # SQLAlchemy 2.0.38 made this pool the default for files.
        return create_async_engine(
            make_url(url).set(drivername=self._driver),
            **{
                "poolclass": AsyncAdaptedQueuePool,
                "pool_size": SIZE,
                "max_overflow": 0,
                **options,
            },
        )

    def pool(self, url: str) -> Pool:
        return SQLPool(self._engine(url), in_session=self._in_session)

    def aside(self) -> Pool:
        return SQLPool(self._engine(self.server.url), in_session=False)

    async def prepare(self) -> None:
        async with self._aside() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS notes (note varchar(99))"))

    @asynccontextmanager
    async def locked(
        self, user_ids: Sequence[str], session_id: str | None = None
    ) -> AsyncIterator[None]:
        """Let another caller have written into each space, and not have committed yet."""
        engine = self._engine(self.server.url)
        try:
            async with AsyncSession(engine) as session, session.begin() as transaction:
                for user_id in user_ids:
                    memory = AsyncSQLAlchemyMemory(session, session_id, user_id)
                    await memory.update_compressed_summary("never committed")
                yield
                await transaction.rollback()
        finally:
            await engine.dispose()

    async def waiting(self) -> int:
        return await self._count(
            "SELECT count(*) FROM pg_locks WHERE NOT granted",
            "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
        )

    async def working(self) -> int:
        return await self._count(
            "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
            "SELECT count(*) FROM information_schema.innodb_trx",
        )

    async def _count(self, postgresql: str, mariadb: str) -> int:
        query = postgresql if self._driver.startswith("postgresql") else mariadb
        async with self._aside() as connection:
            return int((await connection.execute(text(query))).scalar_one())

    @asynccontextmanager
    async def _aside(self) -> AsyncIterator[Any]:
        engine = self._engine(self.server.url)
        try:
            async with engine.begin() as connection:
                yield connection
        finally:
            await engine.dispose()


class SQLite(SQL):
    """A file, whose lock is one, and with which the driver has all the patience in the world."""

    def _engine(self, url: str, **options: Any) -> AsyncEngine:
        return super()._engine(url, connect_args={"timeout": 60}, **options)

    @asynccontextmanager
    async def locked(
        self, user_ids: Sequence[str], session_id: str | None = None
    ) -> AsyncIterator[None]:
        with closing(self._connection()) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.rollback()

    async def working(self) -> int:
        with closing(self._connection()) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return 1
            connection.rollback()
        return 0

    async def waiting(self) -> int:
        return 0

    def _connection(self) -> sqlite3.Connection:
        return sqlite3.connect(
            make_url(self.server.url).database or "", timeout=0, isolation_level=None
        )


async def within(seconds: float, *tasks: asyncio.Task[Any]) -> bool:
    """Wait for tasks, and tell whether they all ended in time; none is cancelled."""
    _, pending = await asyncio.wait(tasks, timeout=seconds)
    return not pending
