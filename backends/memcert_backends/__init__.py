"""Real backends that keep the contract, and how the store of each is started.

``from memcert_backends import RedisMemory, AsyncSQLAlchemyMemory, TablestoreMemory``: the drivers
are imported when a memory is asked for, and are extras of memcert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memcert_backends.backend import Backend, Space, backend
from memcert_backends.extras import Home, imported
from memcert_backends.unusable import IncompleteSpace, NewerFormat, Unusable

if TYPE_CHECKING:
    from memcert_backends.redis import RedisMemory
    from memcert_backends.sql import AsyncSQLAlchemyMemory, MissingTables, NewerSchema
    from memcert_backends.tablestore import TablestoreMemory

_HOMES = {
    "AsyncSQLAlchemyMemory": Home("memcert_backends.sql", "sqlalchemy"),
    "MissingTables": Home("memcert_backends.sql", "sqlalchemy"),
    "NewerSchema": Home("memcert_backends.sql", "sqlalchemy"),
    "RedisMemory": Home("memcert_backends.redis", "redis"),
    "TablestoreMemory": Home("memcert_backends.tablestore.memory", "tablestore"),
}

__all__ = [
    "AsyncSQLAlchemyMemory",
    "Backend",
    "IncompleteSpace",
    "MissingTables",
    "NewerFormat",
    "NewerSchema",
    "RedisMemory",
    "Space",
    "TablestoreMemory",
    "Unusable",
    "backend",
]


def __getattr__(name: str) -> Any:
    return imported(name, _HOMES, __name__)
