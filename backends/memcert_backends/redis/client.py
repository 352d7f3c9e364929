"""A client that does not send the rest of what was given up."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis

_RESET = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a socket throws away what was not sent."""


class Client(Redis):
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
            return await super()._send_command_parse_response(conn, command_name, *args, **options)
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
