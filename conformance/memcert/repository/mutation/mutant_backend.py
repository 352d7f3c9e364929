"""The backend that a mutant is part of, found by the folder that it is in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from memcert.repository.mutation.messages import given_other_messages
from memcert.repository.mutation.overlay import COPY, has_own_message, install
from memcert.repository.mutation.sources import SOURCES
from memcert_backends.backend import Backend, Space
from memcert_backends.catalogue import BUILT_IN

TRIAL = "trial.json"
"""The file in a mutant's folder that says of which source it is, and which file is changed."""

_RESOLVER = f"{__name__}:mutant_backend"
# So named, the process that others are forked from imports it once.
_PREFIX = "mutant:"


def mutant_backend(name: str) -> Backend:
    """Return the backend that a mutant is part of, and install the mutant in this process.

    Args:
        name: its folder, after ``mutant:``.
    """
    folder = Path(name.removeprefix(_PREFIX))
    trial = json.loads((folder / TRIAL).read_text(encoding="utf-8"))
    source = SOURCES[trial["source"]]
    install(folder)
    found = _of_reference(trial["file"])
    if source.backend:
        module, _, attribute = BUILT_IN[source.backend].factory.partition(":")
        found = getattr(import_module(module), attribute)
    return replace(found, specification=f"{_PREFIX}{folder}", resolver=_RESOLVER)


def specification(folder: Path) -> str:
    """Return the name of the mutant in a folder.

    Args:
        folder: the folder.
    """
    return f"{_PREFIX}{folder}"


def _of_reference(file: str) -> Backend:
    async def open_memory(space: Space) -> AsyncIterator[Any]:
        async with _opened(file) as memory:
            yield memory

    return Backend(name="mutated reference", open=open_memory, durable=False)


@asynccontextmanager
async def _opened(file: str) -> AsyncIterator[Any]:
    # Imported where it is used: what fails when it is imported is a backend that is of no use.
    memory_class = import_module(f"{COPY}.memory").InMemoryMemory
    if has_own_message(file):
        message_class = import_module(f"{COPY}.message").Msg
        memory_class = given_other_messages(memory_class, message_class)
    async with memory_class() as memory:
        yield memory
