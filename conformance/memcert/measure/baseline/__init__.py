"""The bare driver: the same bytes by the plainest calls, without a memory.

Rows have a number, a payload and a mark, and nothing is checked, ordered or kept apart by space:
what a memory takes beyond that is what it does beyond that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.traffic.sql import engine_url
from memcert_backends.servers import Server

REDIS = ("redis", "redis-cluster")
"""The stores whose driver is redis-py."""


class Bare(Protocol):
    """A driver, with one connection and one table of its own."""

    name: str
    """The driver."""

    async def fill(self, payloads: Sequence[str], first: int = 0) -> None:
        """Store payloads, by whatever way is quick.

        Args:
            payloads: what to store.
            first: the number of the first one.
        """

    async def add(self, number: int, payload: str, mark: str) -> None:
        """Store one payload and its mark.

        Args:
            number: the row's number, a new one.
            payload: what to store.
            mark: its mark.
        """

    async def size(self) -> None:
        """Read one number."""

    async def mark(self, number: int, mark: str) -> None:
        """Write the mark of one row.

        Args:
            number: the row's number.
            mark: its new mark.
        """

    async def delete(self, numbers: Sequence[int]) -> None:
        """Remove rows, in one call.

        Args:
            numbers: the rows' numbers.
        """

    async def fetch(self) -> Sequence[str | bytes]:
        """Return all payloads, in one call."""

    async def read(self, numbers: Sequence[int]) -> Sequence[str | bytes]:
        """Return the payloads of some rows, in one call.

        Args:
            numbers: the rows' numbers.
        """


@asynccontextmanager
async def bare_driver(
    subject: MeasuredBackend,
    table: str = "bare",
    server: Server | None = None,
    *,
    shared: bool = False,
) -> AsyncIterator[Bare | None]:
    """Open the driver that a backend uses, on the same store; None if memcert does not know it.

    Args:
        subject: the backend.
        table: the end of the table's name.
        server: where, if not on the subject's own server.
        shared: whether the table is there already, and stays.
    """
    place = server or subject.server
    name = f"measure_{subject.token}_{table}"
    if place is None:
        yield None
    elif place.store in REDIS:
        from memcert.measure.baseline.redis import bare_redis

        async with bare_redis(place, name, shared=shared) as bare:
            yield bare
    elif url := await engine_url(subject, place):
        from memcert.measure.baseline.sql import bare_sql

        async with bare_sql(url, name, shared=shared) as bare:
            yield bare
    else:
        yield None
