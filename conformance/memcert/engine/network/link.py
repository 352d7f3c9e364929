"""A connection of a client to a server through the network, and what all of them share."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from errno import EINPROGRESS
from typing import Any, NamedTuple

from memcert.engine.network.cut import Armed
from memcert.engine.network.pipe import Pipe
from memcert.engine.network.sockets import Drain, prepare, reset

SECONDS_TO_LOOK_AGAIN = 0.001
"""How often it is seen whether what a cut waits for has arrived, in seconds."""

Target = Sequence[tuple[int, Any]]
"""A server: the family and address of every socket that it may have, as `getaddrinfo` says."""


class Shared:
    """What the links of a network share; used in the network's thread alone.

    Args:
        loop: the network's.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.latency = 0.0
        # The directions in which nothing passes for now, and those in which packets drip: whether
        # it is the one to the server.
        self.quiet: frozenset[bool] = frozenset()
        self.dripping: frozenset[bool] = frozenset()
        self.armed: Armed | None = None
        self.links: set[Link] = set()
        self.drains: dict[Drain, bool] = {}
        """What is left of connections that were cut, and whether it is the server's side."""
        self.connections = 0
        self.round_trips = 0
        # By direction: to the client, to the server.
        self.packets = [0, 0]
        self.sizes = [0, 0]

    def drain(self, sock: socket.socket, to_server: bool) -> None:
        """Let the peer of a socket read what it was sent, and then the end.

        Args:
            sock: the socket.
            to_server: whether the peer is the server.
        """
        self.drains[Drain(self.loop, sock, self.drains.pop)] = to_server

    def cut_all(self) -> None:
        """Reset every connection that is open."""
        for link in list(self.links):
            link.reset()

    def be_quiet(self, directions: frozenset[bool]) -> None:
        """Let nothing pass in some directions from now on, and everything in the others.

        Args:
            directions: whether it is the one to the server.
        """
        self.quiet = directions
        for link in list(self.links):
            link.look_again()


class _Pending(NamedTuple):
    """A cut whose packet has come, and which waits for others to arrive before it."""

    armed: Armed
    pipe: Pipe
    packet: bytes


class Link:
    """A connection of a client to a server.

    Args:
        shared: what it shares with the others.
        client: the client's socket, accepted.
        target: the server.
    """

    def __init__(self, shared: Shared, client: socket.socket, target: Target) -> None:
        self._shared = shared
        self._client = client
        self._server: socket.socket | None = None
        self._targets = list(target)
        self._pipes: list[Pipe] = []
        self._broken = False
        self._asked = False
        self._pending: _Pending | None = None
        shared.links.add(self)
        shared.connections += 1
        self._connect()

    def reset(self) -> None:
        """Cut the connection: both sides see a reset."""
        self._leave()
        reset(self._client)
        if self._server is not None:
            reset(self._server)

    def latency(self) -> float:
        return self._shared.latency

    def is_quiet(self, pipe: Pipe) -> bool:
        return pipe.to_server in self._shared.quiet

    def drips(self, pipe: Pipe) -> bool:
        return pipe.to_server in self._shared.dripping

    def look_again(self) -> None:
        """Go on, or stop for a while, in each direction."""
        for pipe in self._pipes:
            pipe.look_again()

    def passes(self, pipe: Pipe, packet: bytes) -> bool:
        # A packet that comes when a cut is due comes too late.
        if self._pending is not None and self._try_cut():
            return False
        shared = self._shared
        shared.packets[pipe.to_server] += 1
        shared.sizes[pipe.to_server] += len(packet)
        if self._asked and not pipe.to_server:
            shared.round_trips += 1
        self._asked = pipe.to_server
        armed = shared.armed
        if armed is None or not armed.meets(pipe.to_server):
            return True
        self._pending = _Pending(armed, pipe, packet)
        pipe.hold()
        if armed.cut.delivered:
            pipe.send(packet)
        self._wait_to_cut()
        return False

    def ended(self, pipe: Pipe, *, by_reset: bool) -> None:
        pipe.ended = True
        if by_reset or self._broken:
            self.reset()
            return
        try:
            pipe.sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.reset()
            return
        if all(each.ended for each in self._pipes):
            self._leave()
            pipe.source.close()
            pipe.sink.close()

    def broken(self, pipe: Pipe) -> None:
        # Whoever takes no more may have said why: the other direction is read to its end.
        pipe.ended = self._broken = True
        if all(each.ended for each in self._pipes):
            self.reset()

    def _connect(self) -> None:
        while self._targets:
            family, address = self._targets.pop(0)
            try:
                server = self._server = socket.socket(family, socket.SOCK_STREAM)
                prepare(self._client)
                prepare(server)
            except OSError:  # the client has gone already, or no descriptor is left
                break
            if server.connect_ex(address) in {0, EINPROGRESS}:
                self._shared.loop.add_writer(server, self._connected, server)
                return
            server.close()
        self.reset()

    def _connected(self, server: socket.socket) -> None:
        loop = self._shared.loop
        loop.remove_writer(server)
        if server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            server.close()
            self._connect()
            return
        self._pipes = [
            Pipe(loop, self._client, server, True, self),
            Pipe(loop, server, self._client, False, self),
        ]
        for pipe in self._pipes:
            pipe.start()

    def _wait_to_cut(self) -> None:
        if self._pending is not None and not self._try_cut():
            self._shared.loop.call_later(SECONDS_TO_LOOK_AGAIN, self._wait_to_cut)

    def _try_cut(self) -> bool:
        """Cut if what comes before the cut has arrived; tell whether this link is done with."""
        if self._pending is None:
            return False
        armed, pipe, packet = self._pending
        delivered = armed.cut.delivered
        if armed.over:  # disarmed while it waited
            self._pending = None
            if not delivered:
                pipe.send(packet)
            pipe.release()
            return False
        # A reset may overtake what came before it, unless that is known to have arrived. A packet
        # that is delivered is followed by an end, which cannot.
        if not pipe.arrived(acknowledged=not delivered):
            return False
        self._leave()
        # Neither side sees the cut before this is done: a client must not find a server that is
        # about to be killed.
        armed.happen()
        if delivered:
            self._shared.drain(pipe.sink, pipe.to_server)
            reset(pipe.source)
        else:
            self.reset()
        if armed.cut.everywhere:
            self._shared.cut_all()
        return True

    def _leave(self) -> None:
        """Do nothing any more with either socket."""
        self._pending = None
        self._shared.links.discard(self)
        for pipe in self._pipes:
            pipe.stop()
        if self._server is not None:
            with suppress(ValueError):  # it is closed: the next target is tried, or none is left
                self._shared.loop.remove_writer(self._server)
