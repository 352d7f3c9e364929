"""`AsyncSQLAlchemyMemory` for AgentScope."""

from __future__ import annotations

from typing import Any

from agentscope.memory import MemoryBase
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

import memcert_backends.sql
from memcert_backends.agentscope.messages import AgentScopeMessages
from memcert_backends.agentscope.refusals import Refused
from memcert_backends.agentscope.stored_states import StoredStates


class AsyncSQLAlchemyMemory(
    AgentScopeMessages, StoredStates, memcert_backends.sql.AsyncSQLAlchemyMemory, MemoryBase
):
    """A memory in a relational database, with messages of AgentScope's class.

    All else is as in `memcert_backends.sql.AsyncSQLAlchemyMemory`.
    """

    MessageTable = Refused("AsyncSQLAlchemyMemory.MessageTable")
    MessageMarkTable = Refused("AsyncSQLAlchemyMemory.MessageMarkTable")
    SessionTable = Refused("AsyncSQLAlchemyMemory.SessionTable")
    UserTable = Refused("AsyncSQLAlchemyMemory.UserTable")

    def __init__(
        self,
        engine_or_session: AsyncEngine | AsyncSession,
        session_id: str | None = None,
        user_id: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(engine_or_session, session_id, user_id, **options)
        self._engine_or_session = engine_or_session
        self._own_session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        """The caller's session, or one on the caller's engine, closed with the memory.

        Given an engine, the memory itself does not use it: what it stores is committed already.
        """
        if isinstance(self._engine_or_session, AsyncSession):
            return self._engine_or_session
        if self._own_session is None:
            self._own_session = AsyncSession(self._engine_or_session, expire_on_commit=False)
        return self._own_session

    async def _store_close(self) -> None:
        try:
            if self._own_session is not None:
                await self._own_session.close()
        finally:
            await super()._store_close()
