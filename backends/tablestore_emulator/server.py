"""The server: HTTP on 127.0.0.1, the control port beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tablestore_emulator import snapshot
from tablestore_emulator.connections import Connections, listening
from tablestore_emulator.control import control_application
from tablestore_emulator.controlled_service import Emulator

HOST = "127.0.0.1"
"""Where it listens, and nowhere else: it is no service for others."""

_SHUTDOWN_SECONDS = 0.1
"""A client that hangs on to its connection does not keep the emulator."""


@dataclass(frozen=True)
class Serving:
    """An emulator that listens.

    Args:
        emulator: the emulator.
        port: where clients reach it.
        control_port: where tests do.
    """

    emulator: Emulator
    port: int
    control_port: int


@asynccontextmanager
async def serving(
    emulator: Emulator, port: int = 0, control_port: int = 0
) -> AsyncIterator[Serving]:
    """Have an emulator listen on 127.0.0.1 while the context lasts.

    Args:
        emulator: the emulator.
        port: where clients reach it; 0 for any.
        control_port: where tests do; 0 for any.

    Raises:
        OSError: a port is taken.
    """
    if emulator.snapshot_file is not None and emulator.snapshot_file.exists():
        snapshot.load(emulator.service.instance, emulator.snapshot_file)
    runner = web.ServerRunner(
        web.Server(emulator.handle, access_log=None, keepalive_timeout=emulator.keep_alive_seconds),
        shutdown_timeout=_SHUTDOWN_SECONDS,
    )
    controlled = Connections(emulator.request_seconds)
    controls = web.AppRunner(
        control_application(emulator, controlled),
        access_log=None,
        shutdown_timeout=_SHUTDOWN_SECONDS,
    )
    async with AsyncExitStack() as stack:
        ports = [
            await stack.enter_async_context(listening(each, connections, HOST, wanted))
            for each, connections, wanted in (
                (runner, emulator.connections, port),
                (controls, controlled, control_port),
            )
        ]
        try:
            yield Serving(emulator, *ports)
        finally:
            emulator.is_going.set()
