"""How PostgreSQL, MariaDB and MySQL are started, and what is left of them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.servers import Server, ServerUnavailable, start
from memcert_backends.sql import server as sql

DRIVERS = {"postgresql": "postgresql+asyncpg", "mariadb": "mysql+aiomysql"}
RUNNING = {
    "postgresql": ("MEMCERT_POSTGRESQL_URL", "postgresql://root@127.0.0.1:5432/postgres"),
    "mariadb": ("MEMCERT_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
}
PROGRAMS = {"postgresql": "postgres", "mariadb": "mariadbd"}


@pytest.fixture(params=DRIVERS)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def unavailable(error: ServerUnavailable, *, expected: bool) -> None:
    if os.environ.get("CI") or expected:
        pytest.fail(f"CI expects it: {error}")
    pytest.skip(f"NOT TESTED: {error}")


@pytest.fixture
def url(store: str) -> str:
    """The URL of a running server."""
    variable, default = RUNNING[store]
    url = os.environ.get(variable, default)
    try:
        with start(store, url):
            return url
    except ServerUnavailable as error:
        unavailable(error, expected=variable in os.environ)
        raise


@pytest.fixture
def process(store: str) -> Iterator[Server]:
    """A server of one's own."""
    try:
        context = start(store, "process")
        server = context.__enter__()
    except ServerUnavailable as error:
        unavailable(error, expected=False)
        raise
    try:
        yield server
    finally:
        context.__exit__(None, None, None)


def execute(url: str, *statements: str) -> Any:
    """Execute statements, and return the first column of what the last one finds."""

    async def run() -> Any:
        parts = make_url(url)
        driver = DRIVERS["postgresql" if "postgresql" in parts.drivername else "mariadb"]
        engine = create_async_engine(parts.set(drivername=driver))
        try:
            async with engine.begin() as connection:
                for statement in statements:
                    result = await connection.exec_driver_sql(statement)
                return [row[0] for row in result] if result.returns_rows else None
        finally:
            await engine.dispose()

    return asyncio.run(run())


def databases(url: str) -> set[str]:
    postgresql = url.startswith("postgresql")
    return set(execute(url, "SELECT datname FROM pg_database" if postgresql else "SHOW DATABASES"))


def database(server: Server) -> str:
    return str(make_url(server.url).database)


def test_a_running_server_gets_a_new_database_that_goes_at_the_end(store: str, url: str) -> None:
    with start(store, url) as server:
        assert (server.store, server.how) == (store, "url")
        assert server.version.split()[0].lower() == store
        execute(server.url, "CREATE TABLE mine (n INTEGER)", "INSERT INTO mine VALUES (1)")
        assert server.fresh is not None
        with server.fresh() as other:
            assert other.url != server.url
            execute(other.url, "CREATE TABLE mine (n INTEGER)")
            assert execute(other.url, "SELECT count(*) FROM mine") == [0]
        assert database(other) not in databases(url)
        assert execute(server.url, "SELECT count(*) FROM mine") == [1]
        assert database(server) in databases(url)
    assert database(server) not in databases(url)


def test_a_database_goes_also_when_the_test_fails_and_somebody_is_connected(
    store: str, url: str
) -> None:
    async def fail() -> None:
        with start(store, url) as server:
            names.append(database(server))
            engine = create_async_engine(make_url(server.url).set(drivername=DRIVERS[store]))
            connection = await engine.connect()
            try:
                raise KeyError
            finally:
                connections.append((engine, connection))

    async def check() -> None:
        with pytest.raises(KeyError):
            await fail()
        for engine, connection in connections:
            await connection.invalidate()
            await engine.dispose()

    names: list[str] = []
    connections: list[Any] = []
    asyncio.run(check())
    assert not {*names} & databases(url)


def test_a_server_can_be_started_within_an_event_loop(store: str, url: str) -> None:
    async def check() -> str:
        with start(store, url) as server:
            return server.version

    assert asyncio.run(check())


def test_a_process_is_a_server_of_ones_own(process: Server, store: str) -> None:
    assert (process.store, process.how) == (store, "process")
    assert process.version.split()[0].lower() == store
    execute(process.url, "CREATE TABLE mine (n INTEGER)", "INSERT INTO mine VALUES (1)")
    assert process.fresh is not None
    with process.fresh() as other:
        assert make_url(other.url).port == make_url(process.url).port
        assert database(other) != database(process)
    assert execute(process.url, "SELECT count(*) FROM mine") == [1]
    # Nobody else on this machine is let in.
    for user, password in (("root", None), ("memcert", "wrong"), ("postgres", None)):
        stranger = make_url(process.url).set(username=user, password=password)
        with pytest.raises(ServerUnavailable), start(store, stranger.render_as_string(False)):
            pass


def gone(url: str) -> bool:
    parts = make_url(url)
    with socket.socket() as probe:
        return probe.connect_ex((str(parts.host), parts.port or 0)) != 0


def test_a_process_and_its_folder_go_with_the_process_that_started_it(store: str) -> None:
    # PostgreSQL runs as another user, who must get there.
    with tempfile.TemporaryDirectory(prefix="test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _start_and_kill(store, folder)


def _start_and_kill(store: str, folder: Path) -> None:
    script = (
        "import sys, tempfile, time\n"
        "from memcert_backends.servers import start\n"
        "tempfile.tempdir = sys.argv[1]\n"
        f"with start({store!r}, 'process') as server:\n"
        "    print(server.url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        try:
            if not url:
                pytest.skip(f"NOT TESTED: {store} cannot be started as a process")
            assert not gone(url)
            assert any(folder.iterdir())
        finally:
            child.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        left = [*folder.iterdir()]
        if gone(url) and not left:
            return
        time.sleep(0.05)
    pytest.fail(f"still there: {url}, {left}")


@pytest.mark.parametrize(
    ("store", "how", "reason"),
    [
        ("postgresql", "embedded", "cannot be embedded: use process, container or a URL"),
        ("mariadb", "embedded", "cannot be embedded: use process, container or a URL"),
        ("mysql", "process", "mysql:"),
        ("postgresql", "mysql://host", "postgresql:// URL"),
        ("mariadb", "postgresql://host", "mariadb"),
        ("postgresql", "postgresql://me:secret@127.0.0.1:1/x", "postgresql://me:***@127.0.0.1:1/x"),
        ("mariadb", "mysql://me:secret@127.0.0.1:1/x", "mysql://me:***@127.0.0.1:1/x"),
        ("postgresql", "postgresql://me@host:port/x", "no URL that can be read"),
    ],
)
def test_what_cannot_be_had_is_said_in_one_line(store: str, how: str, reason: str) -> None:
    with pytest.raises(ServerUnavailable) as raised, start(store, how):
        pass
    message = str(raised.value)
    assert message.startswith(f"{store}: ")
    assert reason in message
    assert "\n" not in message
    assert "secret" not in message


@pytest.mark.parametrize("store", ["postgresql", "mariadb"])
def test_a_server_that_does_not_answer_is_given_up(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "_CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        with (
            pytest.raises(ServerUnavailable, match="does not answer in time"),
            start(store, f"{store}://me@127.0.0.1:{port}/x"),
        ):
            pass
        assert time.monotonic() - begun < 15


@pytest.mark.parametrize("store", ["postgresql"])
def test_a_missing_binary_is_named(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(ServerUnavailable, match="install PostgreSQL"), start(store, "process"):
        pass
