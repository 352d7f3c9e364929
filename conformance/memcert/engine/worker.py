"""Memories in another process, spoken to over its standard input and output.

The other process opens the backend by its specification, so that nothing is shared but the store.
Each line is one JSON object: a request, or the answer to it. A process serves one memory after
another, because starting an interpreter takes longer than most programs.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from memcert.engine.contract import Contract
from memcert.engine.handle import ERRORS, SECONDS_TO_OPEN, opened
from memcert.engine.operation import Operation
from memcert.engine.outcome import RemoteError
from memcert_backends.backend import Backend, Space
from memcert_backends.servers import Server
from memcert_reference.json_text import dump_json, load_json

LINE_BYTES = 64 * 2**20
"""The longest answer that is read, in bytes."""

SECONDS_TO_CLOSE = 5.0
"""How long another process may take to close a memory, in seconds; it is killed then."""


class RemoteHandle:
    """A memory in another process.

    Args:
        process: the process, which has the memory open.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, operation: Operation) -> object:
        return await _ask(self._process, operation.to_json())


class Workers:
    """The other processes of a run; idle ones are kept for the next program.

    Args:
        contract: whose operations they do.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._idle: list[asyncio.subprocess.Process] = []
        self._busy: set[asyncio.subprocess.Process] = set()

    @asynccontextmanager
    async def opened(self, backend: Backend, space: Space) -> AsyncIterator[RemoteHandle]:
        """Open a memory in another process, and close it at the end.

        Args:
            backend: its `specification` names it in the other process.
            space: where the memory lives.

        Raises:
            RemoteError: opening it raised there.
        """
        process = self._idle.pop() if self._idle else await self._start()
        self._busy.add(process)
        request = {
            "open": backend.specification,
            "user_id": space.user_id,
            "session_id": space.session_id,
            "server": _server_to_json(space.server),
        }
        clean = False
        try:
            async with asyncio.timeout(SECONDS_TO_OPEN):
                await _ask(process, request)
            yield RemoteHandle(process)
            async with asyncio.timeout(SECONDS_TO_CLOSE):
                await _ask(process, {"close": True})
            clean = True
        finally:
            self._busy.discard(process)
            if clean:
                self._idle.append(process)
            else:
                process.kill()
                await process.wait()

    async def close(self) -> None:
        """End the idle processes."""
        while self._idle:
            process = self._idle.pop()
            process.kill()
            await process.wait()

    def kill(self) -> None:
        """End every process at once, without waiting for it."""
        for process in (*self._idle, *self._busy):
            if process.returncode is None:
                process.kill()

    async def _start(self) -> asyncio.subprocess.Process:
        # The working directory is on the path of the other process, as it is on a script's.
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "memcert.engine.worker",
            self._contract.module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            env=os.environ | {"PYTHONPATH": path},
        )


async def _ask(process: asyncio.subprocess.Process, request: dict[str, Any]) -> object:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the other process was started without pipes")
    process.stdin.write(dump_json(request).encode() + b"\n")
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        raise RemoteError("RuntimeError", [], "the other process ended")
    answer: Any = load_json(line)
    if "error" in answer:
        raise RemoteError(answer["error"], answer["families"], answer["text"])
    return answer["value"]


def main() -> None:
    """Serve one memory after another until the standard input ends."""
    from memcert.resolver import resolve

    contract: Contract = import_module(sys.argv[1]).CONTRACT
    # What a backend prints, or a process that it starts, must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(data: dict[str, Any]) -> None:
        answers.write(dump_json(data) + "\n")
        answers.flush()

    async def serve() -> None:
        for line in sys.stdin:
            request: Any = load_json(line)
            space = Space(request["user_id"], request["session_id"], _server(request["server"]))
            try:
                async with opened(resolve(request["open"]), space) as memory:
                    answer({"value": None})
                    await _serve_memory(memory, contract, answer)
                answer({"value": None})
            except ERRORS as error:
                answer(_error(error))

    asyncio.run(serve())


async def _serve_memory(
    memory: Any, contract: Contract, answer: Callable[[dict[str, Any]], None]
) -> None:
    saved: dict[int, Any] = {}
    for line in sys.stdin:
        fields: Any = load_json(line)
        if "close" in fields:
            return
        operation = contract.operations[fields.pop("operation")].from_json(fields)
        try:
            answer({"value": await operation.run(memory, saved)})
        except ERRORS as error:
            answer(_error(error))


def _error(error: BaseException) -> dict[str, Any]:
    names = [kind.__name__ for kind in type(error).__mro__]
    return {"error": names[0], "families": names[1:], "text": str(error)}


def _server_to_json(server: Server | None) -> dict[str, str] | None:
    if server is None:
        return None
    return {
        "url": server.url,
        "store": server.store,
        "how": server.how,
        "version": server.version,
    }


def _server(data: dict[str, str] | None) -> Server | None:
    if data is None:
        return None
    return Server(data["url"], data["store"], data["how"], data["version"])


if __name__ == "__main__":
    main()
