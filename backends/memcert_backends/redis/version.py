"""What runs behind a Redis connection."""

from __future__ import annotations

from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.servers.server import ServerUnavailable

_PING_SECONDS = 10.0


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
    cluster = " cluster" if information.get("redis_mode") == "cluster" else ""
    if "valkey_version" in information:
        return f"valkey{cluster} {information['valkey_version']}"
    return f"redis{cluster} {information.get('redis_version', '(version unknown)')}"


def version_at(url: str, store: str, *, cluster: bool = False) -> str:
    """Return the name and version of the server at a URL.

    Args:
        url: where it is.
        store: what needs it, for the error.
        cluster: whether it must be a node of a cluster; else it must not.

    Raises:
        ServerUnavailable: it does not answer, or is not what is needed; one line says why.
    """
    parts = urlsplit(url)
    # Without the password, which does not belong in a report.
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    try:
        with redis.Redis.from_url(
            url,
            socket_connect_timeout=_PING_SECONDS,
            socket_timeout=_PING_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            version = redis_version(client)
            state = client.cluster("INFO")["cluster_state"] if cluster else "ok"
    except (redis.RedisError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise ServerUnavailable(f"{store}: {place} cannot be used: {reason}") from None
    if state != "ok":
        raise ServerUnavailable(f"{store}: {place} cannot be used: the cluster's state is {state}")
    if " cluster " in version and not cluster:
        raise ServerUnavailable(
            f"{store}: {place} is a node of a cluster: use the backend redis-cluster"
        )
    return version
