"""A cut of the network: where it is to happen, and whether it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """Where connections are to be cut.

    A packet is what the network reads from a socket at once: not a TCP segment. One request or
    reply of a few kilobytes is one packet if its sender wrote it at once; a large one is several,
    and how many depends on time.

    Args:
        packet: cut at this one, from 0, counted in its direction over all connections since the
            cut was armed.
        to_server: the direction: to the server, or to the client.
        delivered: whether this packet is still delivered.
        everywhere: cut every connection, not only that of the packet.

    Raises:
        ValueError: the packet is negative: the cut would never happen.
    """

    packet: int
    to_server: bool
    delivered: bool
    everywhere: bool = False

    def __post_init__(self) -> None:
        if self.packet < 0:
            raise ValueError(f"packets are counted from 0: {self.packet}")


class Armed:
    """A cut that is to happen once; used in the network's thread alone.

    Args:
        cut: where.
        on_cut: what to do when it happens, before a connection is closed.
    """

    def __init__(self, cut: Cut, on_cut: Callable[[], None] | None) -> None:
        self.cut = cut
        self.happened = False
        self.over = False
        """Whether it cannot happen any more."""
        self.error: BaseException | None = None
        """What `on_cut` raised."""
        self._on_cut = on_cut
        self._packets = 0

    def meets(self, to_server: bool) -> bool:
        """Count a packet, and tell whether it is the one to cut at.

        Args:
            to_server: the packet's direction.
        """
        if self.over or to_server != self.cut.to_server:
            return False
        self._packets += 1
        return self._packets == self.cut.packet + 1

    def happen(self) -> None:
        """Note that the cut happens now, and do what was asked for."""
        self.happened = self.over = True
        if self._on_cut is not None:
            try:
                self._on_cut()
            # The connections are cut all the same; whoever disarms hears of it.
            except BaseException as error:
                self.error = error
