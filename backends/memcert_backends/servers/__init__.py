"""How each store is started.

`start` is the one way in: a context manager that yields a running `Server`. What a store needs is
imported when it is started.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module

from memcert_backends.servers.server import How, Server, ServerUnavailable

STORES = {
    "folder": "memcert_backends.servers.folder",
    "redis": "memcert_backends.servers.redis",
    "sqlite": "memcert_backends.servers.sqlite",
}
"""Every store, and the module with its ``start`` function."""


def start(store: str, how: str = "embedded") -> AbstractContextManager[Server]:
    """Start a store, or connect to a running one; it is stopped when the context ends.

    Args:
        store: one of `STORES`.
        how: ``embedded``, ``process``, ``container``, or the URL of a running one.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    started: AbstractContextManager[Server] = import_module(STORES[store]).start(how)
    return started


__all__ = ["STORES", "How", "Server", "ServerUnavailable", "start"]
