"""How a server's processes are killed, so that it is a crash and not an end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_SECONDS = 15.0
_PROCESSES = Path("/proc")


class _Process(NamedTuple):
    parent: int
    state: str


def kill_at_once(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children, and return when all of them are gone.

    A PostgreSQL has a process for each client, which ends by itself, and in order, where it sees
    the first one or another one end: none is given the time to see it.

    Args:
        process: the one that started the others.

    Raises:
        TimeoutError: they are still there; a process that waits for a disk cannot be killed.
    """
    deadline = time.monotonic() + _SECONDS
    # Stopped, it starts no other child and does not hear of the end of one; nor does its number,
    # or that of a child, go to somebody else.
    process.send_signal(signal.SIGSTOP)
    table = _table()
    while process.poll() is None and not _stopped(table, process.pid):
        _check(deadline)
        table = _table()
    children = [number for number, found in table.items() if found.parent == process.pid]
    for number in (*children, process.pid):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()
    while _any_alive(children):
        _check(deadline)
        time.sleep(0.001)


def _stopped(table: dict[int, _Process], number: int) -> bool:
    return number in table and table[number].state in "Tt"


def _any_alive(numbers: Iterable[int]) -> bool:
    table = _table()
    # A dead one whose new parent does not ask for it stays in the table: a zombie.
    return any(number in table and table[number].state not in "ZX" for number in numbers)


def _check(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"a process that was killed is still there after {_SECONDS:g} s")


def _table() -> dict[int, _Process]:
    """Return every process of this machine by its number."""
    if not (_PROCESSES / "self" / "stat").exists():
        return _table_of_ps()
    table = {}
    for folder in _PROCESSES.iterdir():
        if folder.name.isdigit():
            # It may have ended since.
            with suppress(OSError):
                # The program's name before may hold anything, such as a parenthesis.
                fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                table[int(folder.name)] = _Process(int(fields[1]), fields[0])
    return table


def _table_of_ps() -> dict[int, _Process]:
    """Return the same where there is no /proc, as on macOS."""
    command = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in said.splitlines())
    return {int(number): _Process(int(parent), state[0]) for number, parent, state, *_ in rows}
