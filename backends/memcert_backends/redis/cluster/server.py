"""How a Redis Cluster is started: three masters of one's own, or one that runs already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec

from memcert_backends.servers.server import Server, ServerUnavailable

DEFAULT = "process"
"""How it is started where nothing else is asked for."""

STORE = "redis-cluster"

URL = "redis://host:port"
"""What the URL of a running one looks like: that of any of its nodes."""

_SCHEMES = ("redis://", "rediss://")


def start(how: str = DEFAULT) -> AbstractContextManager[Server]:
    """Start a Redis Cluster, or connect to a running one; it is stopped when the context ends.

    Args:
        how: ``process`` (three redis-servers from PATH), or the URL of a node of a running one.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    reason = why_not("url" if how.startswith(_SCHEMES) else how)
    if reason is not None:
        raise ServerUnavailable(f"{STORE}: {reason}")
    if how == "process":
        from memcert_backends.redis.cluster.process import redis_cluster_process

        return redis_cluster_process()
    return _running(how)


def why_not(how: str) -> str | None:
    """Return why a cluster cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if find_spec("redis") is None:
        return "its driver is missing; pip install 'memcert[redis]'"
    if how == "embedded":
        return "fakeredis has no cluster: use process or a URL"
    if how == "process":
        from memcert_backends.redis.process import why_no_process

        return why_no_process()
    if how == "container":
        return "nodes in containers name addresses that clients out here cannot reach: use process"
    if how == "url":
        return None
    scheme = how.partition("://")[0]
    return f"--server is process or the redis:// URL of a node, not {scheme!r}"


@contextmanager
def _running(url: str) -> Iterator[Server]:
    from memcert_backends.redis.address import addresses_of_cluster
    from memcert_backends.redis.version import version_at

    version = version_at(url, STORE, cluster=True)
    yield Server(
        url=url, store=STORE, how="url", version=version, addresses=addresses_of_cluster(url)
    )
