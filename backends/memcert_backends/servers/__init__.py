"""How each store is started.

`start` is the one way in: a context manager that yields a running `Server`. What a store needs is
imported when it is started.

The module of a store (`memcert_backends.catalogue`) has a function ``start(how)``, a function
``why_not(how)``, the text ``URL``, and ``DEFAULT`` where that is not ``embedded``.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

from memcert_backends.catalogue import STORES
from memcert_backends.servers.server import (
    WAYS,
    Address,
    How,
    KillableServer,
    Server,
    ServerUnavailable,
)


def start(store: str, how: str | None = None) -> AbstractContextManager[Server]:
    """Start a store, or connect to a running one; it is stopped when the context ends.

    Args:
        store: one of `STORES`.
        how: ``embedded``, ``process``, ``container``, or the URL of a running one; None for the
            module's ``DEFAULT``, or ``embedded`` where it has none.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    if how == "url":
        raise ServerUnavailable(f"{store}: --server takes the URL itself, such as {url_of(store)}")
    module = _module_of(store)
    started: AbstractContextManager[Server] = module.start(
        default_way(store) if how is None else how
    )
    return started


def default_way(store: str) -> str:
    """Return how a store is started where nothing else is asked for.

    Args:
        store: one of `STORES`.
    """
    way: str = getattr(_module_of(store), "DEFAULT", "embedded")
    return way


def can_be_lost(store: str, how: str) -> bool:
    """Tell whether memcert can show what becomes of a store when its server is killed.

    Args:
        store: one of `STORES`.
        how: how it is started, as `start` takes it.
    """
    return how == "process" or STORES[store].is_file


def url_of(store: str) -> str:
    """Return what the URL of a running store looks like.

    Args:
        store: one of `STORES`.
    """
    url: str = _module_of(store).URL
    return url


def why_not(store: str, how: str) -> str | None:
    """Return why a store cannot be had here in some way, in one line; None if it can be.

    Args:
        store: one of `STORES`.
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    reason: str | None = _module_of(store).why_not(how)
    return reason


def _module_of(store: str) -> Any:
    server = STORES[store].server
    assert server is not None
    return import_module(server)


__all__ = [
    "STORES",
    "WAYS",
    "Address",
    "How",
    "KillableServer",
    "Server",
    "ServerUnavailable",
    "can_be_lost",
    "default_way",
    "start",
    "url_of",
    "why_not",
]
