"""A Redis Cluster whose clients are told to connect somewhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import redis

from memcert_backends.redis.address import url_at
from memcert_backends.servers import Server, start


def _ports(url: str) -> tuple[set[int], set[int]]:
    """Return the ports of the nodes that a client knows, and of those that it is connected to."""
    with redis.RedisCluster.from_url(url) as client:
        for number in range(30):
            assert client.set(f"key {number}", number)
        nodes = client.get_nodes()
        connected = {
            connection.port
            for node in nodes
            for connection in node.redis_connection.connection_pool._available_connections
        }
        return {int(node.port) for node in nodes}, connected


def _told(server: Server) -> list[set[int]]:
    """Return the ports that each node names, asked at its own."""
    found = []
    for host, port in server.addresses or ():
        with redis.Redis.from_url(url_at(server.url, (host, port))) as client:
            slots: Any = client.execute_command("CLUSTER SLOTS")
            found.append({int(node[1]) for _, _, *nodes in slots for node in nodes})
    return found


def test_a_client_connects_to_the_other_addresses_alone(
    cluster: Server, forwarders: Callable[..., Any]
) -> None:
    own = {port for _, port in cluster.addresses or ()}
    assert len(own) == 3
    assert _ports(cluster.url) == (own, own)
    assert cluster.rerouted is not None
    through = forwarders(cluster.addresses)
    others = {port for _, port in through.addresses}
    for _ in range(2):
        with cluster.rerouted(through.addresses) as rerouted:
            assert rerouted.addresses == tuple(through.addresses)
            assert (rerouted.store, rerouted.how) == (cluster.store, cluster.how)
            assert _told(cluster) == [others] * 3
            assert _ports(rerouted.url) == (others, others)
            assert all(through.accepted)
        assert _told(cluster) == [own] * 3
        before = list(through.accepted)
        assert _ports(cluster.url) == (own, own)
        assert through.accepted == before


def test_there_is_one_other_port_for_each_node(cluster: Server) -> None:
    assert cluster.rerouted is not None
    for addresses in ([], [("127.0.0.1", 1)] * 2, [("127.0.0.2", 1)] * 3):
        with (
            pytest.raises(ValueError, match="to 3 ports of"),
            cluster.rerouted(addresses),
        ):
            pass


def test_one_that_is_started_again_stays_rerouted(
    cluster: Server, forwarders: Callable[..., Any]
) -> None:
    assert cluster.killable is not None
    with cluster.killable() as made:
        server = made.server
        own = {port for _, port in server.addresses or ()}
        assert server.rerouted is not None
        through = forwarders(server.addresses)
        others = {port for _, port in through.addresses}
        with server.rerouted(through.addresses) as rerouted:
            for node in (1, None):
                made.kill(node)
                made.restart()
                assert _told(server) == [others] * 3
                assert _ports(rerouted.url) == (others, others)
            made.kill(2)
        # It was down when the others went back.
        made.restart()
        assert _told(server) == [own] * 3
        assert _ports(server.url) == (own, own)
        # Down when the others are rerouted.
        made.kill(0)
        with server.rerouted(through.addresses) as rerouted:
            made.restart()
            assert _told(server) == [others] * 3
            assert _ports(rerouted.url) == (others, others)


def test_one_that_is_still_rerouted_is_not_for_the_next_program(
    cluster: Server, forwarders: Callable[..., Any]
) -> None:
    assert cluster.fresh is not None
    with cluster.fresh() as first:
        assert first.rerouted is not None
        rerouted = first.rerouted(forwarders(first.addresses).addresses)
        rerouted.__enter__()
    with cluster.fresh() as second:
        assert second.url != first.url
    rerouted.__exit__(None, None, None)


def test_a_cluster_that_others_started_is_not_rerouted(cluster: Server) -> None:
    with start("redis-cluster", cluster.url) as server:
        assert {*(server.addresses or ())} == {*(cluster.addresses or ())}
        assert (server.rerouted, server.killable) == (None, None)
