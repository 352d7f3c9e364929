"""A Redis Cluster of one's own: three masters, each a redis-server in a folder of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import combinations
from types import TracebackType
from typing import Any, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.servers.redis_process import HOST, redis_process
from memcert_backends.servers.redis_version import redis_version
from memcert_backends.servers.server import Server, ServerUnavailable

MASTERS = 3
"""How many nodes a cluster has, each with a third of the slots and no replica."""

SETTINGS: Mapping[str, str] = {"cluster-enabled": "yes"}
"""The configuration of a node, where it differs from that of a redis-server."""

_SLOTS = 16384
# The bus between the nodes; a setting for it came with Redis 7.
_BUS_ABOVE = 10000
_FORM_SECONDS = 30.0


@contextmanager
def redis_cluster_process() -> Iterator[Server]:
    """Start a Redis Cluster, and stop it when the context or this process ends.

    Raises:
        ServerUnavailable: there is no redis-server, or they form no cluster; one line says why.
    """
    with _Clusters() as clusters, clusters.server() as server:
        yield server


class _Clusters:
    """Running clusters, each used again when it was emptied.

    A node waits two seconds before it calls a cluster ready that it did not see before
    (CLUSTER_WRITABLE_DELAY in its source), so starting one for each program would take too long.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._empty: list[list[redis.Redis]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    @contextmanager
    def server(self) -> Iterator[Server]:
        nodes = self._empty.pop() if self._empty else self._start()
        try:
            yield Server(
                url=f"redis://{HOST}:{_port(nodes[0])}/0",
                store="redis-cluster",
                how="process",
                version=f"{redis_version(nodes[0])} ({len(nodes)} masters)",
                fresh=self.server,
            )
        finally:
            # One with a node that somebody killed is not for the next program.
            with suppress(redis.RedisError):
                for node in nodes:
                    node.flushall()
                    node.script_flush()
                self._empty.append(nodes)

    def _start(self) -> list[redis.Redis]:
        with ExitStack() as stack:
            servers = [
                stack.enter_context(redis_process(SETTINGS, _BUS_ABOVE)) for _ in range(MASTERS)
            ]
            nodes = [
                stack.enter_context(redis.Redis.from_url(server.url, retry=Retry(NoBackoff(), 0)))
                for server in servers
            ]
            _form(nodes)
            self._stack.enter_context(stack.pop_all())
        return nodes


def _form(nodes: Sequence[Any]) -> None:
    for number, node in enumerate(nodes):
        # Equal ones would have to be resolved when the nodes meet.
        node.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        first, last = (_SLOTS * turn // len(nodes) for turn in (number, number + 1))
        node.execute_command("CLUSTER ADDSLOTS", *range(first, last))
    for node, other in combinations(nodes, 2):
        node.execute_command("CLUSTER MEET", HOST, _port(other))
    deadline = time.monotonic() + _FORM_SECONDS
    while not all(_ready(node, len(nodes)) for node in nodes):
        if time.monotonic() > deadline:
            raise ServerUnavailable(
                f"redis-cluster: the nodes form no cluster within {_FORM_SECONDS:g} s"
            )
        time.sleep(0.02)


def _ready(node: redis.Redis, size: int) -> bool:
    state: Any = node.cluster("INFO")
    return (state["cluster_state"], int(state["cluster_size"])) == ("ok", size)


def _port(node: redis.Redis) -> int:
    return int(node.connection_pool.connection_kwargs["port"])
