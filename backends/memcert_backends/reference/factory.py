"""The reference as a backend: ephemeral by design."""

from __future__ import annotations

from collections.abc import AsyncIterator

from memcert_backends.backend import Space, backend
from memcert_reference import InMemoryMemory


@backend("reference", durable=False)
async def reference(space: Space) -> AsyncIterator[InMemoryMemory]:
    """Open a memory in this process; the space's ids play no part.

    Args:
        space: where the memory lives.
    """
    async with InMemoryMemory() as memory:
        yield memory
