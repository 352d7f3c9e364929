"""What the rest must know of each store and of the backends on it: a row each.

Nothing is imported for a row: what a store needs is an extra, and is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BackendRow:
    """A backend that comes with memcert.

    Args:
        name: how it is named on the command line.
        factory: its async generator, as ``module:name``.
        extra: the extra of memcert that its driver and its embedded store need.
        preloaded: what its driver imports when a connection is made, for a process that others are
            forked from.
        certified: the ways to start its store in which ``reports/`` has a certificate of it.
    """

    name: str
    factory: str
    extra: str | None = None
    preloaded: tuple[str, ...] = ()
    certified: tuple[str, ...] = ()


@dataclass(frozen=True)
class StoreRow:
    """A store, and the backends on it.

    Args:
        name: what it is called.
        backends: the backends on it.
        server: the module that starts it; None for a backend that needs no store.
        is_file: whether it is a file, so that there is no server, and no connection to it.
        schemes: the URLs that lead to it, without what a ``+`` adds; the first is shown as an
            example.
        opener: what opens a memory by such a URL, as ``module:name``.
        contents: what finds a text in it, as ``module:name``
            (`memcert_backends.servers.contents.places_of`); "" where memcert cannot look into it.
        drivers: the distributions that decide what it does, by the module that is imported.
        errors: the packages whose errors are its users' to see: a server that is not there, a wrong
            password.
    """

    name: str
    backends: tuple[BackendRow, ...] = ()
    server: str | None = None
    is_file: bool = False
    schemes: tuple[str, ...] = ()
    opener: str = ""
    contents: str = ""
    drivers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    @property
    def is_sql(self) -> bool:
        """Whether SQLAlchemy reaches it: a URL may name its driver, and it has tables."""
        return "sqlalchemy" in self.drivers


_SQLALCHEMY = {"sqlalchemy": "SQLAlchemy", "greenlet": "greenlet"}
_MYSQL_DRIVERS = {
    **_SQLALCHEMY,
    "aiomysql": "aiomysql",
    "asyncmy": "asyncmy",
    "pymysql": "PyMySQL",
}
_MYSQL_ERRORS = ("aiomysql", "asyncmy", "pymysql", "sqlalchemy")
_REDIS_DRIVERS = {"redis": "redis", "hiredis": "hiredis"}

ROWS = (
    StoreRow(
        "reference",
        (
            BackendRow(
                "reference",
                "memcert_backends.reference.factory:reference",
                certified=("embedded",),
            ),
        ),
    ),
    StoreRow(
        "sqlite",
        (
            BackendRow(
                "sqlite",
                "memcert_backends.sql.sqlite.factory:sqlite",
                "embedded",
                ("aiosqlite", "sqlalchemy.dialects.sqlite.aiosqlite"),
                ("embedded",),
            ),
        ),
        "memcert_backends.sql.sqlite.server",
        is_file=True,
        schemes=("sqlite",),
        opener="memcert_backends.sql.factory:open_url",
        contents="memcert_backends.sql.sqlite.contents:places_of",
        drivers={**_SQLALCHEMY, "aiosqlite": "aiosqlite"},
        errors=("sqlalchemy",),
    ),
    StoreRow(
        "redis",
        (
            BackendRow(
                "redis",
                "memcert_backends.redis.factory:redis",
                "embedded",
                certified=("embedded", "process"),
            ),
        ),
        "memcert_backends.redis.server",
        schemes=("redis", "rediss", "unix"),
        opener="memcert_backends.redis.factory:open_url",
        contents="memcert_backends.redis.contents:places_of",
        drivers={**_REDIS_DRIVERS, "fakeredis": "fakeredis", "lupa": "lupa"},
        errors=("redis",),
    ),
    StoreRow(
        "redis-cluster",
        (
            BackendRow(
                "redis-cluster",
                "memcert_backends.redis.cluster.factory:redis_cluster",
                "redis",
                certified=("process",),
            ),
        ),
        "memcert_backends.redis.cluster.server",
        contents="memcert_backends.redis.contents:places_in_cluster",
        drivers=_REDIS_DRIVERS,
        errors=("redis",),
    ),
    StoreRow(
        "postgresql",
        (
            BackendRow(
                "postgresql",
                "memcert_backends.sql.postgresql.factory:postgresql",
                "postgresql",
                ("asyncpg", "sqlalchemy.dialects.postgresql.asyncpg"),
                ("process",),
            ),
            BackendRow(
                "postgresql-psycopg",
                "memcert_backends.sql.postgresql.factory:postgresql_psycopg",
                "psycopg",
                ("psycopg", "sqlalchemy.dialects.postgresql.psycopg"),
                ("process",),
            ),
        ),
        "memcert_backends.sql.postgresql.server",
        schemes=("postgresql",),
        opener="memcert_backends.sql.factory:open_url",
        contents="memcert_backends.sql.contents:places_of",
        drivers={**_SQLALCHEMY, "asyncpg": "asyncpg", "psycopg": "psycopg"},
        errors=("asyncpg", "psycopg", "sqlalchemy"),
    ),
    StoreRow(
        "mariadb",
        (
            BackendRow(
                "mariadb",
                "memcert_backends.sql.mysql.factory:mariadb",
                "mariadb",
                ("aiomysql", "sqlalchemy.dialects.mysql.aiomysql"),
                ("process",),
            ),
        ),
        "memcert_backends.sql.mysql.mariadb_server",
        schemes=("mariadb",),
        opener="memcert_backends.sql.factory:open_url",
        contents="memcert_backends.sql.contents:places_of",
        drivers=_MYSQL_DRIVERS,
        errors=_MYSQL_ERRORS,
    ),
    StoreRow(
        "mysql",
        (
            BackendRow(
                "mysql",
                "memcert_backends.sql.mysql.factory:mysql",
                "mysql",
                ("aiomysql", "sqlalchemy.dialects.mysql.aiomysql"),
            ),
        ),
        "memcert_backends.sql.mysql.server",
        schemes=("mysql",),
        opener="memcert_backends.sql.factory:open_url",
        contents="memcert_backends.sql.contents:places_of",
        drivers=_MYSQL_DRIVERS,
        errors=_MYSQL_ERRORS,
    ),
    StoreRow(
        "tablestore",
        (
            BackendRow(
                "tablestore",
                "memcert_backends.tablestore.factory:tablestore",
                "tablestore",
                certified=("embedded", "process"),
            ),
        ),
        "memcert_backends.tablestore.server",
        schemes=("tablestore",),
        opener="memcert_backends.tablestore.factory:open_url",
        contents="memcert_backends.tablestore.contents:places_of",
        drivers={"tablestore": "tablestore", "aiohttp": "aiohttp", "rjieba": "rjieba"},
        errors=("aiohttp", "tablestore"),
    ),
    StoreRow(
        "folder",
        server="memcert_backends.servers.folder",
        is_file=True,
        contents="memcert_backends.servers.folder:places_of",
    ),
)
"""Every store."""

STORES = {row.name: row for row in ROWS if row.server is not None}
"""The stores that memcert starts, by name."""

BUILT_IN = {backend.name: backend for row in ROWS for backend in row.backends}
"""The backends that come with memcert, by name."""
