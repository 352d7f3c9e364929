"""A process that has imported what workers need, and from which they are forked.

Starting an interpreter and importing takes a few tenths of a second, and a program may have several
processes killed: they are forked from one that has done so already. Unix has that.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from memcert_reference.json_text import load_json

OWN_CLOCK = "own-clock"
"""The argument that says that processes have a clock of their own."""

LINE_BYTES = 64 * 2**20
"""The longest line that is read from another process, in bytes."""

_NUMBER_BYTES = 8
_SECONDS_TO_END = 10.0
_LONGEST_NAME = 64 * 2**10


class OtherProcess:
    """A process that lines are exchanged with.

    Args:
        number: its process id.
        reader: what it says.
        writer: what it is told.
    """

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.number = number
        self.ended = False
        self._reader = reader
        self._writer = writer

    async def ask(self, line: bytes) -> bytes:
        """Say a line and return the answer; empty if the process has ended.

        Args:
            line: with its end.
        """
        answer = b""
        with suppress(ConnectionError):
            self._writer.write(line)
            await self._writer.drain()
            answer = await self._reader.readline()
        if not answer:
            self._over()
        return answer

    def kill(self) -> None:
        """Kill it at once (SIGKILL), and what a backend started in it; do not wait for its end."""
        if not self.ended:
            with suppress(ProcessLookupError):
                os.killpg(self.number, signal.SIGKILL)

    async def end(self) -> None:
        """Kill it, and return when it is gone."""
        self.kill()
        with suppress(ConnectionError, TimeoutError):
            # Its end of the line is closed with it, unless a backend forked it into a session
            # of its own.
            async with asyncio.timeout(_SECONDS_TO_END):
                while not self.ended and await self._reader.read(LINE_BYTES):
                    continue
        self._over()

    def _over(self) -> None:
        # What a backend started in one that killed itself.
        self.kill()
        self.ended = True
        self._writer.close()


class ForkServer:
    """Forks processes that serve memories; it lives as long as this process at most.

    Args:
        module: the module of the contract.
        time_zone: for processes with a clock of their own: their time zone, as in ``TZ``, or "" for
            that of this process; None for processes with the clock of this one.
    """

    def __init__(self, module: str, time_zone: str | None = None) -> None:
        self._module = module
        self._time_zone = time_zone
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = asyncio.Lock()

    async def fork(self, backend: dict[str, str]) -> OtherProcess:
        """Return a new process.

        Args:
            backend: what finds the backend that it will open first, and by which name; what
                memcert's own ones import is imported once.

        Raises:
            RuntimeError: there is none to be had.
        """
        async with self._turn:
            if self._process is None:
                self._open()
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self._line, [json.dumps(backend).encode()], [theirs.fileno()])
            said = await asyncio.get_running_loop().sock_recv(self._line, _NUMBER_BYTES)
        if len(said) < _NUMBER_BYTES:
            ours.close()
            raise RuntimeError("the process that other processes come from has ended")
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LINE_BYTES)
        return OtherProcess(int.from_bytes(said), reader, writer)

    def close(self) -> None:
        """End it; its children end when nobody holds the other end of their lines."""
        if self._process is not None:
            self._line.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def _open(self) -> None:
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        # The working directory is on the path of the other process, as it is on a script's.
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    # Not the working folder before all else, unless it is so in this process.
                    "-P",
                    "-m",
                    "memcert.engine.clients.serving",
                    self._module,
                    str(theirs.fileno()),
                    *([] if self._time_zone is None else [OWN_CLOCK]),
                ],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ
                | {"PYTHONPATH": path}
                | ({"TZ": self._time_zone} if self._time_zone else {}),
                # An interrupt from the terminal is for this process, which ends the others.
                start_new_session=True,
            )


def fork_as_asked(
    line: socket.socket, prepare: Callable[[dict[str, str]], None]
) -> socket.socket | None:
    """Fork a process for each that is asked for; return its line in the child, None at the end.

    Args:
        line: what `ForkServer` asks on.
        prepare: does what all processes for a backend would have to do.
    """
    # Nobody waits for the children: the kernel is to forget them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        asked, descriptors, _, _ = socket.recv_fds(line, _LONGEST_NAME, 1)
        if not asked:
            return None
        backend: Any = load_json(asked)
        prepare(backend)
        number = os.fork()
        # Said by both, since neither waits: a group, which can be killed as a whole.
        with suppress(OSError):
            os.setpgid(number, number)
        if number == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            line.close()
            return socket.socket(fileno=descriptors[0])
        os.close(descriptors[0])
        line.sendall(number.to_bytes(_NUMBER_BYTES))
