"""What a backend is: a way to open memories in spaces.

A backend is one async generator. It is entered with a space, yields a memory that works there, and
cleans up after the ``yield``::

    @backend("redis", extra="redis")
    async def redis(space):
        async with Redis.from_url(space.server.url) as client:
            yield RedisMemory(client=client, user_id=space.user_id, session_id=space.session_id)

Entering it again with the same space is a second client, or a restart; with another space it is
another tenant.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from memcert_backends.catalogue import STORES
from memcert_backends.servers.folder import path_of
from memcert_backends.servers.server import Server


@dataclass(frozen=True)
class Space:
    """Where a memory lives.

    Args:
        user_id: the user.
        session_id: the user's session.
        server: the running store, for a backend that needs one that the kit starts.
        pool: what the backend's ``pool`` gave, for a memory that shares connections with others;
            None for a memory with connections of its own.
        time_limit: how long an operation may take, in seconds, where the kit has the server fall
            silent; None for the memory's own limit. A backend that goes by it declares so.
        expiry: after how many seconds without use it is to be gone; None for never. A backend that
            goes by it declares so.
    """

    user_id: str
    session_id: str
    server: Server | None = None
    pool: Any = None
    time_limit: float | None = None
    expiry: int | None = None

    @property
    def path(self) -> Path:
        """A file of its own in a store that is a folder; it need not be there.

        Raises:
            ValueError: the store is none (``store="folder"``).
        """
        if self.server is None or self.server.store != "folder":
            raise ValueError('a space has a file where its backend says store="folder"')
        # An id may hold any character, and a name of a file may not.
        ids = repr((self.user_id, self.session_id)).encode()
        return path_of(self.server.url) / hashlib.sha256(ids).hexdigest()


Factory: TypeAlias = Callable[[Space], AsyncIterator[Any]]
"""An async generator function that yields one memory for a space."""

Pool: TypeAlias = Callable[[Server, int], AbstractAsyncContextManager[Any]]
"""Opens a pool of at most so many connections to a running store, as an async context manager."""


@dataclass(frozen=True)
class Backend:
    """A way to open memories in spaces, and what it can do.

    Args:
        name: how reports name it.
        open: the async generator function; the lifetime of a memory is its ``yield``.
        store: which store the kit starts for it (`memcert_backends.catalogue.STORES`), if any.
        extra: the extra of this distribution that it needs, if any.
        durable: whether what was stored is there after the memory was closed and opened again; one
            that does not promise that is certified at level core, and its certificate says so.
        contract: what it keeps: the id of a contract.
        declares: what else it says of itself, by the names that the contract has for it: for
            ``short-term``, ``max_message_bytes`` (the limit on a message's size that it states)
            and ``full_state`` (whether `state_dict` holds the messages, which is found out).
        pool: opens connections that several memories share (`Space.pool`), if it has a way.
        time_limit: whether its factory goes by `Space.time_limit`, so that nobody has to wait for
            its own.
        expiry: whether its factory goes by `Space.expiry`.
        process_local: whether its data live in the process that stored them, so that no other
            process can open it.
        specification: how to name it on the command line so that another process finds it.
        resolver: the function that finds it by that, as ``module:name``.
        way: how its store is started unless something else is asked for; None for the store's own
            default.
    """

    name: str
    open: Factory
    store: str | None = None
    extra: str | None = None
    durable: bool = True
    contract: str = "short-term"
    declares: Mapping[str, Any] = field(default_factory=dict)
    pool: Pool | None = None
    time_limit: bool = False
    expiry: bool = False
    process_local: bool = False
    specification: str = ""
    resolver: str = ""
    way: str | None = None


def backend(
    name: str,
    *,
    store: str | None = None,
    extra: str | None = None,
    durable: bool = True,
    contract: str = "short-term",
    pool: Pool | None = None,
    time_limit: bool = False,
    expiry: bool = False,
    process_local: bool = False,
    **declares: Any,
) -> Callable[[Factory], Backend]:
    """Make a backend of an async generator function that takes a space and yields a memory.

    Args:
        name: how reports name it.
        store: the store that the kit starts for it; the one of the same name by default, if
            there is one.
        extra: the extra of memcert that it needs, named when an import fails.
        durable: whether it promises to keep what was stored.
        contract: what it keeps: the id of a contract.
        pool: opens connections that several memories share; the factory then finds them in
            ``space.pool``, unless that is None.
        time_limit: whether the factory has operations end within ``space.time_limit``, unless that
            is None.
        expiry: whether the factory has a space that nobody uses expire after ``space.expiry``
            seconds, unless that is None.
        process_local: whether its data live in the process that stored them, so that no other
            process can open it: what takes one is then not tried, and no level that takes it is
            reached.
        declares: what else it says of itself (`Backend`).

    Raises:
        TypeError: what is decorated is not an async generator function.
    """

    def decorate(function: Factory) -> Backend:
        if not inspect.isasyncgenfunction(function):
            raise TypeError(
                f"a backend is an async generator function (async def with one yield);"
                f" {getattr(function, '__name__', function)!r} is not"
            )
        return Backend(
            name=name,
            open=function,
            store=store or (name if name in STORES else None),
            extra=extra,
            durable=durable,
            contract=contract,
            declares=declares,
            pool=pool,
            time_limit=time_limit,
            expiry=expiry,
            process_local=process_local,
        )

    return decorate
