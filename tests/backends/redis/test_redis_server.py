"""How a Redis is started, and that it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.redis import server as redis_server
from memcert_backends.redis import version as redis_version
from memcert_backends.servers import Server, ServerUnavailable, server_process, start


@pytest.fixture(scope="module")
def embedded() -> Iterator[Server]:
    """Return an embedded server."""
    with start("redis", "embedded") as server:
        yield server


@pytest.fixture(params=["embedded", "process"])
def how(request: pytest.FixtureRequest) -> str:
    """Each way to start one."""
    if request.param == "process":
        request.getfixturevalue("redis_binary")
    started: str = request.param
    return started


def _client(server: Server) -> redis.Redis:
    return redis.Redis.from_url(server.url, retry=Retry(NoBackoff(), 0), socket_timeout=30)


def _port(url: str) -> int:
    return int(url.rpartition(":")[2].removesuffix("/0"))


@contextmanager
def _connected(server: Server) -> Iterator[socket.socket]:
    """Connect without a client, and log in."""
    with socket.create_connection(("127.0.0.1", _port(server.url)), timeout=60) as connection:
        connection.sendall(f"AUTH {urlsplit(server.url).password}\r\n".encode())
        assert connection.recv(100) == b"+OK\r\n"
        yield connection


def _gone(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", _port(url))) != 0


def _one_line(how: str) -> str:
    with pytest.raises(ServerUnavailable) as raised, start("redis", how):
        pass
    line = str(raised.value)
    assert line.startswith("redis: ")
    assert "\n" not in line
    return line


def test_starts_answers_and_ends(how: str) -> None:
    with start("redis", how) as server:
        assert (server.store, server.how) == ("redis", how)
        assert server.version.startswith("fakeredis 2." if how == "embedded" else "redis ")
        with _client(server) as client:
            assert client.ping()
    assert _gone(server.url)


def test_a_fresh_one_is_empty_and_ends_first(how: str) -> None:
    with start("redis", how) as server, _client(server) as client:
        client.set("a", 1)
        assert server.fresh is not None
        with server.fresh() as fresh, _client(fresh) as other:
            assert fresh.url != server.url
            assert other.dbsize() == 0
            other.set("b", 1)
            assert fresh.fresh is not None
            with fresh.fresh() as third, _client(third) as another:
                assert another.dbsize() == 0
        assert _gone(fresh.url)
        assert client.keys() == [b"a"]


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def test_nobody_is_let_in_without_the_password(how: str) -> None:
    with start("redis", how) as server:
        password = urlsplit(server.url).password
        assert password is not None
        assert server.fresh is not None
        with server.fresh() as fresh:
            assert urlsplit(fresh.url).password != password
        for wrong in (
            _without_password(server.url),
            server.url.replace(password, "wrong"),
            server.url.replace(password, ""),
        ):
            for protocol in (2, 3):
                with (
                    redis.Redis.from_url(wrong, protocol=protocol) as client,
                    pytest.raises(redis.AuthenticationError),
                ):
                    client.dbsize()


def test_the_password_is_in_no_list_of_processes(how: str) -> None:
    with start("redis", how) as server:
        password = str(urlsplit(server.url).password)
        commands = subprocess.run(["ps", "-Aww", "-o", "args"], capture_output=True, check=True)
        assert password.encode() not in commands.stdout


_HOLDER = """
import sys, tempfile, time
from memcert_backends.servers import start
tempfile.tempdir = sys.argv[2]
with start("redis", sys.argv[1]) as server, server.fresh() as fresh:
    print(server.url, fresh.url, flush=True)
    time.sleep(60)
