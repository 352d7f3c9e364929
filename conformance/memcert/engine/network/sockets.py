"""What the network asks of a socket beyond reading and writing."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress

DISCARD_BYTES = 2**16


def prepare(sock: socket.socket) -> None:
    """Make a socket of a connection fit for the network.

    Args:
        sock: the socket, connected.
    """
    sock.setblocking(False)
    # Small packets leave at once: Nagle's algorithm makes a request in two writes wait 40 ms.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def reset(sock: socket.socket) -> None:
    """Close a socket so that its peer sees a reset, not an end.

    What was not sent yet is lost; what the peer's socket has received can still be read from it on
    Linux, but a peer that looks for errors first (asyncio's streams do) drops it.

    Args:
        sock: the socket.
    """
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def arrived(sock: socket.socket, *, acknowledged: bool) -> bool:
    """Tell whether all that was written is in the receive buffer of the peer, or never will be.

    Args:
        sock: the socket.
        acknowledged: ask for proof, which the peer may take 40 ms to send (delayed ACK). Without,
            it is enough that all was sent: on the loopback that puts it there, but a reset could
            overtake the kernel's second try where the peer had no memory left for the first.
    """
    if sys.platform != "linux":
        return True
    import fcntl

    siocoutq, siocoutqnsd, tcp_close = 0x5411, 0x894B, 7  # from Linux's sockios.h, tcp_states.h
    # A connection that the peer has reset counts what is unsent for ever.
    if sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == tcp_close:
        return True
    left = fcntl.ioctl(sock, siocoutq if acknowledged else siocoutqnsd, bytes(4))
    return left == bytes(4)


class Drain:
    """The end of a connection whose peer must still be able to read what it was sent.

    It sees the end after it, not a reset: no error can come before the data. What it goes on
    sending is read and dropped, because the kernel answers a close with unread data by a reset.

    Args:
        loop: the network's.
        sock: the socket.
        on_closed: called when the peer has closed the connection.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        on_closed: Callable[[Drain], object],
    ) -> None:
        self._loop = loop
        self._socket = sock
        self._on_closed = on_closed
        # A peer that has closed already is noticed by reading.
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        loop.add_reader(sock, self._discard)

    def close(self) -> None:
        """Close the connection, whatever the peer does."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _discard(self) -> None:
        try:
            if self._socket.recv(DISCARD_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.close()
        self._on_closed(self)
