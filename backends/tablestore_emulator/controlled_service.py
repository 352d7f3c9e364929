"""A service, the faults that are asked of it, and the log of its calls."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from contextlib import nullcontext
from pathlib import Path

from aiohttp import web

from tablestore_emulator import faults
from tablestore_emulator.connections import Connections
from tablestore_emulator.errors import ServiceError
from tablestore_emulator.service import Answer, Request, Service
from tablestore_emulator.settings import KEEP_ALIVE_SECONDS, REQUEST_SECONDS, Settings

TOKEN_VARIABLE = "MEMCERT_TABLESTORE_CONTROL_TOKEN"  # noqa: S105  # It is no token.
"""The environment variable with the token of the control port; a new one is made without it."""

_LOG = logging.getLogger(__name__)


class Emulator:
    """A service, the faults that are asked of it, and the log of its calls.

    Args:
        settings: how it is set up.
        snapshot_file: where its state is kept, on request; None for nowhere.
        request_seconds: how long a request's headers may take, and then its body, in seconds.
        keep_alive_seconds: how long a connection may wait for its next request.
    """

    def __init__(
        self,
        settings: Settings,
        snapshot_file: Path | None = None,
        request_seconds: float = REQUEST_SECONDS,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        self.settings = settings
        self.request_seconds = request_seconds
        self.keep_alive_seconds = keep_alive_seconds
        self.connections = Connections(request_seconds)
        self.control_token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(32)
        self.snapshot_file = snapshot_file
        self.service = Service(settings)
        self.faults = faults.FaultQueue()
        self.calls = faults.CallLog()
        self.is_going = asyncio.Event()
        self.is_going.set()

    def reset(self) -> None:
        """Become as it was at the start, without tables, faults and calls."""
        self.service.instance.reset()
        self.faults.clear()
        self.calls.clear()
        self.is_going.set()

    async def handle(self, received: web.BaseRequest) -> web.StreamResponse:
        """Answer one request.

        Args:
            received: the request.
        """
        self.connections.asked(received)
        headers = {name.lower(): _text(value) for name, value in received.headers.items()}
        body: bytes | None = b""
        error: ServiceError | None
        try:
            # Most are there with their headers: a timer would take longer than they do.
            limit = None if received.content.is_eof() else self.request_seconds
            async with nullcontext() if limit is None else asyncio.timeout(limit):
                body = await self._body(received)
            error = _of_transport(received, body)
        except TimeoutError:
            error = _too_slow(self.request_seconds)
        request = Request(_text(received.path), headers, body or b"")
        if error is not None:
            answer = self.service.refuse(request, error)
            self._log(request, answer, 0.0)
            response = _response(answer)
            response.force_close()
            return response
        await self.is_going.wait()
        fault = self.faults.next(request.api)
        started = time.perf_counter()
        if fault is None:
            answer = self._answer(request, None)
        else:
            maybe = await self._go_wrong(received, request, fault)
            if maybe is None:
                return web.Response()
            answer = maybe
        self._log(request, answer, time.perf_counter() - started - (fault.delay if fault else 0.0))
        return _response(answer)

    async def _go_wrong(
        self, received: web.BaseRequest, request: Request, fault: faults.Fault
    ) -> Answer | None:
        """Return the answer of a call that a fault is about; None if there is none to give."""
        if fault.drop == faults.BEFORE:
            await asyncio.sleep(fault.delay)
            self._drop(received, request)
            return None
        error = fault.error
        if error is not None and fault.is_done:
            self._answer(request, None)
        answer = self._answer(request, error)
        if error is not None and fault.body is not None:
            answer = self.service.refuse(request, error, fault.body)
        await asyncio.sleep(fault.delay)
        if fault.drop == faults.AFTER:
            self._drop(received, request)
            return None
        return answer

    def _answer(self, request: Request, fault: ServiceError | None) -> Answer:
        try:
            return self.service.answer(request, fault)
        except Exception:
            # Whatever it is, the client hears of it, as from the service, and the server goes on.
            _LOG.exception("the emulator failed to answer %s", request.api)
            error = ServiceError(500, "OTSInternalServerError", "Internal server error.")
            return self.service.refuse(request, error)

    def _drop(self, received: web.BaseRequest, request: Request) -> None:
        if received.transport is not None:
            received.transport.abort()
        self.calls.add(faults.Call(request.api, 0, "", len(request.body), 0, 0.0, ""))

    def _log(self, request: Request, answer: Answer, seconds: float) -> None:
        self.calls.add(
            faults.Call(
                request.api,
                answer.status,
                answer.code,
                len(request.body),
                len(answer.body),
                seconds,
                answer.request_id,
            )
        )

    async def _body(self, received: web.BaseRequest) -> bytes | None:
        """Return a request's body; None if it is larger than the service takes."""
        limit = self.settings.limits.body_bytes
        if (received.content_length or 0) > limit:
            return None
        pieces: list[bytes] = []
        size = 0
        async for piece in received.content.iter_any():
            size += len(piece)
            if size > limit:
                return None
            pieces.append(piece)
        return b"".join(pieces)


def _of_transport(received: web.BaseRequest, body: bytes | None) -> ServiceError | None:
    """Return what is wrong with a request as HTTP; None if nothing is."""
    if received.method != "POST":
        return ServiceError(
            405, "OTSMethodNotAllowed", "Only POST method for requests is supported."
        )
    if body is None:
        return ServiceError(413, "OTSRequestBodyTooLarge", "The size of POST data is too large.")
    return None


def _too_slow(seconds: float) -> ServiceError:
    said = f"The body of the request is not there after {seconds:g} seconds."
    return ServiceError(408, "OTSRequestTimeout", said)


def _text(value: str) -> str:
    """Return what a client sent as text; a header may be any bytes, which no answer can repeat."""
    if value.isascii():
        return value
    return value.encode(errors="surrogateescape").decode(errors="replace")


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)
