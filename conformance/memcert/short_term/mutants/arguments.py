"""Mutants of the rules on arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg

MAX_PARAMETERS = 32_766
"""How many parameters a statement of SQLite may have."""


@mutant("truthy-flag", "ARG-01")
class TruthyFlag(InMemoryMemory):
    """prepend_summary is anything that counts as true or false."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        return await super().get_memory(mark, exclude_mark, bool(prepend_summary))


@mutant("state-none-ignored", "ARG-01")
class StateNoneIgnored(InMemoryMemory):
    """Loading None does nothing, where it must be refused."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        if state is not None:
            super().load_state_dict(state, strict)


@mutant("checked-too-late", "ARG-01")
class CheckedTooLate(InMemoryMemory):
    """add has stored some messages when it finds that another one is none."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        for message in memories if isinstance(memories, list) else [memories]:
            await super().add(message, marks)


@mutant("surprise-swallowed", "ARG-02")
class SurpriseSwallowed(InMemoryMemory):
    """delete takes any keyword argument and ignores it."""

    async def delete(self, msg_ids: list[str], **kwargs: object) -> int:
        return await super().delete(msg_ids)


@mutant("string-of-ids", "ARG-03")
class StringOfIds(InMemoryMemory):
    """A string given to delete is taken for the list of its characters."""

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete(list(msg_ids) if isinstance(msg_ids, str) else msg_ids)


@mutant("string-for-a-list", "ARG-03")
class StringForAList(InMemoryMemory):
    """A string given to update_messages_mark is taken for a list of that one id."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = [msg_ids] if isinstance(msg_ids, str) else msg_ids
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("any-iterable", "ARG-04")
class AnyIterable(InMemoryMemory):
    """add takes any iterable of messages."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        iterable = not isinstance(memories, (str, dict)) and hasattr(memories, "__iter__")
        await super().add(list(memories) if iterable else memories, marks)  # type: ignore[arg-type]


@mutant("tuple-of-marks", "ARG-04")
class TupleOfMarks(InMemoryMemory):
    """delete_by_mark takes a tuple for a list."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        return await super().delete_by_mark(list(mark) if isinstance(mark, tuple) else mark)


@mutant("too-many-parameters", "ARG-05")
class TooManyParameters(InMemoryMemory):
    """delete puts every id into one statement, which takes 32,766 parameters."""

    async def delete(self, msg_ids: list[str]) -> int:
        if isinstance(msg_ids, list) and len(msg_ids) > MAX_PARAMETERS:
            raise RuntimeError("too many SQL variables")
        return await super().delete(msg_ids)


@mutant("first-thousand", "ARG-05")
class FirstThousand(InMemoryMemory):
    """Of more than 1,000 ids, update_messages_mark marks the first 1,000."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = msg_ids[:1_000] if isinstance(msg_ids, list) else msg_ids
        return await super().update_messages_mark(new_mark, old_mark, ids)
