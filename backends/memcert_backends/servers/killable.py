"""A store whose processes can be killed and started again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from memcert_backends.servers.server import KillableServer, Server, ServerUnavailable
from memcert_backends.servers.server_process import ServerProcess


class _Killable:
    def __init__(
        self, server: Server, processes: Sequence[ServerProcess], settle: Callable[[], None] | None
    ) -> None:
        self.server = server
        self._processes = processes
        self._settle = settle
        self._turn = threading.Lock()
        self._over = False

    def kill(self, node: int | None = None) -> None:
        with self._turn:
            for process in self._processes if node is None else [self._processes[node]]:
                try:
                    process.kill()
                except TimeoutError as error:
                    raise ServerUnavailable(f"{self.server.store}: {error}") from None

    def restart(self) -> None:
        with self._turn:
            if self._over:
                raise ServerUnavailable(f"{self.server.store}: it was stopped for good")
            gone = [process for process in self._processes if not process.runs]
            for process in gone:
                process.start_again()
            for process in gone:
                process.wait_until_ready()
            if gone and self._settle is not None:
                self._settle()

    def end(self) -> None:
        """Start nothing from now on."""
        with self._turn:
            self._over = True


@contextmanager
def killable(
    server: Server,
    processes: Sequence[ServerProcess],
    settle: Callable[[], None] | None = None,
) -> Iterator[KillableServer]:
    """Let a store be killed and started again, until the context ends.

    Args:
        server: the store.
        processes: its processes, in the order of the server's addresses; who started them ends
            them.
        settle: waits until processes that were started again work together.
    """
    made = _Killable(server, processes, settle)
    try:
        yield made
    finally:
        made.end()
