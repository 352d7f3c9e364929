"""A redis-server of one's own: the binary from PATH, in a temporary folder, on a free port."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.servers.guarded import guarded_folder, guarded_process
from memcert_backends.servers.redis_version import redis_version
from memcert_backends.servers.server import Server, ServerUnavailable

HOST = "127.0.0.1"

SETTINGS: Mapping[str, str] = {
    "bind": HOST,
    "daemonize": "no",
    "save": "",
    "appendonly": "no",
    "loglevel": "warning",
    "logfile": "redis.log",
}
"""The configuration, apart from the port and the folder; nothing is kept after the end."""

_START_SECONDS = 15.0
_ATTEMPTS = 3


def why_no_process() -> str | None:
    """Return why no redis-server can be started here, in one line; None if one can be."""
    if shutil.which("redis-server") is None:
        return "there is no redis-server on PATH; install Redis"
    return None


@contextmanager
def redis_process(
    settings: Mapping[str, str] | None = None, port_above: int = 0
) -> Iterator[Server]:
    """Start a redis-server, and stop it when the context or this process ends.

    Args:
        settings: its configuration, where it differs from `SETTINGS`.
        port_above: how far above its port it opens a second one, as a cluster's node does; 0 for
            none.

    Raises:
        ServerUnavailable: there is no such binary, or it does not start; one line says why.
    """
    reason = why_no_process()
    if reason is not None:
        raise ServerUnavailable(f"redis: {reason}")
    binary = shutil.which("redis-server") or ""
    with guarded_folder("memcert-redis-") as folder:
        for attempt in range(1, _ATTEMPTS + 1):
            port = _free_port(port_above)
            chosen = {**SETTINGS, **(settings or {}), "port": str(port), "dir": folder}
            with guarded_process(_command(binary, chosen), folder) as process:
                try:
                    running = _version_when_ready(process, port)
                except _Ended:
                    # Another process may have taken the port since.
                    if attempt == _ATTEMPTS:
                        raise ServerUnavailable(
                            f"redis: {binary} does not start: {_last_line(folder)}"
                        ) from None
                    continue
                yield Server(
                    url=f"redis://{HOST}:{port}/0",
                    store="redis",
                    how="process",
                    version=running,
                    fresh=partial(redis_process, settings, port_above),
                )
                return


class _Ended(Exception):
    pass


def _command(binary: str, settings: Mapping[str, str]) -> list[str]:
    return [binary, *(part for name, value in settings.items() for part in (f"--{name}", value))]


def _free_port(above: int = 0) -> int:
    while True:
        with socket.socket() as probe, socket.socket() as second:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
            try:
                second.bind((HOST, port + above if above else 0))
            except (OSError, OverflowError):
                # Taken, or beyond the last one.
                continue
            return port


def _version_when_ready(process: subprocess.Popen[bytes], port: int) -> str:
    deadline = time.monotonic() + _START_SECONDS
    with redis.Redis(host=HOST, port=port, retry=Retry(NoBackoff(), 0)) as client:
        while time.monotonic() < deadline:
            try:
                if client.info("server").get("process_id") == process.pid:
                    return redis_version(client)
            except redis.RedisError:
                # Not there yet; or another server is, and this one ends soon.
                pass
            if process.poll() is not None:
                raise _Ended
            time.sleep(0.005)
    raise ServerUnavailable(f"redis: redis-server does not answer within {_START_SECONDS:g} s")


def _last_line(folder: str) -> str:
    log = Path(folder, SETTINGS["logfile"])
    lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
    return next((line for line in reversed(lines) if line.strip()), "it wrote no log")
