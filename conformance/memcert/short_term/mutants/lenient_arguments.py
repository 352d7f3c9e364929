"""Mutants that take a bad argument for a good one that it resembles."""

from __future__ import annotations

from typing import Any

from memcert.short_term.mutants.contents import Converting, changed_leaves
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.message import ROLES


@mutant("objects-as-messages", "ARG-01")
class ObjectsAsMessages(InMemoryMemory):
    """add takes a dictionary in a list of messages for the message that it describes."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        given: Any = memories
        if isinstance(given, list):
            given = [
                Msg.from_dict(each)
                if isinstance(each, dict) and each.keys() >= {"name", "content", "role"}
                else each
                for each in given
            ]
        await super().add(given, marks)


@mutant("special-objects-taken", "VAL-13")
class SpecialObjectsTaken(Converting):
    """An object that is of a subclass of dict is stored as a plain one."""

    def _leaf(self, value: Any) -> Any:
        return changed_leaves(dict(value), self._leaf) if isinstance(value, dict) else value


@mutant("role-in-capitals", "VAL-07")
class RoleInCapitals(Converting):
    """A role in capital letters is taken for the one in small letters."""

    def _converted(self, message: Msg) -> None:
        role: Any = message.role
        if isinstance(role, str) and role.lower() in ROLES:
            message.role = next(each for each in ROLES if each == role.lower())


@mutant("long-ids-mark-none", "VAL-05")
class LongIdsMarkNone(InMemoryMemory):
    """update_messages_mark skips ids of more than 255 characters, which no message has."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if isinstance(msg_ids, list):
            msg_ids = [each for each in msg_ids if not isinstance(each, str) or len(each) <= 255]
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("set-of-ids-marked", "ARG-04")
class SetOfIdsMarked(InMemoryMemory):
    """update_messages_mark takes a set of ids for a list."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        given: Any = msg_ids
        ids = list(given) if isinstance(given, (set, frozenset)) else given
        return await super().update_messages_mark(new_mark, old_mark, ids)
