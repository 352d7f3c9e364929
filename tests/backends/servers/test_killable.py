"""Stores that are killed and started again: what they keep, and what is left of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pymysql
import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from sqlalchemy import make_url

from memcert_backends.servers import (
    Address,
    KillableServer,
    Server,
    ServerUnavailable,
    crash,
    start,
    why_not,
)

STORES = ("redis", "redis-cluster", "postgresql", "mariadb")
REFUSED = (redis.RedisError, RedisClusterException, psycopg.Error, pymysql.Error, OSError)


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    store = str(request.param)
    reason = why_not(store, "process")
    if reason is not None:
        if os.environ.get("CI"):
            pytest.fail(f"CI expects it: {reason}")
        pytest.skip(f"NOT TESTED: {store}: {reason}")
    return store


@pytest.fixture(scope="module")
def used_again(store: str) -> Iterator[KillableServer]:
    """One for several tests."""
    with start(store, "process") as server:
        assert server.killable is not None
        with server.killable() as made:
            yield made


@pytest.fixture
def killable(used_again: KillableServer) -> KillableServer:
    """One that runs, whatever the test before did."""
    used_again.restart()
    return used_again


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for temporary ones, which servers can enter that do not run as root."""
    with TemporaryDirectory(prefix="killable-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


class Client:
    """A client of any store, with numbers in a place of its own."""

    def __init__(self, url: str, place: str) -> None:
        self._place = place
        self._url = make_url(url)
        self._redis: Any = None
        self._connection: Any = None
        if url.startswith("redis"):
            options: Any = {"socket_timeout": 20, "retry": Retry(NoBackoff(), 0)}
            self._redis = redis.Redis.from_url(url, **options)
            if self._redis.info("cluster")["cluster_enabled"]:
                self._redis.close()
                self._redis = redis.RedisCluster.from_url(url, **options)
            return
        if url.startswith("postgresql"):
            self._connection = psycopg.connect(url, autocommit=True)
        else:
            self._connection = pymysql.connect(
                host=str(self._url.host),
                port=self._url.port or 0,
                user=self._url.username,
                password=str(self._url.password),
                database=self._url.database,
                autocommit=True,
            )
        self._execute(f"CREATE TABLE IF NOT EXISTS {place} (n INTEGER)")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(*REFUSED):
            (self._redis or self._connection).close()

    def write(self, number: int) -> None:
        if self._redis is None:
            self._execute(f"INSERT INTO {self._place} VALUES ({number})")
        else:
            # In a cluster, on each of its nodes.
            self._redis.set(f"{self._place} {number}", number)

    def read(self, count: int) -> set[int]:
        """Return which numbers up to some are there."""
        if self._redis is None:
            return {row[0] for row in self._execute(f"SELECT n FROM {self._place}")}
        return {n for n in range(count) if self._redis.get(f"{self._place} {n}") is not None}

    def _execute(self, statement: str) -> list[Any]:
        cursor = self._connection.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall()) if statement.startswith("SELECT") else []


def _listens(address: Address) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


def _addresses(server: Server) -> tuple[Address, ...]:
    assert server.addresses
    return server.addresses


def _of_this_process() -> set[int]:
    """Return the processes that this one started, those that they started, and so on.

    Not what a PostgreSQL starts: it has processes for a moment as it likes, for each connection and
    for its housekeeping.
    """
    table = crash._table()
    found = {os.getpid()}
    for _ in range(4):
        found |= {
            number
            for number, each in table.items()
            if each.parent in found and _program(each.parent) != "postgres"
        }
    return {number for number in found if table[number].state != "Z"}


def _program(number: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{number}/comm").read_text("utf-8").strip()
    return ""  # It has ended; or this is no Linux.


def test_keeps_what_it_acknowledged(killable: KillableServer) -> None:
    written = 0
    for _ in range(2):
        with Client(killable.server.url, "kept") as client:
            for _ in range(50):
                client.write(written)
                written += 1
            killable.kill()
            assert not any(map(_listens, _addresses(killable.server)))
            with pytest.raises(REFUSED):
                client.write(-1)
        killable.restart()
        with Client(killable.server.url, "kept") as client:
            assert client.read(written) == {*range(written)}


def test_keeps_it_also_when_it_is_killed_while_it_writes(killable: KillableServer) -> None:
    busy = threading.Event()

    def write() -> int:
        written = 0
        with Client(killable.server.url, "busy") as client, suppress(*REFUSED):
            while True:
                client.write(written)
                written += 1
                busy.set()
        return written

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        assert busy.wait(60)
        time.sleep(0.1)
        killable.kill()
        written = writing.result()
    killable.restart()
    assert written > 0
    with Client(killable.server.url, "busy") as client:
        # The one that was not acknowledged may be there.
        assert {*range(written)} <= client.read(written + 1) <= {*range(written + 1)}


def test_is_killed_and_started_as_often_as_one_likes(killable: KillableServer) -> None:
    before = _of_this_process()
    killable.restart()
    assert _of_this_process() == before
    killable.kill()
    killable.kill()
    killable.restart()
    killable.restart()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda turn: turn(), [killable.kill, killable.restart] * 2))
    killable.restart()
    assert all(map(_listens, _addresses(killable.server)))
    with Client(killable.server.url, "often") as client:
        client.write(1)


