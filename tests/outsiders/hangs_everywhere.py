"""A memory whose server never answers."""

from __future__ import annotations

import asyncio

from memcert_reference import Msg


class HangingMemory:
    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id = user_id
        self.session_id = session_id

    async def add(self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None) -> None:
        await asyncio.Event().wait()

    async def delete(self, msg_ids: list[str]) -> int:
        await asyncio.Event().wait()
        return 0

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        await asyncio.Event().wait()
        return 0

    async def size(self) -> int:
        await asyncio.Event().wait()
        return 0

    async def clear(self) -> None:
        await asyncio.Event().wait()

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True) -> list[Msg]:
        await asyncio.Event().wait()
        return []

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None) -> int:
        await asyncio.Event().wait()
        return 0

    async def update_compressed_summary(self, summary: str) -> None:
        await asyncio.Event().wait()

    def state_dict(self) -> dict:
        return {"_compressed_summary": "", "content": []}

    def load_state_dict(self, state, strict=True) -> None:
        pass
