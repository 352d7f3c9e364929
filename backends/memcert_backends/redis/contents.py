"""Which keys of a Redis, or of a cluster, hold a text."""

from __future__ import annotations

from typing import Any

import redis

_SECONDS = 10.0


def places_of(url: str, text: str) -> list[str]:
    """Return the keys of a Redis that hold a text, in their names or in what they hold.

    Args:
        url: the server's URL, with its database.
        text: ASCII letters, digits and hyphens.
    """
    with redis.Redis.from_url(url, socket_timeout=_SECONDS) as client:
        return _places_in(client, text)


def places_in_cluster(url: str, text: str) -> list[str]:
    """Return the keys of all nodes of a cluster that hold a text.

    Args:
        url: the URL of one of its nodes.
        text: ASCII letters, digits and hyphens.
    """
    with redis.RedisCluster.from_url(url, socket_timeout=_SECONDS) as client:
        return _places_in(client, text)


def _places_in(client: Any, text: str) -> list[str]:
    # Bytes are written with ASCII as it is, whatever else they hold.
    return sorted(
        f"key {key!r}"
        for key in client.scan_iter(count=1000)
        if text in repr(key) or text in repr(_held(client, key))
    )


def _held(client: Any, key: bytes) -> object:
    """Return what a key holds, of whatever type."""
    match client.type(key):
        case b"string" | "string":
            return client.get(key)
        case b"hash" | "hash":
            return client.hgetall(key)
        case b"list" | "list":
            return client.lrange(key, 0, -1)
        case b"set" | "set":
            return client.smembers(key)
        case b"zset" | "zset":
            return client.zrange(key, 0, -1)
        case b"stream" | "stream":
            return client.xrange(key)
    # A module's type; a text of more than 20 bytes may be compressed there.
    return client.dump(key)
