"""`TablestoreMemory` for AgentScope."""

from __future__ import annotations

from typing import Any

from agentscope.memory import MemoryBase

import memcert_backends.tablestore
from memcert_backends.agentscope.messages import DuplicatesThird
from memcert_backends.agentscope.stored_states import StoredStates
from memcert_backends.tablestore.arguments import check_options


class TablestoreMemory(
    DuplicatesThird, StoredStates, memcert_backends.tablestore.TablestoreMemory, MemoryBase
):
    """A memory in Tablestore, with messages of AgentScope's class.

    What is about searching (`text_field`, `embedding_field`, `vector_dimension`) is refused unless
    it is AgentScope's default. All else is as in `memcert_backends.tablestore.TablestoreMemory`.
    """

    def __init__(
        self,
        end_point: str | None = None,
        instance_name: str | None = None,
        access_key_id: str | None = None,
        access_key_secret: str | None = None,
        user_id: str = "default",
        session_id: str = "default",
        sts_token: str | None = None,
        table_name: str = "memcert_memory",
        text_field: str = "text",
        embedding_field: str = "embedding",
        vector_dimension: int = 0,
        **kwargs: Any,
    ) -> None:
        for name, value, nothing in (
            ("text_field", text_field, "text"),
            ("embedding_field", embedding_field, "embedding"),
            ("vector_dimension", vector_dimension, 0),
        ):
            if value != nothing:
                check_options({name: value})
        super().__init__(
            end_point,
            instance_name,
            access_key_id,
            access_key_secret,
            user_id,
            session_id,
            # AgentScope's class takes an empty token for none.
            None if sts_token == "" else sts_token,
            table_name,
            **kwargs,
        )
