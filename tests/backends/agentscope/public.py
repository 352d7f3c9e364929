"""The table of what is public in AgentScope's memories, from the AgentScope that is installed.

It is imported by tests that are skipped where there is none.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

import agentscope.memory
from agentscope.message import Msg
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from memcert_backends.agentscope.refusals import REFUSED

# The SDK warns when it is first imported; memcert knows.
from memcert_backends.tablestore.sdk import ots  # noqa: F401

OURS = ("InMemoryMemory", "RedisMemory", "AsyncSQLAlchemyMemory", "TablestoreMemory")
# The first releases have no TablestoreMemory.
NAMES = tuple(name for name in OURS if hasattr(agentscope.memory, name))

ENGINE = create_async_engine("sqlite+aiosqlite://")
PLACE = {
    "end_point": "http://127.0.0.1:1",
    "instance_name": "instance",
    "access_key_id": "id",
    "access_key_secret": "secret",
}
NEEDED = {"AsyncSQLAlchemyMemory": {"engine_or_session": ENGINE}, "TablestoreMemory": PLACE}

MESSAGE, ANSWER = Msg("user", "Hello", "user"), Msg("Friday", "Hi", "assistant")
STATE = {"_compressed_summary": "loaded", "content": []}

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "add(memories)": (MESSAGE, [MESSAGE], [], None),
    "add(marks)": ("a", ["a", "b"], [], None),
    "add(skip_duplicated)": (True,),
    "add(allow_duplicates)": (False,),
    "delete(msg_ids)": ([], [MESSAGE.id]),
    "delete_by_mark(mark)": ("a", ["a", "b"]),
    "get_memory(mark)": ("a", None),
    "get_memory(exclude_mark)": ("a", None),
    "get_memory(prepend_summary)": (True, False),
    "update_messages_mark(new_mark)": ("c",),
    "update_messages_mark(old_mark)": ("a", None),
    "update_messages_mark(msg_ids)": ([MESSAGE.id], None),
    "update_compressed_summary(summary)": ("s", ""),
    "load_state_dict(state_dict)": (STATE,),
    "load_state_dict(strict)": (True, False),
    "register_state(attr_name)": ("value",),
    "register_state(custom_to_json)": (str, None),
    "register_state(custom_from_json)": (int, None),
    "close(close_connection_pool)": (True, False, None),
    **{f"{method}()": (None,) for method in ("size", "clear", "state_dict", "get_client", "close")},
    "InMemoryMemory()": (None,),
    "RedisMemory(session_id)": ("s",),
    "RedisMemory(user_id)": ("u",),
    "RedisMemory(host)": ("127.0.0.1",),
    "RedisMemory(port)": (1,),
    "RedisMemory(db)": (1,),
    "RedisMemory(password)": ("p", None),
    "RedisMemory(connection_pool)": (Redis(port=1).connection_pool, None),
    "RedisMemory(key_prefix)": ("p:", "", None),
    "RedisMemory(key_ttl)": (60, None),
    "RedisMemory(**kwargs)": (1,),
    "AsyncSQLAlchemyMemory(engine_or_session)": (ENGINE, AsyncSession(ENGINE)),
    "AsyncSQLAlchemyMemory(session_id)": ("s", None),
    "AsyncSQLAlchemyMemory(user_id)": ("u", None),
    "TablestoreMemory(end_point)": ("http://127.0.0.1:1",),
    "TablestoreMemory(instance_name)": ("instance",),
    "TablestoreMemory(access_key_id)": ("id",),
    "TablestoreMemory(access_key_secret)": ("secret",),
    "TablestoreMemory(user_id)": ("u",),
    "TablestoreMemory(session_id)": ("s",),
    "TablestoreMemory(sts_token)": ("t", "", None),
    "TablestoreMemory(table_name)": ("agentscope_memory",),
    "TablestoreMemory(text_field)": ("text",),
    "TablestoreMemory(embedding_field)": ("embedding",),
    "TablestoreMemory(vector_dimension)": (0,),
}
"""What works: every parameter, with values for it."""

LEFTOVER = {"RedisMemory": "socket_timeout"}
"""An argument that goes on to the client."""

BEFORE: dict[str, dict[str, Any]] = {
    "add": {"memories": MESSAGE},
    "delete": {"msg_ids": [MESSAGE.id]},
    "delete_by_mark": {"mark": "a"},
    "update_messages_mark": {"new_mark": "c"},
    "load_state_dict": {"state_dict": STATE},
    "register_state": {"attr_name": "value"},
}
"""The arguments that a method needs beside the one that is tried."""

ATTRIBUTES = {"user_id", "session_id", "key_prefix", "key_ttl", "content", "session"}
"""What works: every attribute that is no method."""


class Member(NamedTuple):
    """A parameter or an attribute of one of AgentScope's classes."""

    memory: str
    method: str | None
    name: str

    def __str__(self) -> str:
        if self.method is None:
            return f"{self.memory}.{self.name}"
        return f"{self.called}({self.name})"

    @property
    def called(self) -> str:
        return self.memory if self.method == "__init__" else f"{self.memory}.{self.method}"

    @property
    def entry(self) -> str:
        """Its name in `ARGUMENTS`."""
        called = self.memory if self.method == "__init__" else self.method
        return f"{called}({self.name})"

    @property
    def is_refused(self) -> bool:
        return (
            any(f"{before}({self.name})" in REFUSED for before in (self.called, f"*.{self.method}"))
            or str(self) in REFUSED
        )


def make(module: Any, name: str, **arguments: Any) -> Any:
    return getattr(module, name)(**{**NEEDED.get(name, {}), **arguments})


def parameters(function: Any) -> Iterator[inspect.Parameter]:
    for name, parameter in inspect.signature(function).parameters.items():
        if name != "self":
            yield parameter


def shown(parameter: inspect.Parameter) -> str:
    return str(parameter).partition(":")[0].partition("=")[0].strip()


def members(name: str) -> Iterator[Member]:
    """Return whatever is public in a class of AgentScope's, as inspect sees it."""
    theirs = getattr(agentscope.memory, name)
    for member in ["__init__", *dir(theirs)]:
        if member.startswith("_") and member != "__init__":
            continue
        value = inspect.getattr_static(theirs, member)
        if inspect.isfunction(value):
            # A method without any has its line in the table, too.
            for parameter in [shown(each) for each in parameters(value)] or [""]:
                yield Member(name, member, parameter)
        else:
            yield Member(name, None, member)
    for attribute in vars(make(agentscope.memory, name)):
        if not attribute.startswith("_"):
            yield Member(name, None, attribute)


TABLE = [member for name in NAMES for member in dict.fromkeys(members(name))]
