"""fakeredis behind a TCP port: one event loop does the commands of all clients, as Redis does.

A command takes effect in the order in which it came, whichever client sent it: none of a client
that went away is done after one that another client sent later. Of fakeredis it uses what that
exports: `FakeServer`, and `FakeAsyncRedisConnection`, which is a connection of redis-py's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from fakeredis import FakeAsyncRedisConnection, FakeServer
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError

from memcert_backends.redis.fakeredis_protocol import (
    MalformedRequest,
    Requests,
    encoded,
    pieces,
)

HOST = "127.0.0.1"

_BACKLOG = 512  # or clients that come at the same time wait for a second
_VERSION = (8, 0)
_LARGE_ANSWER = 64 * 1024
_WITHOUT_PASSWORD = frozenset({b"AUTH", b"HELLO", b"RESET"})


class FakeRedisServer:
    """An empty Redis of fakeredis.

    Args:
        password: what its clients have to know.
    """

    def __init__(self, password: str) -> None:
        self._password = password
        self.fake = FakeServer(version=_VERSION, config={b"requirepass": password.encode()})
        self.connections: set[_Connection] = set()
        self._administrator = _to(self.fake)

    async def start(self) -> int:
        """Start to listen, and return the port."""
        # Else no password would do as well.
        await self._administer("ACL", "SETUSER", "default", f">{self._password}")
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            lambda: _Connection(self), HOST, 0, backlog=_BACKLOG
        )
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop to listen, and close every connection."""
        self._listener.close()
        for connection in list(self.connections):
            connection.transport.abort()

    async def forget(self, number: int) -> None:
        """Have fakeredis forget a client that is gone.

        Args:
            number: the client's number.
        """
        await self._administer("CLIENT", "UNBLOCK", number)
        await self._administer("CLIENT", "KILL", "ID", number)

    async def _administer(self, *command: str | int) -> None:
        await self._administrator.send_command(*command, check_health=False)
        with suppress(RedisError):
            await self._administrator.read_response()


def _to(fake: FakeServer) -> Any:
    """Return a connection to fakeredis; of its methods, none waits but for a blocked command."""
    return FakeAsyncRedisConnection(
        server=fake,
        # The client says what it speaks, and who it is.
        protocol=2,
        redis_connect_func=_nothing,
        socket_timeout=None,
    )


def _nothing(_: object) -> None:
    """Do nothing when a connection to fakeredis is made; redis-py would introduce itself."""


class _Connection(asyncio.Protocol):
    """A client's connection.

    Args:
        server: what it asks.
    """

    def __init__(self, server: FakeRedisServer) -> None:
        self._server = server
        self._fake = _to(server.fake)
        self._requests = Requests()
        self._more = asyncio.Event()
        self._protocol = 2
        self._known = False
        self._quiet = False
        self._answers: list[bytes] = []
        self._bytes = 0
        self._pushes: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._server.connections.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._requests.feed(data)
        self._more.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._task.cancel()
        if self._pushes is not None:
            self._pushes.cancel()

    async def _serve(self) -> None:
        await self._fake.connect()
        await self._send([b"CLIENT", b"ID"])
        number = await self._fake.read_response()
        try:
            while True:
                command = self._requests.take()
                if command is not None:
                    await self._do(command)
                    continue
                self._flush()
                self._more.clear()
                await self._more.wait()
        except MalformedRequest as error:
            self._answer(error)
        except RedisConnectionError:
            # Another client had this one killed.
            pass
        except Exception as error:
            # A fault of fakeredis.
            self._answer(RuntimeError(f"{type(error).__name__}: {error}"))
        finally:
            self._flush()
            self.transport.close()
            await self._server.forget(number)
            await self._fake.disconnect()

    async def _do(self, command: list[bytes]) -> None:
        name = command[0].upper()
        if not self._known and name not in _WITHOUT_PASSWORD:
            self._answers.append(b"-NOAUTH Authentication required.\r\n")
            return
        if name == b"HELLO":
            await self._hello(command)
            return
        if name == b"CLIENT" and command[1:2] and command[1].upper() == b"REPLY":
            self._quiet = True
        await self._send(command)
        if not await self._fake.can_read():
            if self._quiet or self._pushes is not None:
                return
            # It waits for something, and other clients do not wait for that.
            self._flush()
            await self._fake.can_read(None)
        answer = await self._read()
        if name == b"AUTH":
            self._known = self._known or not isinstance(answer, Exception)
        elif name == b"RESET":
            self._known, self._protocol = False, 2
        if name.endswith(b"SUBSCRIBE") and self._pushes is None:
            # There is an answer for each channel, too.
            self._pushes = asyncio.get_running_loop().create_task(self._push())
        self._answer(answer)

    async def _hello(self, command: list[bytes]) -> None:
        """Greet a client, who may name its protocol and its password in the same breath."""
        upper = [each.upper() for each in command]
        if b"AUTH" in upper[2:]:
            place = upper.index(b"AUTH", 2)
            await self._send([b"AUTH", *command[place + 1 : place + 3]])
            answer = await self._read()
            if isinstance(answer, Exception):
                self._answer(answer)
                return
            self._known = True
            command = command[:place] + command[place + 3 :]
        if not self._known:
            self._answers.append(
                b"-NOAUTH HELLO must be called with the client already authenticated, otherwise"
                b" the HELLO <proto> AUTH <user> <pass> option can be used\r\n"
            )
            return
        # Without a number the protocol stays as it is; fakeredis goes back to 2.
        number = command[1] if len(command) > 1 else b"%d" % self._protocol
        await self._send([command[0], number, *command[2:]])
        answer = await self._read()
        if not isinstance(answer, Exception):
            self._protocol = 3 if number == b"3" else 2
        self._answer(answer)

    async def _send(self, command: list[bytes]) -> None:
        await self._fake.send_packed_command(pieces(command), check_health=False)

    async def _read(self) -> Any:
        try:
            return await self._fake.read_response(disable_decoding=True)
        except (AuthenticationError, ResponseError) as error:
            return error

    def _answer(self, answer: Any) -> None:
        data = encoded(answer, self._protocol, subscribed=self._pushes is not None)
        self._answers.append(data)
        self._bytes += len(data)
        if self._bytes > _LARGE_ANSWER:
            self._flush()

    def _flush(self) -> None:
        if self._answers and not self.transport.is_closing():
            # Never waits: a client may send many commands before it reads an answer.
            self.transport.write(b"".join(self._answers))
        self._answers.clear()
        self._bytes = 0

    async def _push(self) -> None:
        """Send on what is published, as long as the client is there."""
        while await self._fake.can_read(None):
            self._answer(await self._read())
            self._flush()
