"""How a PostgreSQL is started: its own binaries, a container, or one that runs already.

Either way memcert works in a new database with a name of its own, which it drops at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib.util import find_spec

from memcert_backends.servers.server import Server, ServerUnavailable

DEFAULT = "process"
"""How it is started where nothing else is asked for."""

IMAGE = "postgres:15"
"""What a container is made of."""

URL = "postgresql://user@host"
"""What the URL of a running one looks like."""

_PORT = 5432


def start(how: str = DEFAULT) -> AbstractContextManager[Server]:
    """Start a PostgreSQL, or connect to a running one; it is stopped when the context ends.

    Args:
        how: ``process`` (initdb and postgres from PATH or a Debian package), ``container``, or the
            URL of a running one, whose user may create databases.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    reason = why_not("url" if "://" in how else how)
    if reason is not None:
        raise ServerUnavailable(f"postgresql: {reason}")
    if how == "process":
        return _process()
    return _container() if how == "container" else _running(how)


def why_not(how: str) -> str | None:
    """Return why a PostgreSQL cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if find_spec("sqlalchemy") is None or not (find_spec("asyncpg") or find_spec("psycopg")):
        return "its driver is missing; pip install 'memcert[postgresql]'"
    if how == "embedded":
        return "PostgreSQL cannot be embedded: use process, container or a URL"
    if how == "process":
        from memcert_backends.servers.postgresql_process import why_no_process

        return why_no_process()
    if how == "container":
        from memcert_backends.servers.container import why_not as why_no_container

        return why_no_container()
    if how == "url":
        return None
    return f"--server is process, container or a postgresql:// URL, not {how!r}"


@contextmanager
def _process() -> Iterator[Server]:
    from memcert_backends.servers.postgresql_process import PRODUCT, postgresql_process

    with postgresql_process() as url, PRODUCT.new_database(url, "process") as server:
        yield server


@contextmanager
def _container() -> Iterator[Server]:
    import sqlalchemy

    from memcert_backends.servers.container import container
    from memcert_backends.servers.postgresql_process import PRODUCT

    password = secrets.token_hex(16)
    environment = {"POSTGRES_PASSWORD": password}
    # Nothing outlives the container: a crash of the machine may take it all.
    command = ["postgres", "-c", "fsync=off", "-c", "max_connections=200"]
    with container("postgresql", IMAGE, _PORT, environment, command) as running:
        url = sqlalchemy.URL.create("postgresql", "postgres", password, running.host, running.port)
        running.when_ready(partial(PRODUCT.execute, url, PRODUCT.version))
        with PRODUCT.new_database(url, "container") as server:
            yield server


@contextmanager
def _running(how: str) -> Iterator[Server]:
    from memcert_backends.servers.postgresql_process import PRODUCT

    url = PRODUCT.parse(how)
    if url is None:
        raise ServerUnavailable(
            "postgresql: --server is process, container or a postgresql:// URL, not"
            f" {how.partition('://')[0]!r}"
        )
    with PRODUCT.new_database(url, "url") as server:
        yield server
