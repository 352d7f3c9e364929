"""Round trips, as redis-py's connections make them, and commands, as the server counts them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from redis.asyncio import RedisCluster
from redis.asyncio.connection import AbstractConnection

from memcert.measure.baseline.redis import redis_client
from memcert_backends.servers import Server

_SEND = "send_packed_command"

ROUND_TRIPS, COMMANDS = "round trips", "server's commands"


class Sends:
    """How often something was sent."""

    def __init__(self) -> None:
        self.count = 0


@contextmanager
def counted_sends() -> Iterator[Sends]:
    """Count what every connection of redis-py sends, for as long as the context lasts.

    Each is answered before the next one is sent, so it is a round trip.
    """
    sends, send = Sends(), getattr(AbstractConnection, _SEND)

    async def counting(connection: Any, *args: Any, **kwargs: Any) -> None:
        sends.count += 1
        await send(connection, *args, **kwargs)

    # Clients make connections as they like: the class is what they have in common.
    setattr(AbstractConnection, _SEND, counting)
    try:
        yield sends
    finally:
        setattr(AbstractConnection, _SEND, send)


@asynccontextmanager
async def redis_counter(server: Server) -> AsyncIterator[RedisCounter]:
    """Open what counts.

    Args:
        server: a Redis, or a cluster.
    """
    async with redis_client(server) as client:
        # Others may use a server that was there already; fakeredis counts nothing.
        alone = server.how in {"process", "container"}
        yield RedisCounter(client if alone else None)


class RedisCounter:
    """Counts round trips and commands; those of a script are the server's work.

    Args:
        client: where to ask for the number of commands; None where that says nothing.
    """

    gated = (ROUND_TRIPS,)
    reads: Mapping[str, int] = {ROUND_TRIPS: 1}
    writes: Mapping[str, int] = {ROUND_TRIPS: 1}
    rule = "every operation is one round trip"

    def __init__(self, client: Any) -> None:
        self._client = client
        self.work = None if client is None else COMMANDS

    async def count(self, operation: Callable[[], Awaitable[Any]]) -> dict[str, int]:
        before, _ = await self._commands()
        with counted_sends() as sends:
            await operation()
        counts = {ROUND_TRIPS: sends.count}
        if self.work is not None:
            after, own = await self._commands()
            counts[COMMANDS] = after - before - own
        return counts

    async def _commands(self) -> tuple[int, int]:
        """Return how many commands the servers did, and how many of them were this question."""
        if self._client is None:
            return 0, 0
        if not isinstance(self._client, RedisCluster):
            found = await self._client.info("stats")
            return int(found["total_commands_processed"]), 1
        nodes: Mapping[str, Any] = await self._client.info(
            "stats", target_nodes=RedisCluster.PRIMARIES
        )
        return sum(int(each["total_commands_processed"]) for each in nodes.values()), len(nodes)
