"""A memory in a relational database, through SQLAlchemy."""

from memcert_backends.sql.memory import AsyncSQLAlchemyMemory
from memcert_backends.sql.version import MissingTables, NewerSchema

__all__ = ["AsyncSQLAlchemyMemory", "MissingTables", "NewerSchema"]
