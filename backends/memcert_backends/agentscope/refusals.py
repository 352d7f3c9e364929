"""What is public in AgentScope's memories and refused by those in their place, with the reasons."""

from __future__ import annotations

from types import MappingProxyType
from typing import NoReturn

from memcert_backends.stored_memory import ONE_SPACE

_ONCE = "a message's id is stored once"
_UNKNOWN = "an argument that is not known is refused, not ignored"
_KEYS = "memcert's RedisMemory has keys of its own"
_TABLES = "memcert's AsyncSQLAlchemyMemory has tables of its own"
_SEARCH = "TablestoreMemory uses no search index"
_CLIENT = "they are the SDK's client's, as there is no AsyncKnowledgeStore"
_TABLE = "a table of memcert's has another form than AgentScope's, and so another name"

REFUSED = MappingProxyType(
    {
        "*.add(**kwargs)": _UNKNOWN,
        "*.add(allow_duplicates=True)": _ONCE,
        "*.add(skip_duplicated=False)": _ONCE,
        "*.delete(**kwargs)": _UNKNOWN,
        "*.delete_by_mark(*args)": _UNKNOWN,
        "*.delete_by_mark(**kwargs)": _UNKNOWN,
        "*.get_memory(**kwargs)": _UNKNOWN,
        "*.user_id = ...": ONE_SPACE,
        "*.session_id = ...": ONE_SPACE,
        "RedisMemory.SESSION_KEY": _KEYS,
        "RedisMemory.SESSION_PATTERN": _KEYS,
        "RedisMemory.MARK_KEY": _KEYS,
        "RedisMemory.MESSAGE_KEY": _KEYS,
        "RedisMemory.MARKS_INDEX_KEY": _KEYS,
        "AsyncSQLAlchemyMemory.MessageTable": _TABLES,
        "AsyncSQLAlchemyMemory.MessageMarkTable": _TABLES,
        "AsyncSQLAlchemyMemory.SessionTable": _TABLES,
        "AsyncSQLAlchemyMemory.UserTable": _TABLES,
        "TablestoreMemory(table_name='agentscope_memory') by default": _TABLE,
        "TablestoreMemory(text_field='other')": _SEARCH,
        "TablestoreMemory(embedding_field='other')": _SEARCH,
        "TablestoreMemory(vector_dimension=1)": _SEARCH,
        "TablestoreMemory(**kwargs)": _CLIENT,
    }
)
"""What is refused, and why; a star stands for every class."""


class Refused:
    """A class attribute of AgentScope's that is refused.

    Args:
        what: its entry in `REFUSED`.
    """

    def __init__(self, what: str) -> None:
        self.error = f"there is no {what}: {REFUSED[what]}"

    def __get__(self, instance: object, owner: type) -> NoReturn:
        raise AttributeError(self.error)


def check_overrides(subclass: type) -> None:
    """Refuse a class that overrides a refused attribute, which would change nothing.

    Args:
        subclass: a new class.

    Raises:
        TypeError: it does.
    """
    for name in vars(subclass):
        for base in subclass.__mro__[1:]:
            found = vars(base).get(name)
            if isinstance(found, Refused):
                raise TypeError(f"{subclass.__name__} overrides {name}, but {found.error}")
