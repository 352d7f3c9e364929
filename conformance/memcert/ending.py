"""The end of a process of memcert's own, whatever a backend left running in it.

Python waits for every thread that is no daemon, and for what was registered with `atexit`; and
who reads what memcert prints waits for every process that inherited the pipe.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO, cast

from memcert.engine.clients.loop_watch import may_end_process
from memcert.reports.summary import counted

SECONDS_FOR_THREADS = 2.0
"""How long threads may take at the end, in seconds."""

SECONDS_FOR_HANDLERS = 10.0
"""How long exit handlers may take, in seconds."""

SECONDS_FOR_PROCESSES = 0.5
"""How long other processes may take, in seconds."""

_INTERRUPTED = 130

# What Python starts for `multiprocessing` ends by itself when this process does.
_PYTHONS_OWN = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


def run(main: Callable[[], object]) -> NoReturn:
    """Run a program that ends with `SystemExit`, and end this process, come what may.

    An error that nobody expected is printed as Python does, with status 1.

    Args:
        main: the program.
    """
    may_end_process(_end_at_once)
    try:
        main()
        status = 0
    except SystemExit as leaving:
        status = _status(leaving)
    except Exception:
        # Python would wait, after this, for what is left running.
        traceback.print_exc()
        status = 1
    _end_processes()
    _flush()
    if status == _INTERRUPTED:
        # Nobody waits then.
        os._exit(status)
    threading.Thread(target=_end_late, args=(status,), daemon=True).start()
    sys.exit(status)


def _status(leaving: SystemExit) -> int:
    if leaving.code is None or isinstance(leaving.code, int):
        return leaving.code or 0
    _say(str(leaving.code))
    return 1


def _end_late(status: int) -> None:
    """End the process in a while, which comes only if it does not end by itself."""
    time.sleep(SECONDS_FOR_THREADS)
    left = threads()
    if left:
        what = f"{counted(left, 'thread')} running"
    else:
        time.sleep(SECONDS_FOR_HANDLERS)
        what = "an exit handler that does not end"
    _say(f"memcert: the backend left {what}")
    os._exit(status)


def threads() -> int:
    """Return how many threads there are that Python waits for at its end."""
    main = threading.main_thread()
    return sum(not each.daemon and each is not main for each in threading.enumerate())


def _end_processes() -> None:
    """Kill the processes that were left running, and say so."""
    until = time.monotonic() + SECONDS_FOR_PROCESSES
    while (left := descendants(os.getpid())) and time.monotonic() < until:
        time.sleep(0.05)
    for number in left:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(number, signal.SIGKILL)
    if left:
        what = "which was" if len(left) == 1 else "which were"
        _say(f"memcert: the backend left {counted(len(left), 'process')} running, {what} ended")


def descendants(number: int) -> list[int]:
    """Return the processes that run and that a process started, or one of these did.

    Those in a session of their own are left out: that is how servers are started, by memcert, too,
    with something that ends them.

    Args:
        number: its process id.
    """
    children: dict[int, list[int]] = {}
    for child, parent in _processes():
        children.setdefault(parent, []).append(child)
    session = os.getsid(number)
    found = [number]
    for each in found:
        found += [child for child in children.get(each, []) if _session(child) == session]
    return found[1:]


def _session(number: int) -> int:
    try:
        return os.getsid(number)
    except OSError:
        # It has ended, or is another user's.
        return -1


def _processes() -> list[tuple[int, int]]:
    """Return every process that runs, with its parent."""
    folders = [each for each in _in_proc() if each.name.isdigit()]
    found = []
    for folder in folders:
        with suppress(OSError):
            state, parent, *_ = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            if state not in {b"Z", b"X"} and not _is_pythons_own(command):
                found.append((int(folder.name), int(parent)))
    return found if folders else _listed()


def _in_proc() -> list[Path]:
    try:
        return list(Path("/proc").iterdir())
    except OSError:
        return []


def _listed() -> list[tuple[int, int]]:
    """Return every process that runs, with its parent, where there is no ``/proc``."""
    with subprocess.Popen(
        ["ps", "-A", "-o", "pid=,ppid=,stat=,command="], stdout=subprocess.PIPE, text=True
    ) as asked:
        listed, _ = asked.communicate()
    rows = (line.split(maxsplit=3) for line in listed.splitlines())
    return [
        (int(number), int(parent))
        for number, parent, state, command in (row for row in rows if len(row) == 4)
        if not state.startswith("Z") and int(number) != asked.pid and not _is_pythons_own(command)
    ]


def _is_pythons_own(command: str) -> bool:
    return any(each in command for each in _PYTHONS_OWN)


def _end_at_once(status: int, line: str) -> None:
    """End the process while its main thread is blocked; what it started has guards that see it."""
    _say(line)
    os._exit(status)


def _say(line: str) -> None:
    # Past Python's streams, which a thread that is blocked may hold.
    with suppress(OSError):
        os.write(2, f"{line}\n".encode(errors="backslashreplace"))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            cast(TextIO, stream).flush()
