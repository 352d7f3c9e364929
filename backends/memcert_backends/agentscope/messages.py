"""AgentScope's messages in memcert's memories."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import Any, TypeAlias, cast

from agentscope.message import Msg as AgentScopeMsg

from memcert_reference import MemoryBase, Msg
from memcert_reference.arguments import flag
from memcert_reference.message import Record
from memcert_reference.state import SUMMARY_KEY

Messages: TypeAlias = AgentScopeMsg | Msg | list[AgentScopeMsg] | list[Msg] | None
"""What is added: messages of AgentScope's class, or of memcert's."""


class AgentScopeMessages(MemoryBase):
    """What turns a memory into one for AgentScope.

    It stands before the memory among the base classes, and AgentScope's own base class last: the
    operations are the memory's.
    """

    async def add(
        self,
        memories: Messages,
        marks: str | list[str] | None = None,
        skip_duplicated: bool = True,
    ) -> None:
        """Append messages; one whose id is already in the space is skipped.

        Args:
            memories: a message, a list of them, or None for none.
            marks: the marks of every message that is appended.
            skip_duplicated: AgentScope's argument; nothing but True, since an id is stored once.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: a message, a mark or `skip_duplicated` has a value that is not admitted.
        """
        if not flag(skip_duplicated, "skip_duplicated"):
            raise ValueError("skip_duplicated must be True: a message's id is stored once")
        given = (
            [taken(item) for item in memories] if isinstance(memories, list) else taken(memories)
        )
        # The memory's own operation: this class stands before it.
        await super().add(cast(Any, given), marks)  # type: ignore[safe-super]

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[AgentScopeMsg]:
        # The memory's own operation: this class stands before it.
        found = await super().get_memory(  # type: ignore[safe-super]
            mark, exclude_mark, prepend_summary
        )
        return [returned(message) for message in found]

    # What AgentScope's base class sets in its constructor, which is not called: it would set an
    # empty summary too, in place of the one that is stored.
    _module_dict = cached_property(lambda _: OrderedDict[str, Any]())
    _attribute_dict = cached_property(lambda _: OrderedDict[str, Any]())

    @property
    def _compressed_summary(self) -> str:
        # AgentScope's attribute, which its users read and set although it is private: the summary
        # as the memory last read or wrote it.
        return str(self.state_dict()[SUMMARY_KEY] or "")

    @_compressed_summary.setter
    def _compressed_summary(self, summary: str) -> None:
        self.load_state_dict({SUMMARY_KEY: summary}, strict=False)


def taken(value: object) -> object:
    """Return AgentScope's message as memcert's, and anything else as it is.

    Args:
        value: what was given as a message; the memory checks and copies it.
    """
    if not isinstance(value, AgentScopeMsg):
        return value
    fields = {field: getattr(value, field) for field in Record.__annotations__}
    return Msg.from_record(cast(Record, fields))


def returned(message: Msg) -> AgentScopeMsg:
    """Return memcert's message as AgentScope's, with every field as it is.

    Args:
        message: shared with nobody.
    """
    # Its constructor takes no id, replaces an empty timestamp, and takes several times as long.
    # The fields are the same.
    made = AgentScopeMsg.__new__(AgentScopeMsg)
    vars(made).update(vars(message))
    return made
