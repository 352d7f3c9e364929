"""The durable host of mutants: the reference, kept in a file of its space."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from memcert.short_term.mutants.document import DocumentMemory
from memcert_backends.backend import Space
from memcert_backends.servers.folder import path_of
from memcert_reference import Msg
from memcert_reference.json_text import dump_json
from memcert_reference.values import identifier

if sys.platform != "win32":
    import fcntl


class Kept(DocumentMemory):
    """A memory that reads its file before each operation and writes it after each change.

    Nothing is awaited meanwhile, so that no other memory of this process comes between; a lock
    keeps other processes out.

    Args:
        space: where it lives; its server is a folder.
    """

    def __init__(self, space: Space) -> None:
        super().__init__()
        assert space.server is not None
        self.user_id = identifier(space.user_id, "user_id")
        self.session_id = identifier(space.session_id, "session_id")
        self._folder = path_of(space.server.url)
        # What the file held when this memory last looked: reading is cheap, parsing is not.
        self._text: str | None = None

    def _key(self) -> str:
        """Return what stands for the space; no two spaces have the same."""
        return dump_json([self.user_id, self.session_id])

    def _file(self, key: str) -> Path:
        """Return the file of a space, which any key has a valid name for."""
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

    def _read(self, file: Path) -> str | None:
        """Return what a file holds; None if it is not there."""
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def _write(self, file: Path, text: str) -> None:
        """Write a file whole or not at all, whatever other processes do."""
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as temporary:
            temporary.write(text)
        Path(name).replace(file)

    def _load(self) -> None:
        """Take on what is kept of the space."""
        text = self._read(self._file(self._key()))
        if text is None or text != self._text:
            self.take(text)
        self._text = text

    def _store(self) -> None:
        """Keep the space as it is now."""
        text = self.text()
        if text != self._text:
            self._write(self._file(self._key()), text)
            self._text = text

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes out; a process that dies lets them in again."""
        if sys.platform == "win32":
            yield  # there, what several processes do at once is not tried
            return
        with (self._folder / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Load the space, and store it after what is done to it, unless that raises."""
        with self._alone():
            self._load()
            yield
            self._store()

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        with self._changing():
            await super().add(memories, marks)

    async def delete(self, msg_ids: list[str]) -> int:
        with self._changing():
            return await super().delete(msg_ids)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        with self._changing():
            return await super().delete_by_mark(mark)

    async def size(self) -> int:
        self._load()
        return await super().size()

    async def clear(self) -> None:
        with self._changing():
            await super().clear()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        self._load()
        return await super().get_memory(mark, exclude_mark, prepend_summary)

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        with self._changing():
            return await super().update_messages_mark(new_mark, old_mark, msg_ids)

    async def update_compressed_summary(self, summary: str) -> None:
        with self._changing():
            await super().update_compressed_summary(summary)

    def state_dict(self) -> dict[str, Any]:
        self._load()
        return super().state_dict()

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        with self._changing():
            super().load_state_dict(state, strict)
