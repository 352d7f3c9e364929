"""The memory's own client: what it gave up goes no further, and it works in any event loop."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis

_RESET = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a socket throws away what was not sent."""


class RedisClient(Redis):
    """A client of redis-py, for one server, whose given up commands go no further.

    redis-py closes the connection of a command that was cancelled or took too long, and asyncio
    then sends the rest of a large command as soon as the server takes it, minutes later perhaps.
    Here, the rest is thrown away.
    """

    async def _send_command_parse_response(
        self, conn: Any, command_name: str | bytes, *args: Any, **options: Any
    ) -> Any:
        writer: asyncio.StreamWriter | None = getattr(conn, "_writer", None)
        try:
            # It has no type hints.
            send: Any = super()._send_command_parse_response
            return await send(conn, command_name, *args, **options)
        finally:
            if writer is not None and conn._writer is not writer:
                _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection at once; what has not left this machine never does."""
    connection = writer.get_extra_info("socket")
    # It may be closed already, or a socket of this machine's own, which knows no such option.
    with suppress(OSError, AttributeError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


class ClientOfEachLoop:
    """A client that is made anew in each event loop: connections belong to the one they are of.

    Args:
        **options: what `RedisClient` takes.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self.client = RedisClient(**options)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: AsyncGenerator[None, None] | None = None

    async def of_this_loop(self) -> RedisClient:
        """Return the client of the running loop; it is closed before the loop is."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            if self._loop is not None:
                self.client = RedisClient(**self._options)
            self._loop = loop
            # Asynchronous generators that are not at their end are closed by `asyncio.run`.
            self._end = _closed_at_the_end(self.client)
            await anext(self._end)
        return self.client

    async def aclose(self) -> None:
        """Close the client of the running loop, if there is one."""
        if self._end is not None and self._loop is asyncio.get_running_loop():
            await self._end.aclose()


async def _closed_at_the_end(client: RedisClient) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await client.aclose()
