"""How a broken memory becomes a mutant: a class derived from a host, and a decorator."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias, TypeVar

from memcert.engine.mutant import Mutant
from memcert.short_term.mutants.kept import Kept
from memcert_backends.backend import Backend, Space
from memcert_reference import InMemoryMemory, Msg

Memories: TypeAlias = "Msg | list[Msg] | None"
"""What ``add`` takes."""

Marks: TypeAlias = "str | list[str] | None"
"""The marks that ``add`` takes."""

Memory = TypeVar("Memory", bound=InMemoryMemory)

MUTANTS: dict[str, Mutant] = {}
"""Every mutant by name, in the order in which they are made."""


def mutant(name: str, *kills: str) -> Callable[[type[Memory]], type[Memory]]:
    """Make a mutant of a memory class; the first line of its docstring says what is wrong.

    A class derived from `Kept` is durable, on a folder; any other is ephemeral.

    Args:
        name: how it is named, after ``mutant:``.
        kills: the ids of the rules that it must be failed by.

    Raises:
        ValueError: there is a mutant of that name, or the class has no docstring.
    """

    def decorate(kind: type[Memory]) -> type[Memory]:
        text = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
        if name in MUTANTS or not text:
            raise ValueError(f"the mutant {name!r} is there already, or says nothing of itself")
        MUTANTS[name] = Mutant(name, text, kills, backend_of(f"mutant:{name}", kind))
        return kind

    return decorate


def backend_of(name: str, kind: type[InMemoryMemory]) -> Backend:
    """Return the backend that opens memories of a class, a mutant or a host.

    Args:
        name: how reports name it, and how another process finds it.
        kind: `Kept` or a class derived from it, or any other in-memory class.
    """

    async def open_memory(space: Space) -> AsyncIterator[InMemoryMemory]:
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
        specification=name,
    )
