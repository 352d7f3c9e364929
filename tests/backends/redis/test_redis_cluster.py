"""How a Redis Cluster is started, and that it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from memcert_backends.redis.cluster import server as redis_cluster
from memcert_backends.servers import Server, ServerUnavailable, start
from memcert_backends.servers.server_process import free_port


def nodes_of(server: Server) -> list[redis.Redis]:
    """Return a client of each node, the one in the URL first."""
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        table = client.cluster("NODES")
    user, own = server.url.removeprefix("redis://").removesuffix("/0").split("@")
    addresses = sorted(table, key=lambda address: address != own)
    return [
        redis.Redis.from_url(f"redis://{user}@{each}", decode_responses=True) for each in addresses
    ]


def _gone(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0


def _addresses(server: Server) -> list[str]:
    nodes = nodes_of(server)
    ports = [node.connection_pool.connection_kwargs["port"] for node in nodes]
    for node in nodes:
        node.close()
    return [f"127.0.0.1:{port}" for port in ports]


def _one_line(how: str, store: str = "redis-cluster") -> str:
    with pytest.raises(ServerUnavailable) as raised, start(store, how):
        pass
    line = str(raised.value)
    assert line.startswith(f"{store}: ")
    assert "\n" not in line
    return line


def test_is_three_masters_that_hold_all_slots(cluster: Server) -> None:
    assert (cluster.store, cluster.how) == ("redis-cluster", "process")
    assert cluster.version.startswith("redis cluster ")
    assert cluster.version.endswith(" (3 masters)")
    nodes = nodes_of(cluster)
    assert len(nodes) == 3
    for node in nodes:
        with node:
            state = node.cluster("INFO")
            assert (state["cluster_state"], state["cluster_slots_ok"]) == ("ok", "16384")
            slots = sorted(last - first + 1 for first, last, _ in node.cluster("SLOTS"))
            assert slots == [5461, 5461, 5462]


def test_a_fresh_one_is_empty_whoever_used_it_before(cluster: Server) -> None:
    assert cluster.fresh is not None
    for _ in range(2):
        with cluster.fresh() as fresh:
            assert fresh.url != cluster.url
            assert not set(_addresses(fresh)) & set(_addresses(cluster))
            with redis.RedisCluster.from_url(fresh.url) as client:
                assert client.dbsize(target_nodes=redis.RedisCluster.PRIMARIES) == 0
                for number in range(20):
                    client.set(f"key {number}", number)


def test_one_with_a_dead_node_is_not_used_again(cluster: Server) -> None:
    assert cluster.fresh is not None
    with cluster.fresh() as broken:
        nodes = nodes_of(broken)
        os.kill(int(nodes[-1].info("server")["process_id"]), signal.SIGKILL)
        for node in nodes:
            node.close()
    with cluster.fresh() as fresh:
        assert fresh.url != broken.url
        with redis.RedisCluster.from_url(fresh.url) as client:
            assert client.set("key", 1)


_HOLDER = """
import sys, tempfile, time
from memcert_backends.servers import start
tempfile.tempdir = sys.argv[1]
with start("redis-cluster", "process") as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


@pytest.mark.usefixtures("redis_binary")
def test_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        url = holder.stdout.readline().strip()
        addresses = _addresses(Server(url, "redis-cluster", "url", ""))
        assert len(addresses) == len(list(tmp_path.iterdir())) == 3
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not all(map(_gone, addresses)) or any(tmp_path.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_takes_one_that_runs(cluster: Server) -> None:
    with start("redis-cluster", cluster.url) as server:
        assert (server.url, server.how, server.fresh) == (cluster.url, "url", None)
        assert server.version.startswith("redis cluster ")
    assert not any(map(_gone, _addresses(cluster)))


@pytest.mark.usefixtures("redis_binary")
def test_one_server_is_no_cluster_and_a_node_of_one_no_server(cluster: Server) -> None:
    with start("redis", "process") as server:
        assert "cluster support disabled" in _one_line(server.url)
    assert "use the backend redis-cluster" in _one_line(cluster.url, "redis")


def test_says_what_there_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "fakeredis has no cluster" in _one_line("embedded")
    assert "use process" in _one_line("container")
    assert "redis://127.0.0.1:1 cannot be used" in _one_line("redis://:secret@127.0.0.1:1")
    assert "not 'postgresql'" in _one_line("postgresql://here")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no redis-server on PATH" in _one_line("process")
    monkeypatch.setattr(redis_cluster, "find_spec", lambda _: None)
    assert "memcert[redis]" in _one_line("process")


def test_a_port_is_free_if_the_one_of_the_bus_is() -> None:
    for _ in range(50):
        assert free_port(10_000) + 10_000 <= 65_535
