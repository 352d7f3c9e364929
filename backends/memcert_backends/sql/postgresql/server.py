"""How a PostgreSQL is started."""

from __future__ import annotations

from memcert_backends.sql.database import DatabaseStore

DEFAULT = "process"
"""How it is started where nothing else is asked for."""

URL = "postgresql://user@host"
"""What the URL of a running one looks like."""

_STORE = DatabaseStore(
    store="postgresql",
    title="PostgreSQL",
    drivers=("asyncpg", "psycopg"),
    image="postgres:15",
    port=5432,
    user="postgres",
    environment={"POSTGRES_PASSWORD": "{password}"},
    # Nothing outlives the container: a crash of the machine may take it all.
    command=("postgres", "-c", "fsync=off", "-c", "max_connections=200"),
    process="memcert_backends.sql.postgresql.process",
)

start = _STORE.start
why_not = _STORE.why_not
