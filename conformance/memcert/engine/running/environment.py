"""What concurrent runs need of a store: a network that can be cut, a server that can be killed.

Both take a moment to set up, so that they are kept for the next program until the run ends.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from memcert.engine.network import Network
from memcert_backends.servers import KillableServer, Server


@dataclass(frozen=True)
class Deployment:
    """A store as the clients of a program reach it.

    Args:
        server: the running store, as its clients reach it; None for a backend that has none.
        network: what the connections to it lead through, if they do.
        killable: the same server, if it can be killed.
    """

    server: Server | None
    network: Network | None = None
    killable: KillableServer | None = None


class Environment:
    """The stores for the programs of one run.

    Args:
        server: the running store of the run.
    """

    def __init__(self, server: Server | None) -> None:
        self._server = server
        self._stack = ExitStack()
        self._networked: Deployment | None = None
        self._crashing: Deployment | None = None

    @property
    def has_network(self) -> bool:
        """Whether connections can be cut."""
        server = self._server
        return server is not None and bool(server.addresses) and server.rerouted is not None

    @property
    def can_crash(self) -> bool:
        """Whether a server can be killed."""
        return self._server is not None and self._server.killable is not None

    @property
    def is_file(self) -> bool:
        """Whether the store is a file: there is no server, and nothing to connect to."""
        return self._server is not None and self._server.addresses == ()

    def networked(self) -> Deployment:
        """Return the run's store, reached through a network that can be cut.

        Raises:
            ServerUnavailable: it cannot be set up; one line says why.
        """
        if self._networked is None:
            assert self._server is not None
            with ExitStack() as stack:
                self._networked = _behind_network(self._server, stack)
                self._stack.push(stack.pop_all())
        return self._networked

    def crashing(self) -> Deployment:
        """Return another store of the same kind that can be killed, reached through a network.

        Raises:
            ServerUnavailable: it cannot be set up; one line says why.
        """
        if self._crashing is None:
            assert self._server is not None
            assert self._server.killable is not None
            with ExitStack() as stack:
                killable = stack.enter_context(self._server.killable())
                deployment = _behind_network(killable.server, stack)
                self._crashing = Deployment(deployment.server, deployment.network, killable)
                self._stack.push(stack.pop_all())
        return self._crashing

    def close(self) -> None:
        """Stop what was started."""
        self._networked = self._crashing = None
        self._stack.close()


def _behind_network(server: Server, stack: ExitStack) -> Deployment:
    assert server.addresses
    assert server.rerouted is not None
    network = stack.enter_context(Network(server.addresses))
    return Deployment(stack.enter_context(server.rerouted(network.addresses)), network)
