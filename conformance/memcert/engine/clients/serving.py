"""What the other processes of a run do: serve one memory after another.

Run as ``python -m memcert.engine.clients.serving CONTRACT DESCRIPTOR [own-clock]`` by
`memcert.engine.clients.fork_server`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import chain
from typing import Any, TypeAlias

from memcert.engine.clients.awaits import Alarm, watched, watched_task
from memcert.engine.clients.fork_server import OWN_CLOCK, fork_as_asked
from memcert.engine.clients.handle import ERRORS, opened
from memcert.engine.clients.own_clock import set_clock, step_clock, use_own_clock
from memcert.engine.contract import Contract
from memcert_backends.backend import Backend, Space
from memcert_backends.catalogue import BUILT_IN
from memcert_backends.servers import Server
from memcert_reference.json_text import dump_json, load_json

Answer: TypeAlias = Callable[[dict[str, Any]], None]


def main() -> None:
    """Fork processes, and serve memories in each."""
    # What a driver logs of connections that the kit cuts is no news; see the command line.
    logging.getLogger().addHandler(logging.NullHandler())
    # What a backend prints is for the console, and for nobody who waits for what memcert prints.
    os.dup2(2, 1)
    if OWN_CLOCK in sys.argv[3:]:
        # Before anything of the backend is imported.
        use_own_clock()
    contract: Contract = import_module(sys.argv[1]).CONTRACT
    with socket.socket(fileno=int(sys.argv[2])) as asking:
        line = fork_as_asked(asking, _prepare)
    if line is None:
        return
    # In a thread: the backend may block.
    threading.Thread(target=_end_with, args=(line.fileno(),), daemon=True).start()
    with line, line.makefile("r", encoding="utf-8", newline="\n") as requests:

        def answer(data: dict[str, Any]) -> None:
            line.sendall(dump_json(data).encode() + b"\n")

        asked = next(requests, None)
        while asked is not None:
            with asyncio.Runner() as runner:
                runner.get_loop().set_task_factory(watched_task)
                asked = runner.run(_serve(asked, requests, contract, answer))


def _end_with(line: int) -> None:
    """Kill this process, and what a backend started in it, once nobody is at the other end."""
    waiting = select.poll()
    # Asked for nothing: that the other end is closed is told all the same.
    waiting.register(line, 0)
    waiting.poll()
    os.killpg(0, signal.SIGKILL)


def _prepare(asked: dict[str, str]) -> None:
    """Import what one of memcert's own backends needs; others may start threads, or connect."""
    name = asked["open"]
    if name in BUILT_IN or name.startswith("mutant:"):
        with suppress(*ERRORS):
            _resolved(asked)
            for module in BUILT_IN[name].preloaded if name in BUILT_IN else ():
                import_module(module)


def _resolved(asked: dict[str, str]) -> Backend:
    module, _, name = asked["resolver"].partition(":")
    backend: Backend = getattr(import_module(module), name)(asked["open"])
    return backend


async def _serve(
    first: str, requests: Iterator[str], contract: Contract, answer: Answer
) -> str | None:
    """Serve one memory after another; return what is to be served in another event loop."""
    for line in chain([first], requests):
        request: Any = load_json(line)
        # It makes no difference to a process without a clock of its own.
        set_clock(request["clock"])
        space = Space(
            request["user_id"],
            request["session_id"],
            _server(request["server"]),
            time_limit=request["time_limit"],
            expiry=request["expiry"],
        )
        try:
            async with opened(_resolved(request), space, request["longer"]) as memory:
                answer({"value": None})
                last = await _serve_memory(memory, requests, contract, answer)
            if "replace_loop" in last:
                # It is opened again, which is the answer.
                return line
            answer({"value": None})
        except ERRORS as error:
            answer(_error(error))
    return None


async def _serve_memory(
    memory: Any, requests: Iterator[str], contract: Contract, answer: Answer
) -> Mapping[str, Any]:
    """Do the operations of a memory, and return the request that ends its use."""
    saved: dict[int, Any] = {}
    for line in requests:
        fields: Any = load_json(line)
        if "close" in fields or "replace_loop" in fields:
            return {**fields}
        if "step_clock" in fields:
            step_clock(fields["step_clock"])
            answer({"value": None})
            continue
        kill = fields.pop("kill", None)
        operation = contract.operations[fields.pop("operation")].from_json(fields)
        try:
            if kill is not None:
                await _run_and_die(operation.run(memory, saved), **kill)
            answer({"value": await operation.run(memory, saved)})
        except ERRORS as error:
            answer(_error(error))
    return {}


async def _run_and_die(doing: Coroutine[Any, Any, object], at: int, *, timed: bool) -> None:
    def die() -> None:
        if not task.done():
            os.kill(os.getpid(), signal.SIGKILL)

    if timed:
        task = asyncio.create_task(doing)
        # In a thread: the operation may block.
        threading.Timer(at / 10_000, die).start()
    else:
        with watched(Alarm(at, die)):
            task = asyncio.create_task(doing)
    await asyncio.wait({task})
    # It ended before its time. Nobody is told so.
    os.kill(os.getpid(), signal.SIGKILL)


def _error(error: BaseException) -> dict[str, Any]:
    names = [kind.__name__ for kind in type(error).__mro__]
    return {"error": names[0], "families": names[1:], "text": str(error)}


def _server(data: dict[str, str] | None) -> Server | None:
    if data is None:
        return None
    return Server(data["url"], data["store"], data["how"], data["version"])


if __name__ == "__main__":
    main()
