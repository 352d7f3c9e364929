"""How a broken memory becomes a mutant: a class derived from a host, and a decorator."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeAlias, TypeVar

from memcert.engine.mutant import Mutant
from memcert.short_term.mutants.expiring_host import KeptForAWhile
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.networked import Networked, open_pool
from memcert_backends.backend import Backend, Space
from memcert_reference import MemoryBase, Msg

RESOLVER = "memcert.resolver:resolve"
"""What finds a mutant by its name, in another process too; it finds them through their contract."""

Memories: TypeAlias = "Msg | list[Msg] | None"
"""What ``add`` takes."""

Marks: TypeAlias = "str | list[str] | None"
"""The marks that ``add`` takes."""

Memory = TypeVar("Memory", bound=MemoryBase)

MUTANTS: dict[str, Mutant] = {}
"""Every mutant by name, in the order in which they are made."""

CLASSES: dict[str, type[MemoryBase]] = {}
"""Their classes, of which two can be put together."""


def mutant(
    name: str, *kills: str, way: str | None = None
) -> Callable[[type[Memory]], type[Memory]]:
    """Make a mutant of a memory class; the first line of its docstring says what is wrong.

    A class derived from `Kept` is durable, on a folder; one derived from `Networked`, in a Redis;
    any other is ephemeral.

    Args:
        name: how it is named, after ``mutant:``.
        kills: the ids of the rules that it must be failed by.
        way: how its store is started, where that matters to these rules: ``process`` for those
            that kill the server.

    Raises:
        ValueError: there is a mutant of that name, or the class has no docstring.
    """

    def decorate(kind: type[Memory]) -> type[Memory]:
        text = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
        if name in MUTANTS or not text:
            raise ValueError(f"the mutant {name!r} is there already, or says nothing of itself")
        CLASSES[name] = kind
        MUTANTS[name] = Mutant(name, text, kills, backend_of(f"mutant:{name}", kind, way))
        return kind

    return decorate


def backend_of(name: str, kind: type[MemoryBase], way: str | None = None) -> Backend:
    """Return the backend that opens memories of a class, a mutant or a host.

    Args:
        name: how reports name it, and how another process finds it.
        kind: `Kept`, `Networked` or a class derived from them, or any other in-memory class.
        way: how its store is started unless something else is asked for; None for the store's own
            default.
    """
    if issubclass(kind, Networked):
        return _networked(name, kind, way)

    async def open_memory(space: Space) -> AsyncIterator[MemoryBase]:
        memory = kind(space) if issubclass(kind, Kept) else kind()
        try:
            yield memory
        finally:
            await memory.close()

    durable = issubclass(kind, Kept)
    return Backend(
        name=name,
        open=open_memory,
        store="folder" if durable else None,
        durable=durable,
        expiry=issubclass(kind, KeptForAWhile),
        specification=name,
        resolver=RESOLVER,
    )


def _networked(name: str, kind: type[Networked], way: str | None) -> Backend:
    async def open_memory(space: Space) -> AsyncIterator[Networked]:
        async with AsyncExitStack() as stack:
            pool = space.pool
            if pool is None:
                assert space.server is not None
                own = open_pool(space.server, 2, kind.pool_seconds)
                pool = await stack.enter_async_context(own)
            yield await stack.enter_async_context(kind(space, pool))

    return Backend(
        name=name,
        open=open_memory,
        store="redis",
        extra="redis",
        pool=partial(open_pool, seconds=kind.pool_seconds),
        time_limit=True,
        specification=name,
        resolver=RESOLVER,
        way=way,
    )
