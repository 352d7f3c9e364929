"""A network in front of each database that falls silent: connected, and nothing passes any more."""

from __future__ import annotations

import asyncio
import gc
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import make_url


class Route:
    """One way to a server. What is held back while it is silent passes when it speaks again."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: tuple[str, int]) -> None:
        self.fell = threading.Event()
        """Whether it has fallen silent."""
        self.port = 0
        self.seconds_per_byte = 0.0
        """How slowly the server's answers come, byte by byte; 0 for at once."""
        self._loop = loop
        self._target = target
        self._packets: int | None = None
        self._text: re.Pattern[bytes] | None = None
        self._delivered = True
        self._passes = asyncio.Event()
        self._passes.set()
        self._tasks: set[asyncio.Task[Any]] = set()

    def fall_silent(
        self, *, packets: int | None = 0, text: str | None = None, delivered: bool = True
    ) -> None:
        """Let nothing pass after some packets to the server, or after one with a text.

        Args:
            packets: how many still pass; None for no such limit.
            text: a regular expression.
            delivered: whether the packet with the text still passes.
        """
        self._packets, self._delivered = packets, delivered
        self._text = None if text is None else re.compile(text.encode())
        if packets == 0:
            self._loop.call_soon_threadsafe(self._silence)

    def speak(self) -> None:
        """Let everything pass again, what was held back first."""
        self._packets = self._text = None

        def speak() -> None:
            self.fell.clear()
            self._passes.set()

        self._loop.call_soon_threadsafe(speak)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # What was closed is so in the loop's next turn.
        await asyncio.sleep(0)

    def _silence(self) -> None:
        self._passes.clear()
        self.fell.set()

    async def _accept(
        self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with ExitStack() as stack:
            # Also if it is silent to the end.
            stack.callback(to_client.close)
            await self._passes.wait()
            from_server, to_server = await asyncio.open_connection(*self._target)
            stack.callback(to_server.close)
            await asyncio.gather(
                self._pass(from_client, to_server, True), self._pass(from_server, to_client, False)
            )

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, to_server: bool
    ) -> None:
        data = b""
        with suppress(ConnectionError):
            while data := await source.read(1 << 16):
                await self._passes.wait()
                if to_server and not self._falls(data):
                    await self._passes.wait()
                if to_server or not self.seconds_per_byte:
                    sink.write(data)
                else:
                    for byte in data:
                        sink.write(bytes([byte]))
                        await asyncio.sleep(self.seconds_per_byte)
                if to_server and self._text is not None and self._text.search(data):
                    self._silence()
                if to_server and self._packets is not None and self._packets >= 0:
                    self._packets -= 1
                    if self._packets == 0:
                        self._silence()
                await sink.drain()
        await self._passes.wait()
        with suppress(ConnectionError, OSError):
            sink.close()

    def _falls(self, data: bytes) -> bool:
        """Tell whether a packet passes; fall silent first if it is one that does not."""
        if self._text is not None and self._text.search(data) and not self._delivered:
            self._text = None
            self._silence()
            return False
        return True


class Network:
    """Routes to one server, in a thread of their own."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._routes: list[Route] = []

    def route(self) -> tuple[Route, str]:
        """Return a new route, and the database's URL by it."""
        assert self._url.host is not None
        assert self._url.port is not None
        route = Route(self._loop, (self._url.host, self._url.port))
        self._do(route.open())
        self._routes.append(route)
        url = self._url.set(host="127.0.0.1", port=route.port)
        return route, url.render_as_string(hide_password=False)

    def close(self) -> None:
        for route in self._routes:
            self._do(route.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, doing: Any) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result()


@pytest.fixture
def network(url: str) -> Iterator[Network]:
    """A network in front of the database of the test."""
    network = Network(url)
    yield network
    network.close()
    if sqlalchemy.__version__.startswith("2.0."):
        # It, and the drivers of its time, leave open what failed while it was being opened.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gc.collect()
