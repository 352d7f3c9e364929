"""Opening a memory by the URL of its store, for a tool that moves sessions between stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from memcert_backends.stored_memory import StoredMemory

DRIVERS = {
    "sqlite": "aiosqlite",
    "postgresql": "asyncpg",
    "mysql": "aiomysql",
    "mariadb": "aiomysql",
}
"""The driver that is used where a URL names a database only."""

REDIS = ("redis", "rediss", "unix")
"""The URLs of Redis, as ``redis.asyncio.Redis.from_url`` takes them."""

TABLESTORE = "tablestore"
"""The URLs of Tablestore, as `memcert_backends.tablestore.url` has them."""


class UnknownURL(Exception):
    """A URL leads to no store that there is a memory for; one line that says so."""


def check_url(url: str) -> None:
    """Refuse a URL that there is no memory for, without connecting to anything.

    Args:
        url: the URL.

    Raises:
        UnknownURL: there is no memory for it; one line says why.
    """
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise UnknownURL(f"{url!r} is no URL, such as sqlite:///path/to/file or redis://host:6379")
    if scheme not in (*REDIS, TABLESTORE) and scheme.partition("+")[0] not in DRIVERS:
        known = ", ".join(f"{each}://" for each in (*REDIS[:2], *DRIVERS, TABLESTORE))
        raise UnknownURL(f"there is no memory for {scheme}:// URLs; there is for {known}")


@asynccontextmanager
async def open_by_url(
    url: str, user_id: str, session_id: str, prefix: str | None = None, *, create: bool = True
) -> AsyncIterator[StoredMemory]:
    """Open a memory in the store at a URL, and close it at the end.

    Args:
        url: ``redis://…``, ``tablestore://KEYID:SECRET@host:port/instance``, or an SQLAlchemy URL,
            with its driver or without. That of PostgreSQL may have libpq's options.
        user_id: whose memory it is.
        session_id: which of the user's sessions.
        prefix: the `key_prefix`, the `table_prefix`, or the `table_name`, that the memory was made
            with; None for the default.
        create: whether a file that is not there may be made: not by who only reads.

    Raises:
        UnknownURL: there is no memory for such a URL, an extra is missing, or there is no file.
        TypeError: an id is not a string.
        ValueError: an id or the prefix is not admitted.
    """
    check_url(url)
    scheme = urlsplit(url).scheme
    database, _, driver = scheme.partition("+")
    try:
        if scheme in REDIS:
            opened = _open_redis(url, user_id, session_id, prefix or "")
        elif scheme == TABLESTORE:
            opened = _open_tablestore(url, user_id, session_id, prefix)
        else:
            rest = url.partition("://")[2]
            full = f"{database}+{driver or DRIVERS[database]}://{rest}"
            opened = _open_sql(full, user_id, session_id, prefix, create=create)
        async with opened as memory:
            yield memory
    except ModuleNotFoundError as error:
        raise UnknownURL(
            f"{scheme}:// needs an extra: pip install 'memcert[all]' ({error})"
        ) from error


@asynccontextmanager
async def _open_redis(
    url: str, user_id: str, session_id: str, prefix: str
) -> AsyncIterator[StoredMemory]:
    from redis.asyncio import Redis, RedisCluster
    from redis.exceptions import ResponseError

    from memcert_backends.redis import RedisMemory

    async with Redis.from_url(url) as server:
        try:
            cluster = (await server.info("cluster")).get("cluster_enabled")
        except ResponseError:
            # Not permitted, or not known, as in fakeredis.
            cluster = False
    kind: type[Redis] | type[RedisCluster] = RedisCluster if cluster else Redis
    async with (
        kind.from_url(url) as client,
        RedisMemory(
            client=client, user_id=user_id, session_id=session_id, key_prefix=prefix
        ) as memory,
    ):
        yield memory


@asynccontextmanager
async def _open_tablestore(
    url: str, user_id: str, session_id: str, table_name: str | None
) -> AsyncIterator[StoredMemory]:
    from memcert_backends.tablestore import TablestoreMemory
    from memcert_backends.tablestore.url import TablestoreURL

    try:
        place = TablestoreURL.parse(url)
    except ValueError as error:
        raise UnknownURL(f"{TABLESTORE}: {error}") from None
    more = place.memory_options if table_name is None else {"table_name": table_name}
    async with TablestoreMemory(
        **place.client_options, user_id=user_id, session_id=session_id, **more
    ) as memory:
        yield memory


@asynccontextmanager
async def _open_sql(
    url: str, user_id: str, session_id: str, prefix: str | None, *, create: bool
) -> AsyncIterator[StoredMemory]:
    from memcert_backends.database_url import UnusableURL, engine_at
    from memcert_backends.sql import AsyncSQLAlchemyMemory

    try:
        engine = engine_at(url, create=create)
    except UnusableURL as error:
        raise UnknownURL(str(error)) from None
    try:
        more: dict[str, Any] = {} if prefix is None else {"table_prefix": prefix}
        async with AsyncSQLAlchemyMemory(
            engine, user_id=user_id, session_id=session_id, **more
        ) as memory:
            yield memory
    finally:
        await engine.dispose()
