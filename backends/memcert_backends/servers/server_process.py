"""The process of a server of one's own: started on a free port, killed, and started again."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from memcert_backends.servers.crash import kill_at_once
from memcert_backends.servers.orphan_guard import guarded_process
from memcert_backends.servers.server import Address, ServerUnavailable

HOST = "127.0.0.1"
"""Where every server of one's own listens."""

# Below those that the system gives to whoever connects, on Linux from 32768 and on macOS from
# 49152: while the server is down, none of them takes its port, not even a client of its own that
# tries to connect to it and gets the same port at its own end.
_PORTS = range(10_000, 32_768)

_ATTEMPTS = 3
_LOG = "log"


def logged(command: Sequence[str]) -> list[str]:
    """Return what runs a program and sends what it says to its log.

    Args:
        command: the program, which has no log of its own, and its arguments.
    """
    return ["/bin/sh", "-c", f'exec "$@" >{_LOG} 2>&1', "sh", *command]


@dataclass(frozen=True)
class ServerProgram:
    """A server's program, and how one sees that it is ready.

    Args:
        store: which store it is, such as ``redis``.
        path: the program, for the error.
        folder: the folder that it runs in.
        command: given its port, what to run; asked whenever it is started.
        ready: given its process id and its port, whether it answers.
        log: the file in the folder that it writes its messages to.
        seconds: how long it may take until it answers; a busy machine needs its time.
        port_above: how far above its port it opens a second one; 0 for none.
        last: what it is sent at the end, where it must have time to tidy up.
    """

    store: str
    path: str
    folder: str
    command: Callable[[int], Sequence[str]]
    ready: Callable[[int, int], bool]
    log: str = _LOG
    seconds: float = 60.0
    port_above: int = 0
    last: signal.Signals | None = None


class ServerProcess:
    """A program's process, and its port, which stays the same.

    Args:
        program: what it runs.
        port: where it listens.
    """

    def __init__(self, program: ServerProgram, port: int) -> None:
        self._program = program
        self.port = port
        self._guard = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        """Where clients connect."""
        return HOST, self.port

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and return at once."""
        # Each has a guard of its own: that of one that died may hold the number of another one.
        self._guard.close()
        command = self._program.command(self.port)
        self._process = self._guard.enter_context(guarded_process(command, self._program.folder))

    def start_again(self) -> None:
        """Start it where it was, and return at once.

        Raises:
            ServerUnavailable: another process listens there.
        """
        for port in {self.port, self.port + self._program.port_above}:
            with socket.socket() as probe:
                # As the server does: what is left of its connections is in nobody's way.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError:
                    raise ServerUnavailable(
                        f"{self._program.store}: while it was down, another process took its port"
                        f" {port}"
                    ) from None
        self.start()

    def wait_until_ready(self) -> None:
        """Wait until it answers.

        Raises:
            ServerUnavailable: it ended, or does not answer in time; one line says why.
        """
        assert self._process is not None
        program = self._program
        deadline = time.monotonic() + program.seconds
        while not program.ready(self._process.pid, self.port):
            if self._process.poll() is not None:
                raise ServerUnavailable(
                    f"{program.store}: {program.path} does not start: {self._why_it_ended()}"
                )
            if time.monotonic() > deadline:
                raise ServerUnavailable(
                    f"{program.store}: {program.path} does not answer within {program.seconds:g} s"
                )
            time.sleep(0.005)

    def kill(self) -> None:
        """Kill it, as a crash does, and return when it is gone."""
        if self._process is not None and self.runs:
            kill_at_once(self._process)
        self._guard.close()

    def end(self) -> None:
        """End it for good."""
        if self._process is not None and self._program.last is not None:
            self._process.send_signal(self._program.last)
            self._process.wait()
        self._guard.close()

    def _why_it_ended(self) -> str:
        """Return the last line of its log, which need not be the reason, and how it ended."""
        log = Path(self._program.folder, self._program.log)
        lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
        last = next((line for line in reversed(lines) if line.strip()), "it wrote no log")
        assert self._process is not None
        status = self._process.returncode
        how = f"exit status {status}" if status >= 0 else f"killed by signal {-status}"
        return f"{last} ({how})"


@contextmanager
def running(program: ServerProgram) -> Iterator[ServerProcess]:
    """Run a program on a free port, and end it when the context or this process ends.

    Args:
        program: what to run.

    Raises:
        ServerUnavailable: it does not start; one line says why.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        process = ServerProcess(program, free_port(program.port_above))
        try:
            process.start()
            try:
                process.wait_until_ready()
            except ServerUnavailable:
                # Another process may have taken the port since.
                if process.runs or attempt == _ATTEMPTS:
                    raise
                continue
            yield process
            return
        finally:
            process.end()


def free_port(above: int = 0) -> int:
    """Return a port that nobody listens on.

    Args:
        above: how far above it another one must be free, too; 0 for none.
    """
    while True:
        port = _PORTS[secrets.randbelow(len(_PORTS) - above)]
        with socket.socket() as probe, socket.socket() as second:
            try:
                probe.bind((HOST, port))
                second.bind((HOST, port + above if above else 0))
            except OSError:
                # Taken.
                continue
            return port
