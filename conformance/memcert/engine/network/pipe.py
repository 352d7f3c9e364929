"""One direction of a connection: what is read from one socket is written to the other."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import Protocol

from memcert.engine.network.sockets import arrived

PACKET_BYTES = 2**16
"""The most that is read at once."""

QUEUE_BYTES = 2**20
"""How much may wait for the latency to pass in each direction; no more is read beyond it."""


class Owner(Protocol):
    """The connection that a pipe is one direction of."""

    def latency(self) -> float:
        """Return for how long a packet that is read now is kept back, in seconds."""

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
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self.source)
        self._loop.remove_writer(self.sink)

    def hold(self) -> None:
        """Pass no packet on until `release`."""
        self._held = True

    def release(self) -> None:
        """Go on after `hold`."""
        self._held = False
        self._go_on()

    def send(self, packet: bytes) -> None:
        """Write a packet to the sink, now or as soon as it takes it.

        Args:
            packet: what to write.
        """
        self._rest = memoryview(packet)
        if self._write() and self._rest:
            self._loop.add_writer(self.sink, self._writable)

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
        while self._late and self._late[0][0] <= now and not self._rest and not self._held:
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
            self._rest = self._rest[self.sink.send(self._rest) :]
        except BlockingIOError:
            pass
        except OSError:
            self.stop()
            self._owner.broken(self)
            return False
        return True

    def _writable(self) -> None:
        if self._write() and not self._rest:
            self._loop.remove_writer(self.sink)
            self._go_on()

    def _go_on(self) -> None:
        """Read, or wait for what is late, as far as nothing stands in the way."""
        if self._stopped:
            return
        free = not self._rest and not self._held
        if free and self._late and self._timer is None:
            self._timer = self._loop.call_at(self._late[0][0], self._due)
        reading = free and not self._all_read and self._late_bytes < QUEUE_BYTES
        if reading and not self._reading:
            self._loop.add_reader(self.source, self._readable)
        elif self._reading and not reading:
            self._loop.remove_reader(self.source)
        self._reading = reading
