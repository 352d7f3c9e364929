"""`InMemoryMemory` for AgentScope."""

from __future__ import annotations

from agentscope.memory import MemoryBase

import memcert_reference
from memcert_backends.agentscope.messages import AgentScopeMessages


class InMemoryMemory(AgentScopeMessages, memcert_reference.InMemoryMemory, MemoryBase):
    """A memory in this process, with messages of AgentScope's class.

    All else is as in `memcert_reference.InMemoryMemory`.
    """
