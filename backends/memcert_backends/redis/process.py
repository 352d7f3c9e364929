"""A redis-server of one's own: the binary from PATH, in a temporary folder, on a free port."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.redis.address import with_address
from memcert_backends.redis.version import redis_version
from memcert_backends.servers.killable import killable
from memcert_backends.servers.orphan_guard import guarded_folder
from memcert_backends.servers.server import KillableServer, Server, ServerUnavailable
from memcert_backends.servers.server_process import HOST, ServerProcess, ServerProgram, running

SETTINGS: Mapping[str, str] = {
    "bind": HOST,
    "daemonize": "no",
    "save": "",
    "appendonly": "no",
    "loglevel": "warning",
    "logfile": "redis.log",
}
"""The configuration, apart from the port and the folder; nothing is kept after the end."""

KEPT: Mapping[str, str] = {
    "appendonly": "yes",
    # Commands are in the file "before sending the replies":
    # https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#how-durable-is-the-append-only-file
    # With ``everysec`` they wait, up to two seconds, while the file is being synchronised.
    "appendfsync": "always",
}
"""What differs where the server keeps what it acknowledged when it is killed."""

_START_SECONDS = 15.0


def why_no_process() -> str | None:
    """Return why no redis-server can be started here, in one line; None if one can be."""
    if shutil.which("redis-server") is None:
        return "there is no redis-server on PATH; install Redis"
    return None


@contextmanager
def redis_process(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a redis-server, and stop it when the context or this process ends.

    Args:
        settings: its configuration, where it differs from `SETTINGS`.

    Raises:
        ServerUnavailable: there is no such binary, or it does not start; one line says why.
    """
    with running_redis(settings or {}) as running:
        fresh = partial(redis_process, settings)
        yield replace(_server(running), fresh=fresh, killable=killable_redis)


@contextmanager
def killable_redis() -> Iterator[KillableServer]:
    """Start a redis-server that can be killed, and stop it when the context or this process ends.

    Raises:
        ServerUnavailable: there is no such binary, or it does not start; one line says why.
    """
    with running_redis(KEPT) as running, killable(_server(running), [running.process]) as made:
        yield made


@dataclass(frozen=True)
class RunningRedis:
    """A redis-server of one's own.

    Args:
        process: its process.
        password: what its clients have to know.
    """

    process: ServerProcess
    password: str

    @property
    def url(self) -> str:
        """Where clients connect, with the password."""
        return f"redis://:{self.password}@{HOST}:{self.process.port}/0"

    def client(self) -> redis.Redis:
        """Return a client that does not wait for a server that is gone."""
        return _client(self.process.port, self.password)


@contextmanager
def running_redis(settings: Mapping[str, str], port_above: int = 0) -> Iterator[RunningRedis]:
    """Start a redis-server, and stop it when the context or this process ends.

    Args:
        settings: its configuration, where it differs from `SETTINGS`; read whenever it is started.
            Without a ``requirepass`` it has a password of its own.
        port_above: how far above its port it opens a second one, as a cluster's node does; 0 for
            none.

    Raises:
        ServerUnavailable: there is no such binary, or it does not start; one line says why.
    """
    reason = why_no_process()
    if reason is not None:
        raise ServerUnavailable(f"redis: {reason}")
    binary = shutil.which("redis-server") or ""
    password = settings.get("requirepass") or secrets.token_hex(16)
    with guarded_folder("memcert-redis-") as folder:

        def command(port: int) -> list[str]:
            chosen = {**SETTINGS, "requirepass": password, **settings}
            return [binary, _written({**chosen, "port": str(port), "dir": folder}, folder)]

        program = ServerProgram(
            store="redis",
            path=binary,
            folder=folder,
            command=command,
            ready=partial(_ready, password),
            log=SETTINGS["logfile"],
            seconds=_START_SECONDS,
            port_above=port_above,
        )
        with running(program) as process:
            yield RunningRedis(process, password)


def _written(settings: Mapping[str, str], folder: str) -> str:
    """Write a configuration that nobody else can read, and return its path.

    On a list of arguments everybody can read the password.
    """
    file = Path(folder, "redis.conf")
    file.touch(0o600)
    # In JSON's quotes, which are those of the file's format.
    lines = (f"{name} {json.dumps(value)}\n" for name, value in settings.items())
    file.write_text("".join(lines), "ascii")
    return str(file)


def _server(running: RunningRedis) -> Server:
    with running.client() as client:
        version = redis_version(client)
    return with_address(Server(url=running.url, store="redis", how="process", version=version))


def _client(port: int, password: str) -> redis.Redis:
    return redis.Redis(
        host=HOST,
        port=port,
        password=password,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=_START_SECONDS,
    )


def _ready(password: str, process_id: int, port: int) -> bool:
    with _client(port, password) as client:
        try:
            found = client.info()
        except redis.RedisError:
            return False
    # Else another server is there, and this one ends soon; or it still reads its file.
    return found.get("process_id") == process_id and not found.get("loading")
