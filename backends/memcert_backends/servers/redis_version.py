"""What runs behind a Redis connection."""

from __future__ import annotations

import redis


def redis_version(client: redis.Redis) -> str:
    """Return the server's name and version, such as ``redis 7.0.15``.

    Args:
        client: connected to it.
    """
    try:
        information = client.info("server")
    except redis.ResponseError:
        # Not permitted, or not known, as in fakeredis.
        information = {}
    if "valkey_version" in information:
        return f"valkey {information['valkey_version']}"
    mode = information.get("redis_mode", "standalone")
    name = "redis cluster" if mode == "cluster" else "redis"
    return f"{name} {information.get('redis_version', '(version unknown)')}"
