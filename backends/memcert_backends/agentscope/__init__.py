"""The memories for AgentScope 1.x: its own messages go in and come out.

``from memcert_backends.agentscope import AsyncSQLAlchemyMemory, RedisMemory`` in place of
``from agentscope.memory import ...`` is the only change to a program: what is public there works
here, or is refused with a reason, which `memcert_backends.agentscope.refusals` lists. The state of
an agent names, of a memory in a store, the summary and what was registered; the rest is in the
store (`memcert_backends.agentscope.stored_states`). AgentScope and the drivers are extras of
memcert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memcert_backends.extras import Home, imported

if TYPE_CHECKING:
    from memcert_backends.agentscope.in_memory import InMemoryMemory
    from memcert_backends.agentscope.redis import RedisMemory
    from memcert_backends.agentscope.sql import AsyncSQLAlchemyMemory
    from memcert_backends.agentscope.tablestore import TablestoreMemory

_HOMES = {
    "AsyncSQLAlchemyMemory": Home("memcert_backends.agentscope.sql", "agentscope,sqlalchemy"),
    "InMemoryMemory": Home("memcert_backends.agentscope.in_memory", "agentscope"),
    "RedisMemory": Home("memcert_backends.agentscope.redis", "agentscope,redis"),
    "TablestoreMemory": Home("memcert_backends.agentscope.tablestore", "agentscope,tablestore"),
}

__all__ = ["AsyncSQLAlchemyMemory", "InMemoryMemory", "RedisMemory", "TablestoreMemory"]


def __getattr__(name: str) -> Any:
    return imported(name, _HOMES, __name__)
