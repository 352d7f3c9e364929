"""`AsyncSQLAlchemyMemory` for AgentScope."""

from __future__ import annotations

from agentscope.memory import MemoryBase

import memcert_backends.sql
from memcert_backends.agentscope.messages import AgentScopeMessages


class AsyncSQLAlchemyMemory(
    AgentScopeMessages, memcert_backends.sql.AsyncSQLAlchemyMemory, MemoryBase
):
    """A memory in a relational database, with messages of AgentScope's class.

    All else is as in `memcert_backends.sql.AsyncSQLAlchemyMemory`.
    """
