"""The control port: JSON over HTTP, for tests, apart from the port that clients sign for.

It knows no signatures, and changes nothing that a client could not see. It can read and write
files and all data, so it answers only those who have its token, which whoever started it was told.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web

from tablestore_emulator import snapshot
from tablestore_emulator.connections import Connections
from tablestore_emulator.controlled_service import Emulator
from tablestore_emulator.faults import Fault
from tablestore_emulator.lag import Lag
from tablestore_emulator.search import dictionary

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_SNAPSHOT_MEGABYTES = 1024
_NO_TOKEN = "the token of the control port is missing or wrong"  # noqa: S105  # It is no token.


def control_application(emulator: Emulator, connections: Connections) -> web.Application:
    """Return the application of the control port.

    Args:
        emulator: what it controls.
        connections: what is told who asked for something.
    """
    control = _Control(emulator)
    expected = f"Bearer {emulator.control_token}".encode()

    @web.middleware
    async def owned(request: web.Request, handler: _Handler) -> web.StreamResponse:
        connections.asked(request)
        given = request.headers.get("authorization", "").encode(errors="surrogateescape")
        if not secrets.compare_digest(given, expected):
            refusal = web.json_response({"error": _NO_TOKEN}, status=403)
            # What it sends is not read.
            refusal.force_close()
            return refusal
        try:
            async with asyncio.timeout(emulator.request_seconds):
                await request.read()
        except TimeoutError:
            slow = web.json_response({"error": "the request was not there in time"}, status=408)
            slow.force_close()
            return slow
        return await handler(request)

    application = web.Application(
        middlewares=[_in_one_line, owned], client_max_size=_SNAPSHOT_MEGABYTES * 1024 * 1024
    )
    application.router.add_get("/", control.state)
    application.router.add_get("/faults", control.get_faults)
    application.router.add_post("/faults", control.add_fault)
    application.router.add_delete("/faults", control.clear_faults)
    application.router.add_post("/lag", control.set_lag)
    application.router.add_post("/catch_up", control.catch_up)
    application.router.add_post("/freeze", control.freeze)
    application.router.add_post("/clock", control.set_clock)
    application.router.add_get("/calls", control.get_calls)
    application.router.add_delete("/calls", control.clear_calls)
    application.router.add_post("/reset", control.reset)
    application.router.add_get("/snapshot", control.get_snapshot)
    application.router.add_put("/snapshot", control.put_snapshot)
    application.router.add_post("/snapshot", control.save_snapshot)
    return application


class _Control:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def state(self, _: web.Request) -> web.Response:
        instance = self._emulator.service.instance
        return web.json_response(
            {
                "instance": instance.settings.instance_name,
                "lag": str(instance.lag),
                "secondary_lag": str(instance.secondary_lag),
                "dictionary": dictionary.is_there(),
                "clock": instance.clock.now(),
                "frozen": {
                    "clock": instance.clock.is_stopped,
                    "indexes": instance.are_indexes_frozen,
                    "requests": not self._emulator.is_going.is_set(),
                },
                "tables": {name: len(it.rows) for name, it in instance.tables.items()},
                "waiting": {
                    **{name: it.waiting for name, it in instance.secondary.items()},
                    **{f"{of}.{name}": it.waiting for (of, name), it in instance.searched.items()},
                },
            }
        )

    async def get_faults(self, _: web.Request) -> web.Response:
        return web.json_response(self._emulator.faults.as_json())

    async def add_fault(self, request: web.Request) -> web.Response:
        self._emulator.faults.add(Fault.parse(await _object(request)))
        return web.json_response(self._emulator.faults.as_json())

    async def clear_faults(self, _: web.Request) -> web.Response:
        self._emulator.faults.clear()
        return web.json_response([])

    async def set_lag(self, request: web.Request) -> web.Response:
        given = await _object(request, "lag", "secondary_lag")
        lags = {name: Lag.parse(text) for name, text in given.items()}
        instance = self._emulator.service.instance
        instance.set_lag(lags.get("lag"), lags.get("secondary_lag"))
        return web.json_response(
            {"lag": str(instance.lag), "secondary_lag": str(instance.secondary_lag)}
        )

    async def catch_up(self, request: web.Request) -> web.Response:
        given = await _object(request, "table", "index")
        taken = self._emulator.service.instance.catch_up(given.get("table"), given.get("index"))
        return web.json_response({"taken": taken})

    async def freeze(self, request: web.Request) -> web.Response:
        given = await _object(request, "clock", "indexes", "requests")
        instance = self._emulator.service.instance
        if "clock" in given:
            (instance.clock.stop if given["clock"] else instance.clock.go_on)()
        if "indexes" in given:
            instance.are_indexes_frozen = bool(given["indexes"])
        if "requests" in given:
            going = self._emulator.is_going
            (going.clear if given["requests"] else going.set)()
        return await self.state(request)

    async def set_clock(self, request: web.Request) -> web.Response:
        given = await _object(request, "advance")
        clock = self._emulator.service.instance.clock
        clock.advance(float(given.get("advance", 0.0)))
        return web.json_response({"clock": clock.now()})

    async def get_calls(self, request: web.Request) -> web.Response:
        calls = self._emulator.calls.of(request.query.get("api"))
        return web.json_response([call._asdict() for call in calls])

    async def clear_calls(self, _: web.Request) -> web.Response:
        self._emulator.calls.clear()
        return web.json_response([])

    async def reset(self, _: web.Request) -> web.Response:
        self._emulator.reset()
        return web.json_response({})

    async def get_snapshot(self, _: web.Request) -> web.Response:
        return web.json_response(snapshot.as_json(self._emulator.service.instance))

    async def put_snapshot(self, request: web.Request) -> web.Response:
        snapshot.restore(self._emulator.service.instance, await _object(request))
        return web.json_response({})

    async def save_snapshot(self, request: web.Request) -> web.Response:
        given = await _object(request, "path")
        path = Path(given["path"]) if "path" in given else self._emulator.snapshot_file
        if path is None:
            raise ValueError("no file was named, here or at the start with --snapshot")
        snapshot.save(self._emulator.service.instance, path)
        return web.json_response({"path": str(path)})


async def _object(request: web.Request, *known: str) -> dict[str, Any]:
    """Return the JSON object that a request sends; empty if it sends nothing."""
    text = await request.text()
    given = json.loads(text) if text else {}
    if not isinstance(given, dict):
        raise TypeError("a JSON object is expected")
    unknown = sorted(set(given) - set(known)) if known else []
    if unknown:
        raise ValueError(f"no {unknown[0]!r} is known here; {', '.join(known)} are")
    return given


@web.middleware
async def _in_one_line(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (KeyError, OSError, TypeError, ValueError) as error:
        return web.json_response({"error": str(error) or type(error).__name__}, status=400)
