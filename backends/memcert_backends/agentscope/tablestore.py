"""`TablestoreMemory` for AgentScope."""

from __future__ import annotations

from agentscope.memory import MemoryBase

import memcert_backends.tablestore
from memcert_backends.agentscope.messages import AgentScopeMessages


class TablestoreMemory(
    AgentScopeMessages, memcert_backends.tablestore.TablestoreMemory, MemoryBase
):
    """A memory in Tablestore, with messages of AgentScope's class.

    All else is as in `memcert_backends.tablestore.TablestoreMemory`.
    """
