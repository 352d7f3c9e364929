"""A backend that is measured, and its running store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from memcert.engine.clients.handle import opened
from memcert_backends.backend import Backend, Space
from memcert_backends.servers import Server


@dataclass(frozen=True)
class MeasuredBackend:
    """A backend that is measured.

    Args:
        backend: the backend.
        server: its running store; None for a backend without one.
        token: what makes its spaces this run's own.
    """

    backend: Backend
    server: Server | None
    token: str

    @asynccontextmanager
    async def memory(self, name: str, server: Server | None = None) -> AsyncIterator[Any]:
        """Open a memory in a space of this run, which is empty again at the end.

        Args:
            name: which space; another name is another tenant.
            server: where, if not on the subject's own server.
        """
        space = Space(f"{self.token}-{name}", f"measure-{name}", server or self.server)
        async with opened(self.backend, space) as memory:
            try:
                yield memory
            finally:
                # The store may be one that stays.
                await memory.clear()
                await memory.update_compressed_summary("")

    @contextmanager
    def new_server(self) -> Iterator[Server | None]:
        """Start another store like its own, with nothing in it; None where that cannot be had."""
        if self.server is None or self.server.fresh is None:
            yield None
            return
        with self.server.fresh() as server:
            yield server
