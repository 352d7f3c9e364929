"""AgentScope's messages in memcert's memories."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from agentscope.message import Msg as AgentScopeMsg

from memcert_backends.agentscope.refusals import REFUSED, check_overrides
from memcert_reference import MemoryBase, Msg
from memcert_reference.arguments import flag
from memcert_reference.message import Record

Messages: TypeAlias = AgentScopeMsg | Msg | list[AgentScopeMsg] | list[Msg] | None
"""What is added: messages of AgentScope's class, or of memcert's."""


class AgentScopeMessages(MemoryBase):
    """What turns a memory into one for AgentScope.

    It stands before the memory among the base classes, and AgentScope's own base class last: the
    operations are the memory's.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_overrides(cls)

    async def add(
        self,
        memories: Messages,
        marks: str | list[str] | None = None,
        skip_duplicated: bool = True,
        *,
        allow_duplicates: bool = False,
    ) -> None:
        """Append messages; one whose id is already in the space is skipped.

        Args:
            memories: a message, a list of them, or None for none.
            marks: the marks of every message that is appended.
            skip_duplicated: AgentScope's argument; nothing but True, since an id is stored once.
            allow_duplicates: the same with another name; nothing but False.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: a message, a mark, `skip_duplicated` or `allow_duplicates` has a value that
                is not admitted.
        """
        if not flag(skip_duplicated, "skip_duplicated"):
            reason = REFUSED["*.add(skip_duplicated=False)"]
            raise ValueError(f"skip_duplicated must be True: {reason}")
        if flag(allow_duplicates, "allow_duplicates"):
            reason = REFUSED["*.add(allow_duplicates=True)"]
            raise ValueError(f"allow_duplicates must be False: {reason}")
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


class DuplicatesThird(AgentScopeMessages):
    """`AgentScopeMessages` in place of a class whose `add` has `allow_duplicates` third."""

    # Both can be given by name, to every memory, as AgentScope's ignore what they do not know.
    async def add(  # type: ignore[override]  # the third argument has another name, as there
        self,
        memories: Messages,
        marks: str | list[str] | None = None,
        allow_duplicates: bool = False,
        *,
        skip_duplicated: bool = True,
    ) -> None:
        await super().add(memories, marks, skip_duplicated, allow_duplicates=allow_duplicates)


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
