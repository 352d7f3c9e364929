"""A memory whose server is not configured."""

from __future__ import annotations

from memcert_reference import Msg


class RaisingMemory:
    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id = user_id
        self.session_id = session_id

    async def add(self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None) -> None:
        raise RuntimeError("the memory server is not configured")

    async def delete(self, msg_ids: list[str]) -> int:
        raise RuntimeError("the memory server is not configured")

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        raise RuntimeError("the memory server is not configured")

    async def size(self) -> int:
        raise RuntimeError("the memory server is not configured")

    async def clear(self) -> None:
        raise RuntimeError("the memory server is not configured")

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True) -> list[Msg]:
        raise RuntimeError("the memory server is not configured")

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None) -> int:
        raise RuntimeError("the memory server is not configured")

    async def update_compressed_summary(self, summary: str) -> None:
        raise RuntimeError("the memory server is not configured")

    def state_dict(self) -> dict:
        raise RuntimeError("the memory server is not configured")

    def load_state_dict(self, state, strict=True) -> None:
        raise RuntimeError("the memory server is not configured")
