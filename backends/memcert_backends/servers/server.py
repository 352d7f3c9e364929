"""A running store, and the ways to start one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

How = Literal["embedded", "process", "container"]
"""How a store is started; the fourth way is the URL of a running one."""

WAYS = ("embedded", "process", "container", "url")
"""How a store can be had."""

Address: TypeAlias = tuple[str, int]
"""A host and a TCP port."""


@dataclass(frozen=True)
class Server:
    """A running store.

    Args:
        url: where clients connect.
        store: which store it is, such as ``redis``.
        how: how it was started: one of `How`, or ``url``.
        version: what runs there, for the certificate.
        fresh: starts another one like it that nothing was ever stored in; None where that
            cannot be had.
        addresses: where clients connect, one for each node; none for a file, where there is nothing
            to connect to; None where that is not known.
        rerouted: given other addresses that lead to `addresses`, as many and in their order, has
            clients connect there alone: the `Server` of its context is for them. None where that
            cannot be had.
        killable: starts another one like it that keeps what it acknowledged when it is killed; None
            where that cannot be had.
    """

    url: str
    store: str
    how: str
    version: str
    fresh: Callable[[], AbstractContextManager[Server]] | None = field(
        default=None, compare=False, repr=False
    )
    # Not compared: a server that another process is told of is the same one.
    addresses: tuple[Address, ...] | None = field(default=None, compare=False, repr=False)
    rerouted: Callable[[Sequence[Address]], AbstractContextManager[Server]] | None = field(
        default=None, compare=False, repr=False
    )
    killable: Callable[[], AbstractContextManager[KillableServer]] | None = field(
        default=None, compare=False, repr=False
    )


class KillableServer(Protocol):
    """A store whose processes can be killed and started again, from any thread."""

    @property
    def server(self) -> Server:
        """The store; its URL stays as it is."""

    def kill(self, node: int | None = None) -> None:
        """Kill its processes at once (SIGKILL), and return when they are gone.

        A process that is gone stays so.

        Args:
            node: which one, by its place in the server's `addresses`; None for all.

        Raises:
            IndexError: there is no such node.
            ServerUnavailable: a process waits for a disk and does not die.
        """

    def restart(self) -> None:
        """Start what was killed, where it was and with its data; return when it answers.

        A process that runs stays as it is.

        Raises:
            ServerUnavailable: it does not come back; one line says why.
        """


class ServerUnavailable(Exception):
    """A store cannot be started, or reached, in the way that was asked for; one line why."""
