"""Tablestore as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from memcert_backends.backend import Space, backend
from memcert_backends.servers import Server
from memcert_backends.tablestore.memory import MAX_MESSAGE_BYTES, TablestoreMemory
from memcert_backends.tablestore.sdk import new_client
from memcert_backends.tablestore.url import TablestoreURL


@asynccontextmanager
async def _pool(server: Server, size: int) -> AsyncIterator[Any]:
    options = TablestoreURL.parse(server.url).client_options
    async with new_client(**options, max_connection=size) as client:
        yield client


@backend("tablestore", extra="tablestore", max_message_bytes=MAX_MESSAGE_BYTES, pool=_pool)
async def tablestore(space: Space) -> AsyncIterator[TablestoreMemory]:
    """Open a memory in Tablestore, with a client of its own unless there is one to share.

    Args:
        space: where the memory lives, the running service, and the client.
    """
    assert space.server is not None
    place = TablestoreURL.parse(space.server.url)
    ids: dict[str, Any] = {"user_id": space.user_id, "session_id": space.session_id}
    where = {"client": space.pool} if space.pool is not None else place.client_options
    async with TablestoreMemory(**where, **ids, **place.memory_options) as memory:
        yield memory
