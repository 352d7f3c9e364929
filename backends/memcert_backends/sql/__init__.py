"""A memory in a relational database, through SQLAlchemy."""

from memcert_backends.sql.memory import AsyncSQLAlchemyMemory

__all__ = ["AsyncSQLAlchemyMemory"]
