"""The first Ctrl-C ends a program that waits in an operation, with a traceback and no more."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import make_url

from memcert_backends.by_url import open_by_url
from memcert_reference import Msg

from .conftest import Started
from .places import SQL, SQLite
from .proxy import Proxies, Proxy

pytestmark = pytest.mark.usefixtures("interruptible")

SECONDS_TO_END = 1.5
SECONDS_OF_PYTHON = 3.0
"""What an interpreter takes to end, beside what an idle one takes on this machine just now."""

DRIVERS = (
    "sqlite+aiosqlite",
    "postgresql+asyncpg",
    "postgresql+psycopg",
    "mariadb+aiomysql",
    "mariadb+asyncmy",
)

PROGRAM = """
import asyncio, sys
from memcert_backends.by_url import open_by_url
from memcert_reference import Msg

async def main():
    async with open_by_url(sys.argv[1], sys.argv[2], "session") as memory:
        await memory.size()
        print("ready", flush=True)
        sys.stdin.readline()
        await memory.add(Msg("name", "text", "user"))

asyncio.run(main())
"""

IDLE = """
import asyncio, sys

async def main():
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""

USER = "user"


class Program:
    """A program that adds a message once it is told to.

    Args:
        url: the memory's store; none for a program that only waits.
    """

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM if url else IDLE, url, USER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Wait until it is connected."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def add(self) -> None:
        """Tell it to."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def interrupt(self, idle: float) -> str:
        """Press Ctrl-C once, and return what is wrong with how it ends; nothing if all is well.

        Args:
            idle: how long an idle program takes to end.
        """
        self._process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        try:
            _, errors = self._process.communicate(
                timeout=SECONDS_TO_END + SECONDS_OF_PYTHON + 3 * idle
            )
        except subprocess.TimeoutExpired:
            return f"it still runs after {time.monotonic() - begun:.1f} s"
        if self._process.returncode != -signal.SIGINT:
            return f"its status is {self._process.returncode}: {errors}"
        if errors.strip().splitlines()[-1] != "KeyboardInterrupt":
            return f"it says {errors}"
        return ""

    def end(self) -> None:
        """End it for certain."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def idle() -> float:
    """How long a program that only waits takes to end, in seconds."""
    program = Program("")
    try:
        program.wait_until_ready()
        begun = time.monotonic()
        assert program.interrupt(60) == ""
        return time.monotonic() - begun
    finally:
        program.end()


@pytest.fixture
def programs() -> Iterator[Callable[[str], Program]]:
    with ExitStack() as stack:

        def start(url: str) -> Program:
            program = Program(url)
            stack.callback(program.end)
            return program

        yield start


def _wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_programs_whose_server_is_silent(
    started: Started, opened: Proxies, programs: Callable[[str], Program], idle: float
) -> None:
    with ExitStack() as stack:
        running: dict[str, tuple[Program, Proxy]] = {}
        for name in ("redis", "tablestore", *DRIVERS[1:]):
            store, _, driver = name.partition("+")
            server = started.server(store)
            assert server.addresses is not None
            assert server.rerouted is not None
            proxy = stack.enter_context(opened.open(server.addresses))
            url = stack.enter_context(server.rerouted(proxy.addresses)).url
            running[name] = programs(_with_driver(url, name) if driver else url), proxy
        found = {}
        for name, (program, proxy) in running.items():
            program.wait_until_ready()
            proxy.silence()
            program.add()
            _wait_for(proxy.held.is_set)
            found[name] = program.interrupt(idle)
    assert not {name: fault for name, fault in found.items() if fault}


def test_programs_that_wait_for_a_lock(
    started: Started, programs: Callable[[str], Program], idle: float
) -> None:
    urls = {
        name: _with_driver(started.server(name.partition("+")[0]).url, name) for name in DRIVERS
    }
    running = {name: programs(url) for name, url in urls.items()}

    async def interrupted(name: str) -> str:
        server = started.server(name.partition("+")[0])
        place = (SQLite if name.startswith("sqlite") else SQL)(server, name)
        async with open_by_url(urls[name], USER, "session") as memory:
            await memory.add(Msg("name", "text", "user", id="first"))
        program = running[name]
        await asyncio.to_thread(program.wait_until_ready)
        async with place.locked([USER], session_id="session"):
            program.add()
            for _ in range(20 if name.startswith("sqlite") else 200):
                await asyncio.sleep(0.05)
                # A file does not tell who waits for it.
                if await place.waiting():
                    break
            return await asyncio.to_thread(program.interrupt, idle)

    async def main() -> dict[str, str]:
        return {name: await interrupted(name) for name in DRIVERS}

    assert not {name: fault for name, fault in asyncio.run(main()).items() if fault}


def _with_driver(url: str, driver: str) -> str:
    # SQLite itself gives up after five seconds.
    query = {"timeout": "60"} if driver.startswith("sqlite") else {}
    parts = make_url(url).set(drivername=driver).update_query_dict(query)
    return parts.render_as_string(hide_password=False)
