"""A Redis Cluster of one's own: three masters, each a redis-server in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Self

import redis

from memcert_backends.redis.cluster.nodes import Cluster, running_cluster
from memcert_backends.redis.process import KEPT
from memcert_backends.servers.killable import killable
from memcert_backends.servers.server import KillableServer, Server, ServerUnavailable

# The others take a node back at once that was not down for that long, and after twice that if it
# was. A node that is back waits two seconds in either case, see below.
_PATIENT = {"cluster-node-timeout": "60000"}


@contextmanager
def redis_cluster_process() -> Iterator[Server]:
    """Start a Redis Cluster, and stop it when the context or this process ends.

    Raises:
        ServerUnavailable: there is no redis-server, or they form no cluster; one line says why.
    """
    with _Clusters() as clusters, clusters.server() as server:
        yield server


@contextmanager
def killable_redis_cluster() -> Iterator[KillableServer]:
    """Start a Redis Cluster that can be killed, and stop it when the context or this process ends.

    Raises:
        ServerUnavailable: there is no redis-server, or they form no cluster; one line says why.
    """
    with (
        running_cluster({**KEPT, **_PATIENT}) as cluster,
        killable(_server(cluster), cluster.processes, cluster.wait_until_ready) as made,
    ):
        yield made


class _Clusters:
    """Running clusters, each used again when it was emptied.

    A node waits two seconds before it calls a cluster ready that it did not see before
    (CLUSTER_WRITABLE_DELAY in its source), so starting one for each program would take too long.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._empty: list[Cluster] = []

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
        cluster = (
            self._empty.pop() if self._empty else self._stack.enter_context(running_cluster({}))
        )
        try:
            yield _server(cluster, self)
        finally:
            # One with a node that somebody killed, or rerouted, is not for the next program.
            with suppress(redis.RedisError, ServerUnavailable):
                cluster.empty()
                self._empty.append(cluster)


def _server(cluster: Cluster, clusters: _Clusters | None = None) -> Server:
    server = Server(
        url=cluster.url,
        store="redis-cluster",
        how="process",
        version=cluster.version,
        fresh=clusters.server if clusters else None,
        addresses=tuple(process.address for process in cluster.processes),
        killable=killable_redis_cluster if clusters else None,
    )
    return cluster.with_rerouting(server)
