"""`RedisMemory` for AgentScope."""

from __future__ import annotations

from agentscope.memory import MemoryBase

import memcert_backends.redis
from memcert_backends.agentscope.messages import AgentScopeMessages


class RedisMemory(AgentScopeMessages, memcert_backends.redis.RedisMemory, MemoryBase):
    """A memory in Redis, with messages of AgentScope's class.

    All else is as in `memcert_backends.redis.RedisMemory`.
    """
