"""The nodes of a Redis Cluster of one's own: how they meet, and what they say where they are."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import combinations, permutations
from typing import Any

import redis

from memcert_backends.redis.address import url_at
from memcert_backends.redis.process import RunningRedis, running_redis
from memcert_backends.redis.version import redis_version
from memcert_backends.servers.rerouting import at_other_addresses
from memcert_backends.servers.server import Address, Server, ServerUnavailable
from memcert_backends.servers.server_process import HOST, ServerProcess

MASTERS = 3
"""How many nodes a cluster has, each with a third of the slots and no replica."""

SETTINGS: Mapping[str, str] = {"cluster-enabled": "yes"}
"""The configuration of a node, where it differs from that of a redis-server."""

_SLOTS = 16384
# The bus between the nodes; a setting for it came with Redis 7.
_BUS_ABOVE = 10000
_SECONDS = 60.0
_ANNOUNCED = "cluster-announce-port"


class _Node:
    """A redis-server of the cluster.

    Args:
        running: the server.
        client: connected to it.
        settings: its configuration, which can be changed for its next start.
    """

    def __init__(self, running: RunningRedis, client: Any, settings: dict[str, str]) -> None:
        self.process = running.process
        self.url = running.url
        self.client = client
        self.settings = settings
        self.id = _text(self.client.execute_command("CLUSTER MYID"))

    @property
    def announced(self) -> int:
        """The port at which it says it is."""
        return int(self.settings.get(_ANNOUNCED, self.process.port))

    def announce(self, port: int) -> None:
        """Have it say that it is at another port, also after its next start."""
        self.settings[_ANNOUNCED] = str(port)
        if port == self.process.port:
            del self.settings[_ANNOUNCED]
        if self.process.runs:
            self.client.config_set(_ANNOUNCED, self.settings.get(_ANNOUNCED, "0"))

    def meet(self, other: _Node) -> None:
        """Have it ask another one, now, who and where that is."""
        port = other.process.port
        self.client.execute_command("CLUSTER MEET", HOST, port, port + _BUS_ABOVE)

    def ports(self) -> dict[str, int]:
        """Return the port of each node that it knows, by the node's id."""
        # In two words, since redis-py makes a table by address of the answer to "CLUSTER NODES": a
        # node that is being met again has two lines for a moment.
        lines = _text(self.client.execute_command("CLUSTER", "NODES")).splitlines()
        found = (line.split(maxsplit=2) for line in lines)
        return {node: int(at.partition("@")[0].rpartition(":")[2]) for node, at, _ in found}

    def is_ready(self) -> bool:
        """Tell whether it takes writes, and sees that all slots are taken care of."""
        state = self.client.cluster("INFO")
        return (state["cluster_state"], int(state["cluster_slots_ok"])) == ("ok", _SLOTS)


