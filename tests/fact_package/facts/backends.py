"""Two memories of facts: one in this process, one in a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from facts.memory import FactMemory
from memcert import Space, backend
from memcert_backends.servers.folder import path_of


class FileMemory(FactMemory):
    """Facts in a file.

    Args:
        file: the file; it need not be there.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        known = json.loads(file.read_text("utf-8")) if file.exists() else []
        super().__init__(known)

    async def record(self, facts: list[str]) -> int:
        new = await super().record(facts)
        self._file.write_text(json.dumps(self._facts), "utf-8")
        return new


def file_of(space: Space) -> Path:
    """Return the file of a space."""
    assert space.server is not None
    name = hashlib.sha256(f"{space.user_id}\n{space.session_id}".encode()).hexdigest()
    return path_of(space.server.url) / f"{name}.json"


@backend("facts-in-memory", contract="facts", durable=False)
async def in_memory(space: Space) -> AsyncIterator[FactMemory]:
    """Open a memory in this process."""
    yield FactMemory()


@backend("facts-in-a-file", contract="facts", store="folder")
async def in_a_file(space: Space) -> AsyncIterator[FactMemory]:
    """Open a memory in a file."""
    yield FileMemory(file_of(space))
