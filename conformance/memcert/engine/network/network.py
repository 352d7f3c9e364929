"""A network between clients and servers that counts, slows down and cuts what passes.

It listens on the loopback and passes everything on to its targets, in a thread of its own: it works
while the event loop of the kit is busy, and for the clients in other processes.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic, sleep
from types import TracebackType
from typing import TypeVar

from memcert.engine.network.cut import Armed, Cut
from memcert.engine.network.link import Link, Shared, Target

Address = tuple[str, int]

BACKLOG = 1024
SECONDS_TO_ACCEPT_AGAIN = 0.1
"""How long the network waits when the process has no file descriptor left."""

__all__ = ["Address", "Cut", "Network", "Traffic"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Traffic:
    """What has passed since a network was opened; a packet that was cut at counts.

    A round trip is a packet to the client after one to the server, on one connection.
    """

    connections: int
    packets_to_server: int
    packets_to_client: int
    bytes_to_server: int
    bytes_to_client: int
    round_trips: int


class Network:
    """A network between clients and servers, open for as long as its context lasts.

    Its methods may be called in any thread, and in `on_cut`. They wait for the network's thread:
    for well under a millisecond, unless `on_cut` is running.

    Args:
        targets: the servers' addresses.

    Raises:
        OSError: on entering: the name of a host is unknown, or no port is free.
        RuntimeError: a method was called after the context had ended.
    """

    def __init__(self, targets: Sequence[Address]) -> None:
        self.addresses: tuple[Address, ...] = ()
        """What clients connect to, one for each target."""
        self._names = tuple(targets)
        self._targets: list[Target] = []
        # A socket that is bound, and does not listen, keeps each port for us while we refuse.
        self._reserved: list[socket.socket] = []
        self._listening: list[socket.socket] = []

    def __enter__(self) -> Network:
        self._targets = [
            [(family, address) for family, _, _, _, address in found]
            for found in (
                socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                for host, port in self._names
            )
        ]
        # Not the policy's loop: the network needs one that waits for sockets.
        self._loop = asyncio.SelectorEventLoop()
        self._shared = Shared(self._loop)
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()
        try:
            for _ in self._targets:
                self._reserved.append(_bound(("127.0.0.1", 0)))
            self.addresses = tuple(each.getsockname() for each in self._reserved)
            self.accept()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def latency(self) -> float:
        """The seconds by which each packet is late, in either direction; their order is kept."""
        return self._shared.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._shared.latency = seconds

    def traffic(self) -> Traffic:
        """Return what has passed since the network was opened."""
        shared = self._shared

        def read() -> Traffic:
            (to_client, to_server), (bytes_to_client, bytes_to_server) = (
                shared.packets,
                shared.sizes,
            )
            return Traffic(
                shared.connections,
                to_server,
                to_client,
                bytes_to_server,
                bytes_to_client,
                shared.round_trips,
            )

        return self._call(read)

    def arm(self, cut: Cut, on_cut: Callable[[], None] | None = None) -> None:
        """Have connections cut, once; a cut that was armed before is disarmed.

        Packets before it arrive. One that is delivered is followed by an end in its direction, so
        that its receiver can read it for certain; all else is reset. The sides that are reset see
        it at once.

        Args:
            cut: where.
            on_cut: called in the network's thread when the packet has been delivered, or is not
                going to be, and before any connection is closed: nothing passes while it runs, so
                it can kill the server. It must not wait for a thread that waits for the network.
        """

        def change() -> None:
            self._disarm()
            self._shared.armed = Armed(cut, on_cut)

        self._call(change)

    def disarm(self) -> bool:
        """Tell whether the cut that was armed last has happened; it does not happen any more.

        Raises:
            BaseException: what `on_cut` raised.
        """
        armed = self._call(self._disarm)
        if armed is not None and armed.error is not None:
            raise armed.error
        return armed is not None and armed.happened

    def settled(self, seconds: float) -> bool:
        """Wait until the servers have done what was delivered by a cut.

        A server that has closed its side of the connection has read all of it before.

        Args:
            seconds: how long to wait at most.

        Returns:
            Whether they have.
        """
        deadline = monotonic() + seconds
        while any(self._call(lambda: list(self._shared.drains.values()))):
            if monotonic() >= deadline:
                return False
            sleep(0.001)
        return True

    def cut_all(self) -> None:
        """Reset every connection that is open; what a cut has delivered can still be read."""
        self._call(self._shared.cut_all)

    def be_silent(self, *, hears: bool = False) -> None:
        """Let nothing pass until `speak`, while connections stay open, and are accepted.

        Args:
            hears: whether what clients send still passes, so that only answers do not.
        """
        directions = frozenset({False} if hears else {False, True})
        self._call(lambda: self._shared.be_quiet(directions))

    def speak(self) -> None:
        """Let everything pass again, what was held back first."""
        self._call(lambda: self._shared.be_quiet(frozenset()))

    def drip(self, dripping: bool) -> None:
        """Have what passes to the clients from now on arrive piece by piece, or at once again.

        Args:
            dripping: whether it does.
        """

        def change() -> None:
            self._shared.dripping = frozenset({False} if dripping else ())

        self._call(change)

    def refuse(self) -> None:
        """Refuse connections until `accept`, as a server that is down does, and cut all others."""

        def change() -> None:
            self._close_listening()
            self._shared.cut_all()

        self._call(change)

    def accept(self) -> None:
        """Accept connections again, at the same addresses."""

        def change() -> None:
            if self._listening:
                return
            for address, target in zip(self.addresses, self._targets, strict=True):
                listener = _bound(address)
                self._listening.append(listener)
                listener.listen(BACKLOG)
                self._listen(listener, target)

        self._call(change)

    def _listen(self, listener: socket.socket, target: Target) -> None:
        # Refused while descriptors were lacking.
        if listener in self._listening:
            self._loop.add_reader(listener, self._accept, listener, target)

    def _accept(self, listener: socket.socket, target: Target) -> None:
        try:
            client, _ = listener.accept()
        except (BlockingIOError, ConnectionError):  # the client has gone already
            return
        except OSError:
            self._loop.remove_reader(listener)
            self._loop.call_later(SECONDS_TO_ACCEPT_AGAIN, self._listen, listener, target)
            return
        Link(self._shared, client, target)

    def _disarm(self) -> Armed | None:
        if self._shared.armed is not None:
            self._shared.armed.over = True
        return self._shared.armed

    def _close_listening(self) -> None:
        while self._listening:
            listener = self._listening.pop()
            self._loop.remove_reader(listener)
            listener.close()

    def _close(self) -> None:
        def end() -> None:
            self._disarm()
            self._close_listening()
            self._shared.cut_all()
            for drain in self._shared.drains:
                drain.close()
            self._shared.drains.clear()
            self._loop.stop()

        self._loop.call_soon_threadsafe(end)
        self._thread.join()
        self._loop.close()
        while self._reserved:
            self._reserved.pop().close()

    def _call(self, function: Callable[[], _T]) -> _T:
        """Call a function in the network's thread, and return what it returns."""
        if threading.current_thread() is self._thread:
            return function()
        answer: Future[_T] = Future()

        def call() -> None:
            try:
                answer.set_result(function())
            except BaseException as error:
                answer.set_exception(error)

        self._loop.call_soon_threadsafe(call)
        return answer.result()


def _bound(address: Address) -> socket.socket:
    sock = socket.socket()
    try:
        sock.setblocking(False)
        # The reserving and the listening socket have the same port, which may have been in use.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
    except BaseException:
        sock.close()
        raise
    return sock