class Cluster:
    """A running cluster.

    Args:
        nodes: its nodes.
    """

    def __init__(self, nodes: Sequence[_Node]) -> None:
        self._nodes = nodes
        self.url = nodes[0].url
        self.version = f"{redis_version(nodes[0].client)} ({len(nodes)} masters)"

    @property
    def processes(self) -> list[ServerProcess]:
        """Its processes, one for each node."""
        return [node.process for node in self._nodes]

    def empty(self) -> None:
        """Forget all that is stored.

        Raises:
            redis.RedisError: a node is gone.
            ServerUnavailable: clients are still told to connect elsewhere.
        """
        if any(node.announced != node.process.port for node in self._nodes) or not self._agree():
            raise ServerUnavailable("redis-cluster: it is still rerouted")
        for node in self._nodes:
            node.client.flushall()
            node.client.script_flush()

    def form(self) -> None:
        """Make one cluster of nodes that do not know of one another.

        Raises:
            ServerUnavailable: that takes too long.
        """
        size = len(self._nodes)
        for number, node in enumerate(self._nodes):
            # Equal ones would have to be resolved when the nodes meet.
            node.client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            first, last = (_SLOTS * turn // size for turn in (number, number + 1))
            node.client.execute_command("CLUSTER ADDSLOTS", *range(first, last))
        for node, other in combinations(self._nodes, 2):
            node.meet(other)
        self._wait()

    def wait_until_ready(self) -> None:
        """Wait until the nodes that are not down work together, at the ports that they announce.

        Raises:
            ServerUnavailable: that takes too long.
        """
        if not self._agree():
            self._spread()
        self._wait()

    def with_rerouting(self, server: Server) -> Server:
        """Return a server with the way to reroute it.

        Args:
            server: the server that this cluster is.
        """
        return replace(server, rerouted=partial(self._rerouted, server))

    @contextmanager
    def _rerouted(self, server: Server, addresses: Sequence[Address]) -> Iterator[Server]:
        if [host for host, _ in addresses] != [HOST] * len(self._nodes):
            # A node has one host, for its clients and for the other nodes.
            raise ValueError(f"a cluster is rerouted to {len(self._nodes)} ports of {HOST}")
        try:
            self._announce([port for _, port in addresses])
            url = url_at(server.url, addresses[0])
            yield at_other_addresses(server, url, addresses)
        finally:
            with suppress(ServerUnavailable):
                self._announce([node.process.port for node in self._nodes])

    def _announce(self, ports: Sequence[int]) -> None:
        for node, port in zip(self._nodes, ports, strict=True):
            try:
                node.announce(port)
            except redis.RedisError as error:
                # One that was just killed will announce it when it is started again.
                if node.process.runs:
                    raise ServerUnavailable(
                        f"redis-cluster: a node cannot announce another port: {error}"
                    ) from None
        self._spread()
        self._wait(self._agree)

    def _spread(self) -> None:
        """Have the nodes that are not down ask one another where they are.

        They would say so by themselves, too, to one of the others each second.
        """
        for node, other in permutations(self._running(), 2):
            with suppress(redis.RedisError):
                node.meet(other)

    def _running(self) -> list[_Node]:
        return [node for node in self._nodes if node.process.runs]

    def _agree(self) -> bool:
        """Tell whether the nodes that are not down know where each of them says it is."""
        running = self._running()
        announced = {node.id: node.announced for node in running}
        return all(announced.items() <= node.ports().items() for node in running)

    def _ready(self) -> bool:
        return all(node.is_ready() for node in self._running()) and self._agree()

    def _wait(self, reached: Callable[[], bool] | None = None) -> None:
        ask = reached or self._ready
        deadline = time.monotonic() + _SECONDS
        while True:
            # A node that is killed meanwhile is not there, and then not asked.
            with suppress(redis.RedisError):
                if ask():
                    return
            if time.monotonic() > deadline:
                raise ServerUnavailable(
                    f"redis-cluster: the nodes form no cluster within {_SECONDS:g} s"
                )
            time.sleep(0.01)


@contextmanager
def running_cluster(settings: Mapping[str, str]) -> Iterator[Cluster]:
    """Start a Redis Cluster, and stop it when the context or this process ends.

    Args:
        settings: the configuration of its nodes, where it differs from that of a redis-server.

    Raises:
        ServerUnavailable: there is no redis-server, or they form no cluster; one line says why.
    """
    # Clients have one for all nodes.
    password = secrets.token_hex(16)
    with ExitStack() as stack:
        nodes = []
        for _ in range(MASTERS):
            own = {**SETTINGS, "requirepass": password, **settings}
            running = stack.enter_context(running_redis(own, _BUS_ABOVE))
            client = stack.enter_context(running.client())
            nodes.append(_Node(running, client, own))
        cluster = Cluster(nodes)
        cluster.form()
        yield cluster


def _text(answer: Any) -> str:
    return answer.decode() if isinstance(answer, bytes) else str(answer)
