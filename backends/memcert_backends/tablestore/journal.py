"""The journal of an emulator: whole requests, each of them written before it is done.

A request that cannot be written whole, since the disk is full or broken, is taken back, and
nothing is written behind what is left of it: it would be lost with it.
"""

from __future__ import annotations

import os
from pathlib import Path

_NUMBER_BYTES = 8


class Journal:
    """A file of requests; `kept` are those that are in it at first, each its path and its body.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(os.dup(self._handle), "rb") as file:
            file.seek(0)
            self.kept, self._end = _read(file.read())
        # What comes after them goes before anything is written.
        self._is_whole = False

    def append(self, path: str, body: bytes) -> None:
        """Write a request down. What is written survives the process, though not the machine.

        Args:
            path: its path.
            body: its body.

        Raises:
            OSError: it is not written, and nothing of it is left, or will be before the next one.
        """
        if not self._is_whole:
            self._cut()
        name = path.encode()
        numbers = (len(name).to_bytes(_NUMBER_BYTES), len(body).to_bytes(_NUMBER_BYTES))
        entry = b"".join((*numbers, name, body))
        self._is_whole = False
        try:
            self._write(entry)
        except OSError:
            # Else before the next one: a disk may be so broken that not even this works.
            self._cut()
            raise
        self._end += len(entry)
        self._is_whole = True

    def _write(self, entry: bytes) -> None:
        # A disk that fills up takes a part, and says so when it is asked to take the rest.
        rest = memoryview(entry)
        while rest:
            rest = rest[os.write(self._handle, rest) :]

    def _cut(self) -> None:
        os.ftruncate(self._handle, self._end)
        self._is_whole = True


def _read(content: bytes) -> tuple[list[tuple[str, bytes]], int]:
    """Return the requests that are whole, and where they end."""
    found = []
    place = 0
    while place + 2 * _NUMBER_BYTES <= len(content):
        middle = place + _NUMBER_BYTES
        start = middle + _NUMBER_BYTES
        path_end = start + int.from_bytes(content[place:middle])
        end = path_end + int.from_bytes(content[middle:start])
        if end > len(content):
            break
        found.append((content[start:path_end].decode(), content[path_end:end]))
        place = end
    return found, place
