"""Connections that lead from new ports to those of a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest

from memcert_backends.servers import Address


class Forwarders:
    """What is accepted at `addresses` is sent on to the targets, and counted."""

    def __init__(self, targets: Sequence[Address]) -> None:
        self.addresses: list[Address] = []
        self.accepted = [0] * len(targets)
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._call(self._open(targets))

    def close(self) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(30)

    async def _open(self, targets: Sequence[Address]) -> None:
        for number, target in enumerate(targets):
            server = await asyncio.start_server(self._handler(number, target), "127.0.0.1", 0)
            self._servers.append(server)
            self.addresses.append(server.sockets[0].getsockname()[:2])

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _handler(self, number: int, target: Address) -> Callable[..., Coroutine[Any, Any, None]]:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.accepted[number] += 1
            with suppress(OSError, asyncio.CancelledError):
                to_reader, to_writer = await asyncio.open_connection(*target)
                await asyncio.gather(_pump(reader, to_writer), _pump(to_reader, writer))
            writer.close()

        return handle


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@pytest.fixture
def forwarders() -> Iterator[Callable[[Sequence[Address] | None], Forwarders]]:
    """Return a function that puts one in front of each address."""
    made: list[Forwarders] = []

    def forward(targets: Sequence[Address] | None) -> Forwarders:
        assert targets
        made.append(Forwarders(targets))
        return made[-1]

    yield forward
    for each in made:
        each.close()
