"""One direction of a connection: what is read from one socket is written to the other."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import Protocol

from memcert.engine.network.sockets import arrived

PACKET_BYTES = 2**16
"""The most that is read at once."""

PIECES = 100
"""In how many pieces a packet drips, if it has as many bytes."""

SECONDS_BETWEEN_PIECES = 0.001
"""How long it takes from one to the next, in seconds."""

QUEUE_BYTES = 2**20
"""How much may wait for the latency to pass in each direction; no more is read beyond it."""


class Owner(Protocol):
    """The connection that a pipe is one direction of."""

    def latency(self) -> float:
        """Return for how long a packet that is read now is kept back, in seconds."""

    def is_quiet(self, pipe: Pipe) -> bool:
        """Tell whether nothing passes for now.

        Args:
            pipe: the direction.
        """

    def drips(self, pipe: Pipe) -> bool:
        """Tell whether a packet that is written now goes out piece by piece.

        Args:
            pipe: the direction.
        """

    def passes(self, pipe: Pipe, packet: bytes) -> bool:
        """Tell whether a packet is to be written; if not, the owner sees to it.

        Args:
            pipe: the direction.
            packet: what was read at once.
        """

    def ended(self, pipe: Pipe, *, by_reset: bool) -> None:
        """Hear that no packet will follow.

        Args:
            pipe: the direction.
            by_reset: whether the source was reset, not closed in order.
        """

    def broken(self, pipe: Pipe) -> None:
        """Hear that the sink takes no more.

        Args:
            pipe: the direction, which has stopped.
        """


class Pipe:
    """One direction of a connection.

    At most one packet waits for the sink, and while it does nothing is read: a slow receiver slows
    the sender down.

    Args:
        loop: the network's.
        source: what is read from.
        sink: what is written to.
        to_server: the direction.
        owner: the connection.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        source: socket.socket,
        sink: socket.socket,
        to_server: bool,
        owner: Owner,
    ) -> None:
        self.source = source
        self.sink = sink
        self.to_server = to_server
        self.ended = False
        self._loop = loop
        self._owner = owner
        self._late: deque[tuple[float, bytes | None]] = deque()
        self._late_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._rest = memoryview(b"")
        # How many bytes of it go out at once; 0 for all.
        self._piece = 0
        self._dripping: asyncio.TimerHandle | None = None
        self._reading = False
        self._all_read = False
        self._held = False
        self._stopped = False

    def start(self) -> None:
        """Read from the source."""
        self._go_on()

    def stop(self) -> None:
        """Leave both sockets alone from now on."""
        self._stopped = True
        self._late.clear()
        self._rest = memoryview(b"")
        for timer in (self._timer, self._dripping):
            if timer is not None:
                timer.cancel()
        self._loop.remove_reader(self.source)
        self._loop.remove_writer(self.sink)

    def hold(self) -> None:
        """Pass no packet on until `release`."""
        self._held = True

    def release(self) -> None:
        """Go on after `hold`."""
        self._held = False
        self._go_on()

    def look_again(self) -> None:
        """Go on, or stop for a while, as the owner says now."""
        self._go_on()

    def send(self, packet: bytes) -> None:
        """Write a packet to the sink, now or as soon as it takes it.

        Args:
            packet: what to write.
        """
        self._rest = memoryview(packet)
        self._piece = -(-len(packet) // PIECES) if self._owner.drips(self) else 0
        if self._write() and self._rest:
            self._write_later()

    def arrived(self, *, acknowledged: bool) -> bool:
        """Tell whether all that was passed on is in the receive buffer of the sink's peer.

        Args:
            acknowledged: ask for proof; see `memcert.engine.network.sockets.arrived`.
        """
        return not self._rest and arrived(self.sink, acknowledged=acknowledged)

    def _readable(self) -> None:
        packet: bytes | None
        try:
            packet = self.source.recv(PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            packet = None
        if not packet:
            self._all_read = True
        latency = self._owner.latency()
        # Behind what is late already, so that a latency that falls does not change the order.
        if latency > 0 or self._late:
            self._late.append((self._loop.time() + latency, packet))
            self._late_bytes += len(packet or b"")
        else:
            self._pass_on(packet)
        self._go_on()

    def _due(self) -> None:
        self._timer = None
        now = self._loop.time()
        while self._late and self._late[0][0] <= now and self._is_free():
            _, packet = self._late.popleft()
            self._late_bytes -= len(packet or b"")
            self._pass_on(packet)
        self._go_on()

    def _pass_on(self, packet: bytes | None) -> None:
        if not packet:
            self._owner.ended(self, by_reset=packet is None)
        elif self._owner.passes(self, packet):
            self.send(packet)

    def _write(self) -> bool:
        try:
            self._rest = self._rest[self.sink.send(self._rest[: self._piece or None]) :]
        except BlockingIOError:
            pass
        except OSError:
            self.stop()
            self._owner.broken(self)
            return False
        return True

    def _write_later(self) -> None:
        """Write the rest as soon as the sink takes it, or the next piece of it in a moment."""
        if self._piece:
            self._dripping = self._loop.call_later(SECONDS_BETWEEN_PIECES, self._drip)
        else:
            self._loop.add_writer(self.sink, self._writable)

    def _drip(self) -> None:
        self._dripping = None
        if not self._write():
            return
        if self._rest:
            self._write_later()
        else:
            self._go_on()

    def _writable(self) -> None:
        if self._write() and not self._rest:
            self._loop.remove_writer(self.sink)
            self._go_on()

    def _is_free(self) -> bool:
        """Tell whether a packet may be passed on now."""
        return not self._rest and not self._held and not self._owner.is_quiet(self)

    def _go_on(self) -> None:
        """Read, or wait for what is late, as far as nothing stands in the way."""
        if self._stopped:
            return
        free = self._is_free()
        if free and self._late and self._timer is None:
            self._timer = self._loop.call_at(self._late[0][0], self._due)
        reading = free and not self._all_read and self._late_bytes < QUEUE_BYTES
        if reading and not self._reading:
            self._loop.add_reader(self.source, self._readable)
        elif self._reading and not reading:
            self._loop.remove_reader(self.source)
        self._reading = reading