def test_is_killed_quickly(killable: KillableServer) -> None:
    # Nothing is waited for; a slow machine may still take its time, once.
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        killable.kill()
        seconds.append(time.monotonic() - began)
        killable.restart()
    assert min(seconds) < 5


def test_one_node_is_killed(killable: KillableServer) -> None:
    addresses = _addresses(killable.server)
    for node, address in enumerate(addresses):
        killable.kill(node)
        assert [each for each in addresses if not _listens(each)] == [address]
        killable.restart()
        assert all(map(_listens, addresses))
    with pytest.raises(IndexError):
        killable.kill(len(addresses))


def test_says_so_when_its_port_was_taken(killable: KillableServer, store: str) -> None:
    killable.kill()
    (host, port), *_ = _addresses(killable.server)
    with socket.create_server((host, port)):
        with pytest.raises(ServerUnavailable) as raised:
            killable.restart()
        line = str(raised.value)
        assert line.endswith(f": while it was down, another process took its port {port}")
        assert "\n" not in line
    killable.restart()
    with Client(killable.server.url, "taken") as client:
        client.write(1)


def test_a_store_that_memcert_did_not_start_is_not_killed(killable: KillableServer) -> None:
    server = killable.server
    assert (server.how, server.killable) == ("process", None)
    with start(server.store, server.url) as same:
        assert same.killable is None
        if server.store == "redis-cluster":
            assert {*_addresses(same)} == {*_addresses(server)}
            assert same.rerouted is None


def test_nothing_is_left_of_one_that_ends_killed_or_running(
    store: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    def use(again: Callable[[], Any], *, killed: bool) -> None:
        with again() as made:
            ended.append(made)
            made.kill()
            made.restart()
            if killed:
                made.kill()
            assert {*folder.iterdir()} > folders
            raise KeyError

    ended: list[KillableServer] = []
    with start(store, "process") as server:
        assert server.killable is not None
        processes, folders = _of_this_process(), {*folder.iterdir()}
        for killed in (False, True):
            with pytest.raises(KeyError):
                use(server.killable, killed=killed)
            assert not any(map(_listens, _addresses(ended[-1].server)))
            assert (_of_this_process(), {*folder.iterdir()}) == (processes, folders)
            with pytest.raises(ServerUnavailable, match="stopped for good"):
                ended[-1].restart()


_HOLDER = """
import sys, tempfile, time
from memcert_backends.servers import start
tempfile.tempdir = sys.argv[2]
with start(sys.argv[1], "process") as server, server.killable() as made:
    made.kill()
    made.restart()
    print(*(port for _, port in made.server.addresses), flush=True)
    time.sleep(60)
"""


def test_goes_with_the_process_that_started_it(store: str, folder: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, store, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        addresses = [("127.0.0.1", int(port)) for port in holder.stdout.readline().split()]
        assert addresses
        assert all(map(_listens, addresses))
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while any(map(_listens, addresses)) or any(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_process_of_a_postgresql_is_killed_at_once() -> None:
    if why_not("postgresql", "process") is not None:
        pytest.skip("NOT TESTED: there is no PostgreSQL")
    with start("postgresql", "process") as server:
        assert server.killable is not None
        with server.killable() as made, psycopg.connect(made.server.url) as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
            made.kill()
            assert not _alive(backend)
            log = Path(data).parent / "log"
            # None of them saw another one end.
            assert "terminat" not in log.read_text()
            made.restart()
            assert "automatic recovery in progress" in log.read_text()
            connection.close()
            made.kill()
            memory = Path(data, "postmaster.pid").read_text().split("\n")[6].split()[1]
            assert memory in _shared_memory()
    assert memory not in _shared_memory()


def _shared_memory() -> set[str]:
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()}


def _alive(number: int) -> bool:
    return crash._any_alive([number])


def test_processes_are_also_found_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    own = crash._table()[os.getpid()]
    monkeypatch.setattr(crash, "_PROCESSES", Path("/nowhere"))
    assert crash._table()[os.getpid()].parent == own.parent


def test_says_so_when_a_process_does_not_die(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "_SECONDS", 0.0)
    monkeypatch.setattr(crash, "_stopped", lambda *_: False)
    with subprocess.Popen(["sleep", "60"]) as process:
        with pytest.raises(TimeoutError, match="still there"):
            crash.kill_at_once(process)
        process.kill()
