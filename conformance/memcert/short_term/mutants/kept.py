"""The durable host of mutants: the reference, kept in a file of its space."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from memcert_backends.backend import Space
from memcert_backends.servers.folder import path_of
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.values import identifier


class Kept(InMemoryMemory):
    """A memory that reads its file before each operation and writes it after each change.

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
        if text is None:
            self._entries, self._summary = {}, ""
        elif text != self._text:
            kept: Any = load_json(text)
            super().load_state_dict(kept)
        self._text = text

    def _store(self) -> None:
        """Keep the space as it is now."""
        text = dump_json(super().state_dict())
        if text != self._text:
            self._write(self._file(self._key()), text)
            self._text = text

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        self._load()
        await super().add(memories, marks)
        self._store()

    async def delete(self, msg_ids: list[str]) -> int:
        self._load()
        count = await super().delete(msg_ids)
        self._store()
        return count

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        self._load()
        count = await super().delete_by_mark(mark)
        self._store()
        return count

    async def size(self) -> int:
        self._load()
        return await super().size()

    async def clear(self) -> None:
        self._load()
        await super().clear()
        self._store()

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
        self._load()
        count = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        self._store()
        return count

    async def update_compressed_summary(self, summary: str) -> None:
        self._load()
        await super().update_compressed_summary(summary)
        self._store()

    def state_dict(self) -> dict[str, Any]:
        self._load()
        return super().state_dict()

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        self._load()
        super().load_state_dict(state, strict)
        self._store()
