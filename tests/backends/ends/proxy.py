"""A proxy that falls silent: what it holds back is delivered later, or lost."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from memcert_backends.servers import Address

T = TypeVar("T")


class Proxy:
    """What stands between clients and the nodes of a server.

    Made by `Proxies.open`; its methods may be called in any thread.

    Args:
        loop: the proxies' own.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.addresses: list[Address] = []
        self.held = threading.Event()
        """Set once something is held back."""
        self._loop = loop
        self._listening: list[tuple[socket.socket, Address]] = []
        self._accepting: list[asyncio.Task[None]] = []
        self._fillers: list[socket.socket] = []
        self._links: set[Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        # Without a number, everything passes.
        self.silent_after: int | None = None
        self.seconds_per_byte = 0.0
        self.delivers = True
        self.healed = asyncio.Event()

    async def listen(self, targets: Sequence[Address]) -> None:
        """Open a port for each of some addresses."""
        for target in targets:
            listening = socket.create_server(("127.0.0.1", 0))
            listening.setblocking(False)
            self._listening.append((listening, target))
            self.addresses.append(listening.getsockname())
        self._accept()

    def silence(self, after: int = 0, *, deliver: bool = True) -> None:
        """Hold back whatever comes, the ends of connections too.

        Args:
            after: how many packets of each connection, both ways counted, still pass.
            deliver: whether what is held back arrives in the end, or is lost.
        """

        def change() -> None:
            self.delivers = deliver
            self.healed.clear()
            for link in self._links:
                link.passed = 0
            self.silent_after = after

        self._call(change)

    def drip(self, seconds: float) -> None:
        """Let answers through a byte at a time.

        Args:
            seconds: how long each byte takes.
        """
        self.seconds_per_byte = seconds

    def deafen(self) -> None:
        """Let nobody connect: the system does not even answer."""

        def change() -> None:
            self._stop_accepting()
            for listening, _ in self._listening:
                # What is more than the queue takes is left to wait.
                listening.listen(0)
                for _ in range(3):
                    filler = socket.socket()
                    filler.setblocking(False)
                    with suppress(BlockingIOError):
                        filler.connect(listening.getsockname())
                    self._fillers.append(filler)

        self._call(change)

    def heal(self) -> None:
        """Pass everything again, what was held back first."""

        def change() -> None:
            self.silent_after = None
            self.seconds_per_byte = 0.0
            self.healed.set()
            if not self._accepting:
                self._accept()

        self._call(change)

    async def close(self) -> None:
        """Cut every connection."""
        self._stop_accepting()
        for socket_ in [*self._fillers, *(listening for listening, _ in self._listening)]:
            socket_.close()
        for link in list(self._links):
            link.abort()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self) -> None:
        for listening, target in self._listening:
            listening.listen(1024)
            self._accepting.append(self._loop.create_task(self._serve(listening, target)))
        for filler in self._fillers:
            filler.close()

    def _stop_accepting(self) -> None:
        for task in self._accepting:
            task.cancel()
        self._accepting.clear()

    async def _serve(self, listening: socket.socket, target: Address) -> None:
        while True:
            client, _ = await self._loop.sock_accept(listening)
            serving = self._loop.create_task(self._pass_on(client, target))
            self._serving.add(serving)
            serving.add_done_callback(self._serving.discard)

    async def _pass_on(self, client: socket.socket, target: Address) -> None:
        link = Link(self)
        self._links.add(link)
        try:
            await link.pass_on(client, target)
        finally:
            self._links.discard(link)

    def _call(self, change: Any) -> None:
        done = threading.Event()

        def call() -> None:
            change()
            done.set()

        self._loop.call_soon_threadsafe(call)
        assert done.wait(10)


class Link:
    """One connection, and that to the server.

    Args:
        proxy: whose it is.
    """

    def __init__(self, proxy: Proxy) -> None:
        self.passed = 0
        self._proxy = proxy
        self._writers: list[asyncio.StreamWriter] = []

    async def pass_on(self, client: socket.socket, target: Address) -> None:
        """Pass on until both sides have closed.

        Args:
            client: the client's side.
            target: where the server is.
        """
        proxy = self._proxy
        try:
            reader, writer = await asyncio.open_connection(sock=client)
            self._writers.append(writer)
            with suppress(OSError):
                # The server has only so many connections.
                if proxy.silent_after == 0:
                    proxy.held.set()
                    await proxy.healed.wait()
                    if not proxy.delivers:
                        return
                server_reader, server_writer = await asyncio.open_connection(*target)
                self._writers.append(server_writer)
                await asyncio.gather(
                    self._pump(reader, server_writer, drips=False),
                    self._pump(server_reader, writer, drips=True),
                )
        finally:
            self.abort()

    def abort(self) -> None:
        """Cut both sides."""
        for writer in self._writers:
            writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, drips: bool
    ) -> None:
        proxy = self._proxy
        try:
            while True:
                try:
                    packet = await reader.read(2**16)
                except OSError:
                    packet = b""
                if not await self._may_pass():
                    self.abort()
                    return
                if not packet:
                    writer.write_eof()
                    return
                while drips and packet and proxy.seconds_per_byte:
                    writer.write(packet[:1])
                    packet = packet[1:]
                    await asyncio.sleep(proxy.seconds_per_byte)
                writer.write(packet)
                await writer.drain()
        except (OSError, RuntimeError):  # the sink is closed
            self.abort()

    async def _may_pass(self) -> bool:
        """Wait while the proxy is silent, and tell whether what was held back arrives."""
        proxy = self._proxy
        if proxy.silent_after is None or self.passed < proxy.silent_after:
            self.passed += 1
            return True
        proxy.held.set()
        await proxy.healed.wait()
        return proxy.delivers


class Proxies:
    """Opens proxies, in a thread of their own.

    Args:
        loop: the thread's.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    @contextmanager
    def open(self, targets: Sequence[Address]) -> Iterator[Proxy]:
        """Open a proxy for the nodes of a server.

        Args:
            targets: their addresses.
        """
        proxy = Proxy(self._loop)
        self._wait(proxy.listen(targets))
        try:
            yield proxy
        finally:
            self._wait(proxy.close())

    def _wait(self, doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(10)


@contextmanager
def proxies() -> Iterator[Proxies]:
    """Run the thread of the proxies."""
    loop = asyncio.SelectorEventLoop()
    thread = threading.Thread(target=loop.run_forever, name="proxies", daemon=True)
    thread.start()
    try:
        yield Proxies(loop)
    finally:

        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
