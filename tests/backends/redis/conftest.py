"""A Redis of each kind, and what the tests of RedisMemory look at."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import Connection

from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server, start


def _start(how: str) -> Iterator[Server]:
    if how == "process" and shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("CI expects redis-server on PATH")
        pytest.skip("REDIS IS NOT TESTED: there is no redis-server on PATH")
    with start("redis", how) as server:
        yield server


@pytest.fixture(scope="session", params=["embedded", "process"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each kind of Redis in turn."""
    yield from _start(request.param)


@pytest.fixture(scope="session")
def real_server() -> Iterator[Server]:
    """A redis-server, for what only the real one tells."""
    yield from _start("process")


@pytest.fixture
def space() -> dict[str, Any]:
    """Return the ids of a space of the test's own."""
    return {"user_id": uuid.uuid4().hex, "session_id": "s"}


class Recorded(Redis):
    """A client that keeps the commands it sent, apart from those that set up a connection."""

    commands: list[Any]


@pytest.fixture
def recorded() -> Callable[..., Recorded]:
    """Return a function that makes a client for a server, which records its commands."""

    def make(server: Server) -> Recorded:
        commands: list[Any] = []

        class RecordingConnection(Connection):
            async def send_command(self, *args: Any, **kwargs: Any) -> None:
                if args[0] not in ("AUTH", "HELLO", "CLIENT", "SELECT"):
                    commands.append(args[0])
                await super().send_command(*args, **kwargs)

        client = Recorded(
            connection_pool=ConnectionPool.from_url(
                server.url, connection_class=RecordingConnection
            )
        )
        client.auto_close_connection_pool = True
        client.commands = commands
        return client

    return make


@pytest.fixture
def own_memory(server: Server, space: dict[str, Any]) -> Callable[..., RedisMemory]:
    """Return a function that makes a memory with a client of its own, in the test's space."""
    url = urlsplit(server.url)
    own = {**space, "port": url.port, "password": url.password}

    def make(**options: Any) -> RedisMemory:
        return RedisMemory(**{**own, **options})

    return make
