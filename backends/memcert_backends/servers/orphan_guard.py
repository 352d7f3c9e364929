"""Processes and folders that cannot outlive the process that made them, however that one ends.

A watcher, a shell, reads a pipe that only the making process holds open: the pipe ends when that
one closes it or dies, and the watcher cleans up.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# The shell that starts the watcher becomes the process itself (exec), so its id is the one that
# Popen knows. Nothing else can have that id until Popen waited for it.
_WATCHED_PROCESS = (
    'exec 3<&0; (exec >/dev/null 2>&1; read -r _ <&3; kill -KILL "$$") & exec 3<&- </dev/null; '
    'exec "$@"'
)
# A process that was killed a moment ago may still write to it.
_FOLDER_WATCHER = 'read -r _; for _ in 1 2 3 4 5 6 7 8 9; do rm -rf -- "$1" && exit; sleep 1; done'


@contextmanager
def guarded_process(command: Sequence[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program; it is killed when the context ends, or when this process does.

    Args:
        command: the program and its arguments.
        folder: the working folder.
    """
    with _shell(_WATCHED_PROCESS, command, folder) as process:
        yield process


@contextmanager
def guarded_folder(prefix: str) -> Iterator[str]:
    """Make a temporary folder; it is removed when the context ends, or when this process does.

    Args:
        prefix: what its name starts with.
    """
    folder = tempfile.mkdtemp(prefix=prefix)
    with _shell(_FOLDER_WATCHER, [folder], "/"):
        yield folder


@contextmanager
def _shell(script: str, arguments: Sequence[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        ["/bin/sh", "-c", script, "sh", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        # An interrupt from the terminal is for this process, which may still use the other one.
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
