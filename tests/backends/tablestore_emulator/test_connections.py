"""How long connections may keep the emulator waiting, and who reaches its control port."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from tablestore_emulator import Control, emulator
from tablestore_emulator.__main__ import main
from tablestore_emulator.controlled_service import TOKEN_VARIABLE, Emulator
from tablestore_emulator.server import Serving, serving
from tablestore_emulator.settings import REQUEST_SECONDS, Settings

SOON = 0.3
HALF_A_HEADER = b"POST /GetRow HTTP/1.1\r\nhost: x\r\nx-ots-date: 20"
HALF_A_BODY = b"POST /GetRow HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf"


def _run(doing: Callable[[Serving], Awaitable[None]], **limits: float) -> None:
    async def main() -> None:
        async with serving(Emulator(Settings(), **limits)) as there:
            await doing(there)

    asyncio.run(main())


@pytest.mark.parametrize("sent", [b"", HALF_A_HEADER, HALF_A_BODY], ids=["none", "head", "body"])
@pytest.mark.parametrize("which", ["port", "control_port"])
def test_half_sent_requests_are_closed(which: str, sent: bytes) -> None:
    async def main(there: Serving) -> None:
        port = getattr(there, which)
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(300)]
        for _, writer in opened:
            writer.write(sent)
        for reader, writer in opened:
            # Reset, where the first ones were closed before the last ones were opened.
            with suppress(ConnectionError):
                await reader.read()
            writer.close()

    _run(main, request_seconds=SOON)


def test_headers_that_drip_are_closed() -> None:
    async def main(there: Serving) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
        writer.write(b"POST /GetRow HTTP/1.1\r\n")
        closed = asyncio.create_task(reader.read())
        while not closed.done():
            writer.write(b"x: y\r\n")
            await asyncio.wait({closed}, timeout=SOON / 10)
        # Reset, where a byte came after it had closed.
        with suppress(ConnectionError):
            await closed
        writer.close()

    _run(main, request_seconds=SOON)


def test_a_body_that_drips_is_answered_and_closed() -> None:
    async def main(there: Serving) -> None:
        with socket.create_connection(("127.0.0.1", there.port)) as client:
            client.setblocking(False)
            client.send(b"POST /GetRow HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n")
            answered = asyncio.create_task(_all_of(client))
            while not answered.done():
                with suppress(ConnectionError):
                    client.send(b"x")
                await asyncio.wait({answered}, timeout=SOON / 10)
            assert answered.result().startswith(b"HTTP/1.1 408 ")
            assert b"OTSRequestTimeout" in answered.result()

    _run(main, request_seconds=SOON)


async def _all_of(client: socket.socket) -> bytes:
    """Return what comes until a connection is closed, or reset for a byte that came after that."""
    received = b""
    with suppress(ConnectionResetError):
        while more := await asyncio.get_running_loop().sock_recv(client, 65536):
            received += more
    return received


def test_half_a_request_after_a_whole_one_is_closed_with_the_keep_alive() -> None:
    async def main(there: Serving) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
        writer.write(b"POST /GetRow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
        await reader.readuntil(b"Missing header: 'x-ots-date'.")
        writer.write(HALF_A_HEADER)
        assert await reader.read() == b""
        writer.close()

    _run(main, keep_alive_seconds=SOON)


def test_a_slow_body_and_an_idle_connection_are_waited_for(store: Any) -> None:
    """A body that takes a second, and connections that are used again after one."""
    assert REQUEST_SECONDS >= 30
    port = int(store.running.end_point.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"POST /GetRow HTTP/1.1\r\nhost: x\r\n")
        time.sleep(0.5)
        client.sendall(b"content-length: 10\r\n\r\n")
        for _ in range(10):
            client.sendall(b"x")
            time.sleep(0.05)
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")
        time.sleep(0.5)
        client.sendall(b"POST /GetRow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_a_limit_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("0", "-1", "inf", "nan", "soon"):
        with pytest.raises(SystemExit):
            main([f"--request-seconds={text}"])
        assert f"a time limit is more than 0 seconds, not {text!r}" in capsys.readouterr().err


REQUESTS = [
    ("GET", "/"),
    ("GET", "/snapshot"),
    ("GET", "/nothing"),
    ("PUT", "/snapshot"),
    ("POST", "/snapshot"),
    ("POST", "/faults"),
    ("POST", "/reset"),
    ("DELETE", "/calls"),
    ("OPTIONS", "/reset"),
]


@pytest.mark.parametrize(("method", "path"), REQUESTS)
@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic x", "Bearer \xe9"]
)
def test_the_control_port_refuses_those_without_its_token(
    store: Any, method: str, path: str, given: str | None
) -> None:
    store.table()
    control = store.control
    connection = http.client.HTTPConnection(control.host, control.port, timeout=30)
    headers = {} if given is None else {"authorization": given}
    connection.request(method, path, b"{}", headers)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (
        403,
        {"error": "the token of the control port is missing or wrong"},
    )
    connection.close()
    assert store.client.list_table() == ("t",)


def test_a_client_with_another_token_is_told_so(store: Any) -> None:
    other = Control(store.control.host, store.control.port, "another")
    with pytest.raises(PermissionError, match="token of the control port"):
        other.reset()


def test_each_emulator_has_a_token_of_its_own_unless_one_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [Emulator(Settings()).control_token for _ in range(2)]
    assert made[0] != made[1]
    assert min(map(len, made)) >= 32
    monkeypatch.setenv(TOKEN_VARIABLE, "given")
    with emulator() as running:
        Control(running.control.host, running.control.port, "given").state()