"""


def test_ends_when_the_process_that_started_it_is_killed(how: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, how, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        urls = holder.stdout.readline().split()
        assert [_gone(url) for url in urls] == [False, False]
        assert len(list(tmp_path.iterdir())) == (2 if how == "process" else 0)
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not all(map(_gone, urls)) or any(tmp_path.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_embedded_keeps_no_thread_and_no_file_of_past_connections() -> None:
    with start("redis", "embedded") as server:
        (host,) = (
            folder
            for folder in Path("/proc").glob("[0-9]*")
            if _parent(folder) == os.getpid()
            and b"fakeredis_host" in (folder / "cmdline").read_bytes()
            and _listens(folder, _port(server.url))
        )
        threads, files = (len(list((host / kind).iterdir())) for kind in ("task", "fd"))
        for _ in range(200):
            with _client(server) as client:
                client.ping()
        deadline = time.monotonic() + 60
        while (
            len(list((host / "task").iterdir())) > threads
            or len(list((host / "fd").iterdir())) > files
        ):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def _sent_again(connection: socket.socket) -> int:
    """Return how many packets were sent a second time: Linux's `tcpi_total_retrans`."""
    place = 100
    found = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, place + 4)
    return int.from_bytes(found[place:], sys.byteorder)


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _listens(folder: Path, port: int) -> bool:
    rows = (line.split() for line in (folder / "net/tcp").read_text().splitlines()[1:])
    inodes = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}")}
    return any(str(file.readlink()) in inodes for file in (folder / "fd").iterdir())


def test_embedded_takes_many_connections_at_once(embedded: Server) -> None:
    def ping(_: int) -> int:
        with _connected(embedded) as connection:
            connection.sendall(b"*1\r\n$4\r\nPING\r\n")
            assert connection.recv(100) == b"+PONG\r\n"
            return _sent_again(connection)

    with ThreadPoolExecutor(64) as threads:
        # The kernel of a client that was turned away tries again, after a second.
        assert not any(threads.map(ping, range(256)))


def test_embedded_takes_and_gives_back_large_texts(embedded: Server) -> None:
    with _client(embedded) as client:
        for text in (b"x" * 20_000_000, b"\r\n" * 1_000_000, b"a line\n" * 300_000):
            client.set("large", text)
            assert client.get("large") == text


def test_embedded_keeps_a_connection_after_an_error(embedded: Server) -> None:
    with _connected(embedded) as connection:
        connection.sendall(b"*3\r\n$7\r\nEVALSHA\r\n$2\r\nab\r\n$1\r\n0\r\n")
        assert connection.recv(100).startswith(b"-NOSCRIPT ")
        connection.sendall(b"*1\r\n$4\r\nPING\r\n")
        assert connection.recv(100) == b"+PONG\r\n"


def test_takes_one_that_runs(embedded: Server) -> None:
    with start("redis", embedded.url) as server:
        assert (server.url, server.how, server.fresh) == (embedded.url, "url", None)
        with _client(server) as client:
            assert client.ping()
    assert not _gone(embedded.url)


def test_says_so_when_none_runs_there() -> None:
    line = _one_line("redis://user:secret@127.0.0.1:1/0")
    assert "redis://127.0.0.1:1/0" in line
    assert "refused" in line
    assert "secret" not in line


def test_says_so_when_what_runs_there_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_version, "_PING_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "cannot be used" in _one_line(f"redis://127.0.0.1:{silent.getsockname()[1]}")


def test_names_the_ways_there_are() -> None:
    assert "embedded, process, container or a redis:// URL" in _one_line("postgresql://here")
    assert "cannot be used" in _one_line("redis://127.0.0.1:port")


@pytest.mark.parametrize(
    ("missing", "extra"), [("redis", "redis"), ("fakeredis", "embedded"), ("lupa", "embedded")]
)
def test_names_the_extra_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, missing: str, extra: str
) -> None:
    monkeypatch.setattr(redis_server, "find_spec", lambda name: None if name == missing else name)
    assert f"memcert[{extra}]" in _one_line("embedded")


def test_says_so_when_there_is_no_binary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no redis-server on PATH" in _one_line("process")


def test_says_why_redis_server_does_not_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    binary = tmp_path / "redis-server"
    binary.write_text("#!/bin/sh\necho 'bad luck' > redis.log; exit 1\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "does not start: bad luck" in _one_line("process")


@pytest.mark.usefixtures("redis_binary")
def test_tries_another_port_when_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, embedded: Server
) -> None:
    ports = iter([_port(embedded.url), server_process.free_port()])
    monkeypatch.setattr(server_process, "free_port", lambda _: next(ports))
    with start("redis", "process") as server:
        assert server.url != embedded.url


@pytest.mark.usefixtures("redis_binary")
def test_leaves_no_folder_and_survives_a_server_that_died() -> None:
    with start("redis", "process") as server, _client(server) as client:
        folder = Path(client.config_get("dir")["dir"])
        assert folder.exists()
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    assert not folder.exists()
