"""How a MySQL is had: one that runs already.

memcert works in a new database with a name of its own, which it drops at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib.util import find_spec

from memcert_backends.servers.server import Server, ServerUnavailable

DEFAULT = "container"
"""How it is started where nothing else is asked for."""

URL = "mysql://user@host"
"""What the URL of a running one looks like."""


def start(how: str = DEFAULT) -> AbstractContextManager[Server]:
    """Connect to a running MySQL, or MariaDB.

    Args:
        how: its URL; its user may create databases.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    reason = why_not("url" if "://" in how else how)
    if reason is not None:
        raise ServerUnavailable(f"mysql: {reason}")
    return _running(how)


def why_not(how: str) -> str | None:
    """Return why a MySQL cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if find_spec("sqlalchemy") is None or not (find_spec("aiomysql") or find_spec("asyncmy")):
        return "its driver is missing; pip install 'memcert[mysql]'"
    if how == "url":
        return None
    if how in {"embedded", "process", "container"}:
        return (
            "a MySQL of memcert's own is not available: use a URL such as mysql://root@127.0.0.1,"
            " or the backend mariadb"
        )
    return f"--server is a mysql:// URL, not {how!r}"


@contextmanager
def _running(how: str) -> Iterator[Server]:
    from memcert_backends.sql.mysql.mariadb_process import PRODUCT

    product = replace(PRODUCT, store="mysql")
    url = product.parse(how)
    if url is None:
        raise ServerUnavailable(
            f"mysql: --server is a mysql:// URL, not {how.partition('://')[0]!r}"
        )
    with product.new_database(url, "url") as server:
        yield server
