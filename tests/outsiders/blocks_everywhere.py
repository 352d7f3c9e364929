"""A memory that is busy."""

from __future__ import annotations

from memcert_reference import Msg


class BusyMemory:
    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id = user_id
        self.session_id = session_id

    async def add(self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None) -> None:
        while True:
            pass

    async def delete(self, msg_ids: list[str]) -> int:
        while True:
            pass

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        while True:
            pass

    async def size(self) -> int:
        while True:
            pass

    async def clear(self) -> None:
        while True:
            pass

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True) -> list[Msg]:
        while True:
            pass

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None) -> int:
        while True:
            pass

    async def update_compressed_summary(self, summary: str) -> None:
        while True:
            pass

    def state_dict(self) -> dict:
        while True:
            pass

    def load_state_dict(self, state, strict=True) -> None:
        while True:
            pass
