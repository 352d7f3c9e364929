"""The backends that come with memcert, by name.

Each is in a module of its own, imported when it is asked for: what it needs is an extra.
"""

from __future__ import annotations

from typing import NamedTuple


class BuiltIn(NamedTuple):
    """Where a built-in backend is."""

    place: str
    """Its module and name, as ``module:name``."""
    extra: str | None
    """The extra of memcert that its driver and its embedded store need."""


BUILT_IN = {
    "mariadb": BuiltIn("memcert_backends.factories.mariadb:mariadb", "mariadb"),
    "mysql": BuiltIn("memcert_backends.factories.mariadb:mysql", "mysql"),
    "postgresql": BuiltIn("memcert_backends.factories.postgresql:postgresql", "postgresql"),
    "postgresql-psycopg": BuiltIn(
        "memcert_backends.factories.postgresql:postgresql_psycopg", "psycopg"
    ),
    "reference": BuiltIn("memcert_backends.factories.reference:reference", None),
    "sqlite": BuiltIn("memcert_backends.factories.sqlite:sqlite", "embedded"),
    "redis": BuiltIn("memcert_backends.factories.redis:redis", "embedded"),
    "redis-cluster": BuiltIn("memcert_backends.factories.redis_cluster:redis_cluster", "redis"),
    "tablestore": BuiltIn("memcert_backends.factories.tablestore:tablestore", "tablestore"),
}
"""Every built-in backend."""
