"""Where the clients of a Redis connect, as its URL says."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.servers.rerouting import reachable
from memcert_backends.servers.server import Address, Server

_PORT = 6379
_SECONDS = 3.0


def with_address(server: Server) -> Server:
    """Return a server with its address and the way to reroute it, where its URL allows that.

    Args:
        server: a Redis that is no cluster.
    """
    address = address_of(server.url)
    if urlsplit(server.url).scheme == "rediss":
        # The certificate is for the host that the URL names.
        return replace(server, addresses=address and (address,))
    return reachable(server, address, partial(url_at, server.url))


def addresses_of_cluster(url: str) -> tuple[Address, ...] | None:
    """Return where the nodes of a running cluster tell clients to connect; None if not known.

    Args:
        url: the URL of one of its nodes.
    """
    with redis.Redis.from_url(url, socket_timeout=_SECONDS, retry=Retry(NoBackoff(), 0)) as client:
        try:
            slots: Any = client.execute_command("CLUSTER SLOTS")
        except redis.RedisError:
            return None
    asked, _ = address_of(url) or ("", 0)
    # No host, or a question mark, stands for that of the node that was asked:
    # https://redis.io/docs/latest/commands/cluster-slots/
    return tuple(
        sorted(
            {
                (asked if host in {None, "", "?"} else host, int(port))
                for _, _, *nodes in slots
                for host, port, *_ in ((_text(node[0]), *node[1:]) for node in nodes)
            }
        )
    )


def address_of(url: str) -> Address | None:
    """Return where clients connect; None if that is no TCP port.

    Args:
        url: the server's URL, as redis-py reads it.
    """
    found = redis.ConnectionPool.from_url(url).connection_kwargs
    if "path" in found:
        return None
    return str(found.get("host", "localhost")), int(found.get("port", _PORT))


def url_at(url: str, address: Address) -> str:
    """Return a URL of which nothing but the host and the port is another.

    Args:
        url: the server's URL.
        address: the other host and port.
    """
    parts = urlsplit(url)
    host, port = address
    user, at, _ = parts.netloc.rpartition("@")
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return urlunsplit(parts._replace(netloc=f"{user}{at}{place}"))


def _text(answer: Any) -> Any:
    return answer.decode() if isinstance(answer, bytes) else answer
