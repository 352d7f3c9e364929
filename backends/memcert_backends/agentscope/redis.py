"""`RedisMemory` for AgentScope."""

from __future__ import annotations

from typing import Any

from agentscope.memory import MemoryBase
from redis.asyncio import ConnectionPool, Redis

import memcert_backends.redis
from memcert_backends.agentscope.messages import AgentScopeMessages
from memcert_backends.agentscope.refusals import Refused
from memcert_backends.agentscope.stored_states import StoredStates
from memcert_reference.arguments import flag


class RedisMemory(AgentScopeMessages, StoredStates, memcert_backends.redis.RedisMemory, MemoryBase):
    """A memory in Redis, with messages of AgentScope's class.

    Its own client decodes what it reads, as AgentScope's does. All else is as in
    `memcert_backends.redis.RedisMemory`.
    """

    SESSION_KEY = Refused("RedisMemory.SESSION_KEY")
    SESSION_PATTERN = Refused("RedisMemory.SESSION_PATTERN")
    MARK_KEY = Refused("RedisMemory.MARK_KEY")
    MESSAGE_KEY = Refused("RedisMemory.MESSAGE_KEY")
    MARKS_INDEX_KEY = Refused("RedisMemory.MARKS_INDEX_KEY")

    def __init__(
        self,
        session_id: str = "default_session",
        user_id: str = "default_user",
        host: str = "localhost",
        port: int = 6379,
        db: int = 0,
        password: str | None = None,
        connection_pool: ConnectionPool | None = None,
        key_prefix: str | None = "",
        key_ttl: int | None = None,
        **kwargs: Any,
    ) -> None:
        if connection_pool is None and kwargs.get("client") is None:
            kwargs.setdefault("decode_responses", True)
        super().__init__(
            session_id,
            user_id,
            host,
            port,
            db,
            password,
            connection_pool,
            "" if key_prefix is None else key_prefix,
            key_ttl,
            **kwargs,
        )
        self._keeps_own_client = False

    async def close(self, close_connection_pool: bool | None = None) -> None:
        """Store what was loaded, after the operations started earlier; then let go.

        Args:
            close_connection_pool: AgentScope's argument: True also closes the pool of a client or
                a pool that is lent, for all who use it, False leaves the memory's own open, too.
        """
        if close_connection_pool is not None:
            flag(close_connection_pool, "close_connection_pool")
        client = self.get_client()
        self._keeps_own_client = close_connection_pool is False
        await super().close()
        if close_connection_pool:
            if isinstance(client, Redis):
                await client.aclose(close_connection_pool=True)
            else:
                await client.aclose()

    async def _store_close(self) -> None:
        if not self._keeps_own_client:
            await super()._store_close()
