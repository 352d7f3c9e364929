"""What goes to a store while a memory works, whatever memory it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from memcert.measure.measured_backend import MeasuredBackend


class Counter(Protocol):
    """Counts what an operation sends, in the store's own units."""

    @property
    def gated(self) -> tuple[str, ...]:
        """The units that must not grow, whatever the operation returns or changes."""

    @property
    def reads(self) -> Mapping[str, int]:
        """The most that an operation that reads may take."""

    @property
    def writes(self) -> Mapping[str, int]:
        """The most that an operation that writes may take."""

    @property
    def rule(self) -> str:
        """The same in words."""

    @property
    def work(self) -> str | None:
        """The unit of the store's own work, if it counts it.

        An operation on one message may not take more of it with more stored.
        """

    async def count(self, operation: Callable[[], Awaitable[Any]]) -> dict[str, int]:
        """Do something, and return how much of each unit it took.

        Args:
            operation: what to do; connections are open already.
        """


@asynccontextmanager
async def counter_of(subject: MeasuredBackend) -> AsyncIterator[Counter | None]:
    """Return what counts a backend's traffic; None if memcert has nothing that does.

    Args:
        subject: the backend.
    """
    server = subject.server
    if server is None:
        yield None
    elif server.store in ("redis", "redis-cluster"):
        from memcert.measure.traffic.redis import redis_counter

        async with redis_counter(server) as counter:
            yield counter
    else:
        from memcert.measure.traffic.sql import SQLCounter, engine_url

        yield SQLCounter() if await engine_url(subject, server) else None
