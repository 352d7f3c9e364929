"""Mutants of the rules on the number that ``update_messages_mark`` returns."""

from __future__ import annotations

from memcert.short_term.mutants.marking import Marking
from memcert.short_term.mutants.mutant import mutant
from memcert_reference import InMemoryMemory
from memcert_reference.arguments import optional_mark


@mutant("equal-marks-counted", "MARK-06")
class EqualMarksCounted(Marking):
    """Replacing a mark by itself counts the messages that carry it."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if new_mark is not None and new_mark == old_mark:
            return len(self._selected(optional_mark(old_mark, "old_mark"), msg_ids))
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("counts-selected", "MARK-06")
class CountsSelected(Marking):
    """update_messages_mark counts the messages that it selects, changed or not."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        selected = self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
        await super().update_messages_mark(new_mark, old_mark, msg_ids)
        return 0 if new_mark == old_mark else len(selected)


@mutant("counts-attached", "MARK-06")
class CountsAttached(Marking):
    """A message that loses the old mark and has the new one already does not count."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        selected = self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
        there = sum(new_mark in self._entries[msg_id].marks for msg_id in selected)
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        return changed if old_mark is None or new_mark == old_mark else changed - there


@mutant("repeats-counted", "MARK-07")
class RepeatsCounted(InMemoryMemory):
    """update_messages_mark counts a message as often as its id is given."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if not changed or msg_ids is None:
            return changed
        known = [msg_id for msg_id in msg_ids if msg_id in self._entries]
        return changed + len(known) - len(set(known))


@mutant("unknown-ids-counted", "MARK-07")
class UnknownIdsCounted(InMemoryMemory):
    """update_messages_mark counts unknown ids."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if msg_ids is None or new_mark is None or old_mark is not None:
            return changed
        return changed + len(set(msg_ids) - self._entries.keys())
