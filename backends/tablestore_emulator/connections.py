"""Listening at a port, and letting go of connections that never say what they want.

Once it has asked for something, a connection that says no more is closed by aiohttp, when its
keep-alive is over; before that, aiohttp waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Connections:
    """Connections of which nothing is known yet.

    Args:
        seconds: how long they are given to ask for something.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._silent: dict[web.RequestHandler, asyncio.TimerHandle] = {}

    def opened(self, server: web.Server) -> asyncio.Protocol:
        """Return what serves a new connection.

        Args:
            server: the server that it is a connection to.
        """
        handler = server()
        loop = asyncio.get_running_loop()
        self._silent[handler] = loop.call_later(self._seconds, self._close, handler)
        return handler

    def asked(self, received: web.BaseRequest) -> None:
        """Take note that a connection asked for something.

        Args:
            received: the request.
        """
        timer = self._silent.pop(received.protocol, None)
        if timer is not None:
            timer.cancel()

    def _close(self, handler: web.RequestHandler) -> None:
        del self._silent[handler]
        handler.force_close()

    def forget(self) -> None:
        """Leave all of them alone: they are closed in another way."""
        for timer in self._silent.values():
            timer.cancel()
        self._silent.clear()


@asynccontextmanager
async def listening(
    runner: web.BaseRunner, connections: Connections, host: str, port: int
) -> AsyncIterator[int]:
    """Listen while the context lasts, and say at which port.

    Args:
        runner: what answers.
        connections: where new connections are looked after.
        host: where to listen.
        port: the port; 0 for any.

    Raises:
        OSError: the port is taken.
    """
    await runner.setup()
    try:
        server = runner.server
        assert server is not None
        loop = asyncio.get_running_loop()
        bound = await loop.create_server(lambda: connections.opened(server), host, port)
        try:
            number: int = bound.sockets[0].getsockname()[1]
            yield number
        finally:
            bound.close()
    finally:
        connections.forget()
        await runner.cleanup()
