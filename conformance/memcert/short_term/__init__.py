"""The contract of short-term memory: add, delete, mark, read, summarise."""

from memcert.short_term.contract import CONTRACT

__all__ = ["CONTRACT"]
