"""The databases that there is SQL for: a row each."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from memcert_backends.sql.dialect import Dialect


class SQLDatabase(NamedTuple):
    """What the rest must know of a database."""

    dialect: str
    """Its `Dialect`, as ``module:name``."""
    driver: str
    """SQLAlchemy's name for the driver that is used where a URL names none."""


DATABASES = {
    "sqlite": SQLDatabase("memcert_backends.sql.sqlite.dialect:SQLite", "aiosqlite"),
    "postgresql": SQLDatabase("memcert_backends.sql.postgresql.dialect:PostgreSQL", "asyncpg"),
    "mysql": SQLDatabase("memcert_backends.sql.mysql.dialect:MySQL", "aiomysql"),
    "mariadb": SQLDatabase("memcert_backends.sql.mysql.dialect:MySQL", "aiomysql"),
}
"""Every database, by SQLAlchemy's name for it."""


@cache
def dialect_of(name: str) -> Dialect:
    """Return the dialect of a database.

    Args:
        name: SQLAlchemy's name for it, such as ``sqlite``.

    Raises:
        ValueError: there is none.
    """
    if name not in DATABASES:
        raise ValueError(
            f"AsyncSQLAlchemyMemory has no SQL for {name!r}; it works on {', '.join(DATABASES)}"
        )
    module, _, attribute = DATABASES[name].dialect.partition(":")
    dialect: Dialect = getattr(import_module(module), attribute)()
    return dialect


def with_driver(url: str) -> str:
    """Return a URL with its driver, where it names none.

    Args:
        url: one of a database that there is a row for.
    """
    scheme, _, rest = url.partition("://")
    database, _, driver = scheme.partition("+")
    return f"{database}+{driver or DATABASES[database].driver}://{rest}"
