"""Mutants of the rules on a server that falls silent, or that is slow to answer."""

from __future__ import annotations

import asyncio
from typing import Any

from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.networked import Networked
from memcert_backends.backend import Space


@mutant("waits-for-ever", "CUT-07")
class WaitsForEver(Networked):
    """An operation waits for its answer however long that takes."""

    def __init__(self, space: Space, pool: Any) -> None:
        super().__init__(space, pool)
        self.operation_timeout = None


@mutant("silence-is-empty", "CUT-07")
class SilenceIsEmpty(Networked):
    """A read that has waited long enough takes the space for empty."""

    async def _get(self) -> str | None:
        try:
            async with asyncio.timeout(0.2):
                return await super()._get()
        except TimeoutError:
            return None


@mutant("first-piece-only", "CUT-08")
class FirstPieceOnly(Networked):
    """A read takes what has arrived of its answer for all of it."""

    async def _get(self) -> str | None:
        connection: Any = self._client.connection_pool.make_connection()
        await connection.connect()
        try:
            await connection.send_command("MGET", self._key)
            answer = await connection._reader.read(2**24)
        finally:
            await connection.disconnect()
        # A line for the list, one for the length of its item, and the item.
        found = b"".join(answer.split(b"\r\n", 2)[2:]).strip()
        return found.decode() or None
