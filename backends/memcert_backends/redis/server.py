"""How a Redis is started: fakeredis in a child process, redis-server, a container, or by others."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec

from memcert_backends.servers.server import Server, ServerUnavailable

STORE = "redis"

IMAGE = "redis:7"
"""What a container is made of."""

URL = "redis://host:port"
"""What the URL of a running one looks like."""

_SCHEMES = ("redis://", "rediss://", "unix://")
_PORT = 6379
_SECONDS_TO_END = 10.0

# On standard input: everybody on this machine can read the arguments of its processes.
_IN_CONTAINER = """\
exec redis-server - <<END
save ""
requirepass $MEMCERT_PASSWORD
END
"""


def start(how: str = "embedded") -> AbstractContextManager[Server]:
    """Start a Redis, or connect to a running one; it is stopped when the context ends.

    Args:
        how: ``embedded`` (fakeredis behind a TCP server of its own), ``process`` (redis-server
            from PATH), ``container``, or the URL of a running one.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    reason = why_not("url" if how.startswith(_SCHEMES) else how)
    if reason is not None:
        raise ServerUnavailable(f"{STORE}: {reason}")
    if how == "embedded":
        return _embedded()
    if how == "process":
        from memcert_backends.redis.process import redis_process

        return redis_process()
    return _container() if how == "container" else _running(how)


def why_not(how: str) -> str | None:
    """Return why a Redis cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if find_spec("redis") is None:
        return "its driver is missing; pip install 'memcert[redis]'"
    if how == "embedded":
        missing = next((name for name in ("fakeredis", "lupa") if find_spec(name) is None), None)
        return missing and f"{missing} is missing; pip install 'memcert[embedded]'"
    if how == "process":
        from memcert_backends.redis.process import why_no_process

        return why_no_process()
    if how == "container":
        from memcert_backends.servers.container import why_not as why_no_container

        return why_no_container()
    if how == "url":
        return None
    scheme = how.partition("://")[0]
    return f"--server is embedded, process, container or a redis:// URL, not {scheme!r}"


@contextmanager
def _embedded() -> Iterator[Server]:
    with _Host() as host, host.server() as server:
        yield server


class _Host:
    """The child process with the embedded servers; safe to use from several threads."""

    def __init__(self) -> None:
        self._version = f"fakeredis {version('fakeredis')}"
        self._turn = threading.Lock()
        # -P: nothing in the working folder takes the place of an installed module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "memcert_backends.redis.fakeredis_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # An interrupt from the terminal is for the parent, which still uses the servers.
            start_new_session=True,
        )

    def __enter__(self) -> _Host:
        return self

    def __exit__(self, *_: object) -> None:
        # The end of its standard input ends it, unless a script keeps all of it.
        try:
            self._process.communicate(timeout=_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    @contextmanager
    def server(self) -> Iterator[Server]:
        from memcert_backends.redis.address import with_address

        password = secrets.token_hex(16)
        port = self._ask(f"open {password}")
        try:
            yield with_address(
                Server(
                    url=f"redis://:{password}@127.0.0.1:{port}/0",
                    store=STORE,
                    how="embedded",
                    version=self._version,
                    fresh=self.server,
                )
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
def _container() -> Iterator[Server]:
    from memcert_backends.redis.address import with_address
    from memcert_backends.redis.version import version_at
    from memcert_backends.servers.container import container

    password = secrets.token_hex(16)
    command = ["sh", "-c", _IN_CONTAINER]
    with container(STORE, IMAGE, _PORT, {"MEMCERT_PASSWORD": password}, command) as running:
        url = f"redis://:{password}@{running.host}:{running.port}/0"
        yield with_address(
            Server(
                url=url,
                store=STORE,
                how="container",
                version=running.when_ready(partial(version_at, url, STORE)),
                fresh=_container,
            )
        )


@contextmanager
def _running(url: str) -> Iterator[Server]:
    from memcert_backends.redis.address import with_address
    from memcert_backends.redis.version import version_at

    yield with_address(Server(url=url, store=STORE, how="url", version=version_at(url, STORE)))
