"""How a Redis is started: fakeredis in a child process, redis-server, or one that runs already."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from urllib.parse import urlsplit

from memcert_backends.servers.server import Server, ServerUnavailable

STORE = "redis"

_SCHEMES = ("redis://", "rediss://", "unix://")
_PING_SECONDS = 3.0


def start(how: str = "embedded") -> AbstractContextManager[Server]:
    """Start a Redis, or connect to a running one; it is stopped when the context ends.

    Args:
        how: ``embedded`` (fakeredis behind a TCP server of its own), ``process`` (redis-server
            from PATH), ``container``, or the URL of a running one.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    if find_spec("redis") is None:
        raise ServerUnavailable("redis: its driver is missing; pip install 'memcert[redis]'")
    if how == "embedded":
        return _embedded()
    if how == "process":
        from memcert_backends.servers.redis_process import redis_process

        return redis_process()
    if how == "container":
        raise ServerUnavailable("redis: --server container is not available yet")
    if how.startswith(_SCHEMES):
        return _running(how)
    raise ServerUnavailable(
        f"redis: --server is embedded, process, container or a redis:// URL, not {how!r}"
    )


@contextmanager
def _embedded() -> Iterator[Server]:
    for module in ("fakeredis", "lupa"):
        if find_spec(module) is None:
            raise ServerUnavailable(f"redis: {module} is missing; pip install 'memcert[embedded]'")
    with _Host() as host, host.server() as server:
        yield server


class _Host:
    """The child process with the embedded servers; safe to use from several threads."""

    def __init__(self) -> None:
        self._version = f"fakeredis {version('fakeredis')}"
        self._turn = threading.Lock()
        # -P: nothing in the working folder takes the place of an installed module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "memcert_backends.servers.fakeredis_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # An interrupt from the terminal is for the parent, which still uses the servers.
            start_new_session=True,
        )

    def __enter__(self) -> _Host:
        return self

    def __exit__(self, *_: object) -> None:
        # The end of its standard input ends it.
        self._process.communicate()

    @contextmanager
    def server(self) -> Iterator[Server]:
        port = self._ask("open")
        try:
            yield Server(
                url=f"redis://127.0.0.1:{port}/0",
                store=STORE,
                how="embedded",
                version=self._version,
                fresh=self.server,
            )
        finally:
            with suppress(ServerUnavailable):
                self._ask(f"close {port}")

    def _ask(self, request: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            try:
                self._process.stdin.write(f"{request}\n")
                self._process.stdin.flush()
                answer = self._process.stdout.readline().strip()
            except OSError:
                answer = ""
        if not answer:
            raise ServerUnavailable("redis: the process with the embedded servers has ended")
        return answer


@contextmanager
def _running(url: str) -> Iterator[Server]:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    from memcert_backends.servers.redis_version import redis_version

    parts = urlsplit(url)
    # Without the password, which does not belong in a report.
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    try:
        with redis.Redis.from_url(
            url,
            socket_connect_timeout=_PING_SECONDS,
            socket_timeout=_PING_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            running = redis_version(client)
    except (redis.RedisError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise ServerUnavailable(f"redis: {place} cannot be used: {reason}") from None
    yield Server(url=url, store=STORE, how="url", version=running)
