"""Memories in another process.

The other process opens the backend by its specification, so that nothing is shared but the store.
Each line is one JSON object: a request, or the answer to it. A process serves one memory after
another (`memcert.engine.clients.serving`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

from memcert.engine.clients.fork_server import ForkServer, OtherProcess
from memcert.engine.clients.handle import SECONDS_TO_OPEN
from memcert.engine.contract import Contract
from memcert.engine.programs.fault import KillClient
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import RemoteError
from memcert.engine.programs.program import Client
from memcert_backends.backend import Backend, Space
from memcert_backends.servers import Server
from memcert_reference.json_text import dump_json, load_json

SECONDS_TO_CLOSE = 5.0
"""How long another process may take to close a memory, in seconds; it is killed then."""


class ProcessEnded(RemoteError):
    """The other process ended before it answered."""


class RemoteHandle:
    """A memory in another process.

    Args:
        process: the process, which has the memory open.
    """

    def __init__(self, process: OtherProcess) -> None:
        self.fresh = True
        """Whether the process can be used again for another program, as if it were new."""
        self._process = process
        self._turn = asyncio.Lock()

    async def run(self, operation: Operation) -> object:
        async with self._turn:
            return await _ask(self._process, operation.to_json())

    async def run_and_die(self, operation: Operation, fault: KillClient) -> object:
        """Do an operation, during which the process is killed.

        Args:
            operation: what to do.
            fault: when; at the latest, it is killed before it gives the answer.

        Raises:
            ProcessEnded: it was killed.
        """
        async with self._turn:
            return await _ask(self._process, operation.to_json() | {"kill": vars(fault)})

    async def replace_loop(self) -> None:
        """Close the memory and its event loop, and open another of either in the same process.

        Raises:
            RemoteError: closing or opening the memory raised.
        """
        self.fresh = False
        async with self._turn, asyncio.timeout(SECONDS_TO_OPEN):
            await _ask(self._process, {"replace_loop": True})

    async def step_clock(self, seconds: float) -> None:
        """Set the clock of the process, which is its own.

        Args:
            seconds: by how much, in seconds; back, if negative.
        """
        async with self._turn:
            await _ask(self._process, {"step_clock": seconds})

    async def kill(self) -> None:
        """Kill the process (SIGKILL), and wait until it is gone."""
        await self._process.end()


class Workers:
    """The other processes of a run; idle ones are kept for the next program.

    Args:
        contract: whose operations they do.
    """

    def __init__(self, contract: Contract) -> None:
        self._module = contract.module
        # By the time zone of processes with a clock of their own, which cannot be changed once the
        # backend is imported; None for those without.
        self._fork_servers: dict[str | None, ForkServer] = {}
        self._idle: defaultdict[str | None, list[OtherProcess]] = defaultdict(list)
        self._busy: set[OtherProcess] = set()

    @asynccontextmanager
    async def opened(
        self,
        backend: Backend,
        space: Space,
        client: Client | None = None,
        *,
        new_process: bool = False,
        longer: float = 0.0,
    ) -> AsyncIterator[RemoteHandle]:
        """Open a memory in another process, and close it at the end.

        Args:
            backend: its `specification` names it in the other process.
            space: where the memory lives.
            client: says the clock and the time zone of the process; None for those of this one.
            new_process: whether it must be one that no memory was ever open in.
            longer: how much longer than usual opening may take, in seconds.

        Raises:
            RemoteError: opening it raised there.
        """
        zone = client.time_zone if client is not None and client.has_own_clock else None
        idle = self._idle[zone]
        if idle and not new_process:
            process = idle.pop()
        else:
            process = await self._fork_server(zone).fork(_asked(backend))
        self._busy.add(process)
        request = {
            **_asked(backend),
            "clock": client.clock if client is not None else 0.0,
            "user_id": space.user_id,
            "session_id": space.session_id,
            "server": _server_to_json(space.server),
            "time_limit": space.time_limit,
            "expiry": space.expiry,
            "longer": longer,
        }
        clean = False
        try:
            async with asyncio.timeout(SECONDS_TO_OPEN + longer):
                await _ask(process, request)
            handle = RemoteHandle(process)
            yield handle
            if process.ended:
                return
            async with asyncio.timeout(SECONDS_TO_CLOSE):
                await _ask(process, {"close": True})
            clean = handle.fresh
        finally:
            self._busy.discard(process)
            if clean:
                idle.append(process)
            elif not process.ended:
                await process.end()

    async def close(self) -> None:
        """End the idle processes."""
        for idle in self._idle.values():
            while idle:
                await idle.pop().end()
        self._close_fork_servers()

    def kill(self) -> None:
        """End every process at once, without waiting for it."""
        for process in chain(self._busy, *self._idle.values()):
            process.kill()
        self._close_fork_servers()

    def _fork_server(self, zone: str | None) -> ForkServer:
        if zone not in self._fork_servers:
            self._fork_servers[zone] = ForkServer(self._module, zone)
        return self._fork_servers[zone]

    def _close_fork_servers(self) -> None:
        for each in self._fork_servers.values():
            each.close()


def _asked(backend: Backend) -> dict[str, str]:
    return {"open": backend.specification, "resolver": backend.resolver}


async def _ask(process: OtherProcess, request: dict[str, Any]) -> object:
    line = await process.ask(dump_json(request).encode() + b"\n")
    if not line:
        raise ProcessEnded("RuntimeError", [], "the other process ended")
    answer: Any = load_json(line)
    if "error" in answer:
        raise RemoteError(answer["error"], answer["families"], answer["text"])
    return answer["value"]


def _server_to_json(server: Server | None) -> dict[str, str] | None:
    if server is None:
        return None
    return {
        "url": server.url,
        "store": server.store,
        "how": server.how,
        "version": server.version,
    }
