"""A memory in a relational database, through SQLAlchemy; a folder for each database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memcert_backends.extras import Home, imported

if TYPE_CHECKING:
    from memcert_backends.sql.memory import AsyncSQLAlchemyMemory
    from memcert_backends.sql.version import MissingTables, NewerSchema

__all__ = ["AsyncSQLAlchemyMemory", "MissingTables", "NewerSchema"]

_HOMES = {
    "AsyncSQLAlchemyMemory": Home("memcert_backends.sql.memory", "sqlalchemy"),
    "MissingTables": Home("memcert_backends.sql.version", "sqlalchemy"),
    "NewerSchema": Home("memcert_backends.sql.version", "sqlalchemy"),
}


def __getattr__(name: str) -> Any:
    return imported(name, _HOMES, __name__)
