"""A store in a container of its own, through testcontainers; it cannot outlive this process."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from memcert_backends.servers.server import ServerUnavailable

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

LABEL = "memcert"
"""The label by which the containers of a process are found when it died."""

_ENGINE_SECONDS = 1.0
_READY_SECONDS = 60.0
_DEFAULT_ENGINE = "unix:///var/run/docker.sock"
_REAPER = threading.Lock()

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Container:
    """A running container, whose server may still be starting.

    Args:
        store: which store it is, such as ``redis``.
        image: what it was made of.
        host: where its port is published.
        port: under which number.
    """

    store: str
    image: str
    host: str
    port: int
    _wrapped: Any

    def when_ready(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the server something until it answers, and return the answer.

        Args:
            ask: connects to the server; it fails for as long as that one is not ready.

        Raises:
            ServerUnavailable: the container ended, or does not answer in time.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                return ask()
            except Exception as error:
                # What each driver raises for a server that is not there yet is its own.
                reason = _in_a_line(error)
            self._wrapped.reload()
            if self._wrapped.status != "running":
                raise _ended(self.store, self.image, self._wrapped)
            if time.monotonic() > deadline:
                raise ServerUnavailable(
                    f"{self.store}: the container of {self.image} does not answer within"
                    f" {_READY_SECONDS:g} s: {reason}"
                )
            time.sleep(0.05)


def why_not() -> str | None:
    """Return why there can be no container here, in one line; None if there can be one."""
    if find_spec("testcontainers") is None:
        return "testcontainers is missing; pip install 'memcert[container]'"
    from docker.errors import DockerException
    from testcontainers.core.docker_client import DockerClient, get_docker_host

    place = get_docker_host() or _DEFAULT_ENGINE
    try:
        if place.startswith("unix://"):
            # Else the driver leaves a socket open for each one that it cannot connect.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(_ENGINE_SECONDS)
                probe.connect(place.removeprefix("unix://"))
        engine = DockerClient(timeout=_ENGINE_SECONDS).client
        try:
            engine.ping()
        finally:
            engine.close()
    except (DockerException, OSError, ValueError) as error:
        return f"no Docker engine answers at {place}: {_in_a_line(_root(error))}"
    return None


@contextmanager
def container(
    store: str,
    image: str,
    port: int,
    environment: Mapping[str, str] | None = None,
    command: list[str] | None = None,
) -> Iterator[Container]:
    """Start a container; it is removed when the context ends, or when this process does.

    Args:
        store: which store it is, such as ``redis``.
        image: what it is made of, such as ``redis:7``; fetched if the engine does not have it.
        port: the TCP port of the server in it, which is published under another number.
        environment: its environment variables.
        command: what it runs, where that differs from what the image says.

    Raises:
        ServerUnavailable: there is no engine, no such image, or it does not start; one line why.
    """
    reason = why_not()
    if reason is not None:
        raise ServerUnavailable(f"{store}: {reason}")
    from docker.errors import DockerException
    from testcontainers.core.container import DockerContainer

    label = uuid.uuid4().hex
    with _watcher(label) as say_removed:
        created = DockerContainer(image).with_exposed_ports(port)
        created.with_kwargs(labels={LABEL: label}).with_envs(**(environment or {}))
        if command is not None:
            created.with_command(command)
        started = False
        try:
            running = _started(created, store, image, port)
            started = True
            yield running
        finally:
            try:
                created.stop()
            except (DockerException, OSError):
                # The engine is gone, or the container is: the watcher looks.
                started = False
            if started:
                say_removed()


def _started(created: DockerContainer, store: str, image: str, port: int) -> Container:
    from docker.errors import DockerException

    try:
        with _without_reaper():
            created.start()
    except (DockerException, OSError) as error:
        raise ServerUnavailable(
            f"{store}: no container of the image {image}: {_in_a_line(error)}"
        ) from error
    running = created.get_wrapped_container()
    try:
        published = created.get_exposed_port(port)
    except (TimeoutError, ConnectionError) as error:
        raise _ended(store, image, running) from error
    # The name may stand for the address ::1, under which a number can be another's.
    host = created.get_container_host_ip().replace("localhost", "127.0.0.1")
    return Container(store, image, host, published, running)


def _ended(store: str, image: str, container: Any) -> ServerUnavailable:
    said = container.logs(tail=1).decode("utf-8", "replace").strip() or "it wrote no log"
    return ServerUnavailable(f"{store}: the container of {image} ended: {said}")


@contextmanager
def _without_reaper() -> Iterator[None]:
    """Let testcontainers start no reaper: that is one more image to fetch, and the watcher is one.

    The process may be somebody's test run with containers of its own, so it is let start one again.
    """
    from testcontainers.core.config import testcontainers_config as settings

    with _REAPER:
        disabled = settings.ryuk_disabled
        settings.ryuk_disabled = True
        try:
            yield
        finally:
            settings.ryuk_disabled = disabled


@contextmanager
def _watcher(label: str) -> Iterator[Callable[[], None]]:
    """Have a process remove the containers with a label, unless it is told that they are gone."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "memcert_backends.servers.container_watcher", label],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        # An interrupt from the terminal is for this process, which removes them itself.
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        pipe = process.stdin

        def say_removed() -> None:
            with suppress(BrokenPipeError):
                pipe.write(b"removed\n")

        yield say_removed


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def _in_a_line(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or getattr(error, "explanation", None) or str(error)
    return " ".join(str(text).split()) or type(error).__name__
