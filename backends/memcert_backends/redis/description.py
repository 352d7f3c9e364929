"""Which Redis a client talks to, in words, for the note of an error."""

from __future__ import annotations

from redis.asyncio import Redis, RedisCluster

_PORT = 6379


def described(client: Redis | RedisCluster) -> str:
    """Return where a client connects, without its password.

    Args:
        client: a client of one server, or of a cluster.
    """
    if isinstance(client, RedisCluster):
        return f"the Redis Cluster of {', '.join(sorted(client.nodes_manager.startup_nodes))}"
    options = client.connection_pool.connection_kwargs
    host, port = options.get("host", "localhost"), options.get("port", _PORT)
    place = options.get("path") or f"{host}:{port}"
    return f"Redis at {place}, database {options.get('db') or 0}"
