"""A memory for agents that shall not remember anything."""

from __future__ import annotations

from memcert_reference import Msg


class NullMemory:
    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id = user_id
        self.session_id = session_id

    async def add(self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None) -> None:
        return None

    async def delete(self, msg_ids: list[str]) -> int:
        return 0

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        return 0

    async def size(self) -> int:
        return 0

    async def clear(self) -> None:
        return None

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True) -> list[Msg]:
        return []

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None) -> int:
        return 0

    async def update_compressed_summary(self, summary: str) -> None:
        return None

    def state_dict(self) -> dict:
        return {}

    def load_state_dict(self, state, strict=True) -> None:
        return None
