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
from memcert_backends.time_limit import OPERATION_TIMEOUT
from memcert_backends.unusable import UnknownURL


@asynccontextmanager
async def _pool(server: Server, size: int) -> AsyncIterator[Any]:
    options = TablestoreURL.parse(server.url).client_options
    async with new_client(**options, max_connection=size) as client:
        yield client


@backend(
    "tablestore",
    extra="tablestore",
    max_message_bytes=MAX_MESSAGE_BYTES,
    pool=_pool,
    time_limit=True,
)
async def tablestore(space: Space) -> AsyncIterator[TablestoreMemory]:
    """Open a memory in Tablestore, with a client of its own unless there is one to share.

    Args:
        space: where the memory lives, the running service, and the client.
    """
    assert space.server is not None
    place = TablestoreURL.parse(space.server.url)
    ids: dict[str, Any] = {
        "user_id": space.user_id,
        "session_id": space.session_id,
        "operation_timeout": space.time_limit or OPERATION_TIMEOUT,
    }
    where = {"client": space.pool} if space.pool is not None else place.client_options
    async with TablestoreMemory(**where, **ids, **place.memory_options) as memory:
        yield memory


@asynccontextmanager
async def open_url(
    url: str, user_id: str, session_id: str, prefix: str | None, *, create: bool = True
) -> AsyncIterator[TablestoreMemory]:
    """Open a memory in the instance at a URL.

    Args:
        url: as `TablestoreURL` takes it.
        user_id: whose memory it is.
        session_id: which of the user's sessions.
        prefix: the `table_name`; None for the URL's, or the default.
        create: not used: an instance is there or it is not.

    Raises:
        UnknownURL: it is no such URL.
    """
    try:
        place = TablestoreURL.parse(url)
    except ValueError as error:
        raise UnknownURL(f"tablestore: {error}") from None
    more = place.memory_options if prefix is None else {"table_name": prefix}
    async with TablestoreMemory(
        **place.client_options, user_id=user_id, session_id=session_id, **more
    ) as memory:
        yield memory
