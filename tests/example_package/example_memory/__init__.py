"""A memory that keeps every session in a JSON file, as an author's own package would have it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from memcert import Space, backend
from memcert_backends.servers.folder import path_of
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.json_text import dump_json, load_json

FOLDER = Path(os.environ.get("EXAMPLE_MEMORY_FOLDER", tempfile.gettempdir()))
"""Where the files are, unless the caller says another place."""


class MyMemory(InMemoryMemory):
    """A memory that reads its file before every operation and writes it after every change.

    Args:
        user_id: whose memory it is.
        session_id: which of the user's sessions it belongs to.
        folder: where its file is.
    """

    def __init__(self, user_id: str, session_id: str, folder: Path = FOLDER) -> None:
        super().__init__()
        # Hashed, since an id may hold what a file's name may not; as a list, so that no two pairs
        # of ids are the same once they are joined.
        name = hashlib.sha256(json.dumps([user_id, session_id]).encode()).hexdigest()
        self._file = folder / f"{name}.json"

    def _load(self) -> None:
        if self._file.exists():
            kept: Any = load_json(self._file.read_bytes())
            super().load_state_dict(kept)

    def _save(self) -> None:
        handle, name = tempfile.mkstemp(dir=self._file.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(dump_json(super().state_dict()).encode())
        Path(name).replace(self._file)

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        self._load()
        await super().add(memories, marks)
        self._save()

    async def delete(self, msg_ids: list[str]) -> int:
        self._load()
        count = await super().delete(msg_ids)
        self._save()
        return count

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        self._load()
        count = await super().delete_by_mark(mark)
        self._save()
        return count

    async def size(self) -> int:
        self._load()
        return await super().size()

    async def clear(self) -> None:
        self._load()
        await super().clear()
        self._save()

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
        self._save()
        return count

    async def update_compressed_summary(self, summary: str) -> None:
        self._load()
        await super().update_compressed_summary(summary)
        self._save()

    def state_dict(self) -> dict[str, Any]:
        self._load()
        return super().state_dict()

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        self._load()
        super().load_state_dict(state, strict)
        self._save()


@backend("example", store="folder")
async def example(space: Space) -> AsyncIterator[MyMemory]:
    """Open a memory in a space, in the folder that the kit gives.

    Args:
        space: where it lives.
    """
    assert space.server is not None
    folder = path_of(space.server.url)
    async with MyMemory(space.user_id, space.session_id, folder) as memory:
        yield memory
