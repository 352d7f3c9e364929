"""Mutants of the rules on ``update_messages_mark``."""

from __future__ import annotations

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory
from memcert_reference.arguments import id_list, optional_mark


class Marking(InMemoryMemory):
    """A host that has the ids of what an update selects, in the order of insertion."""

    def _selected(self, old: str | None, msg_ids: list[str] | None) -> list[str]:
        ids = self._entries if msg_ids is None else set(id_list(msg_ids))
        return [
            msg_id
            for msg_id, entry in self._entries.items()
            if msg_id in ids and (old is None or old in entry.marks)
        ]


@mutant("msg-ids-ignored", "MARK-01")
class MsgIdsIgnored(InMemoryMemory):
    """update_messages_mark ignores the ids unless there is an old mark."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids and old_mark is None and id_list(msg_ids) else msg_ids
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("first-id-marked", "MARK-01")
class FirstIdMarked(InMemoryMemory):
    """update_messages_mark marks the message of the first id only."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)[:1]
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("no-ids-mark-none", "MARK-02")
class NoIdsMarkNone(InMemoryMemory):
    """Without ids and without an old mark nothing is marked."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = [] if msg_ids is None and old_mark is None else msg_ids
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("marked-left-out", "MARK-02")
class MarkedLeftOut(Marking):
    """Without an old mark, only messages that have no marks yet are marked."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if old_mark is None and msg_ids is None:
            msg_ids = [each for each in self._entries if not self._entries[each].marks]
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("old-mark-kept", "MARK-03")
class OldMarkKept(Marking):
    """The old mark stays where the new one is attached."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        selected = self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if old_mark is not None and new_mark is not None:
            for msg_id in selected:
                self._entries[msg_id].marks.add(old_mark)
        return changed


@mutant("old-mark-kept-beside-new", "MARK-03", "MARK-06")
class OldMarkKeptBesideNew(Marking):
    """A message that carries the new mark already keeps the old one, and does not count."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = [
            msg_id
            for msg_id in self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
            if new_mark not in self._entries[msg_id].marks
        ]
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("lost-mark", "MARK-04")
class LostMark(InMemoryMemory):
    """A mark is lost where the old one and the new one are equal."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if new_mark is not None and new_mark == old_mark:
            await super().update_messages_mark(None, old_mark, msg_ids)
        return changed


@mutant("no-marks-unmark-all", "MARK-04")
class NoMarksUnmarkAll(Marking):
    """With neither an old nor a new mark all marks are removed."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if new_mark is None and old_mark is None:
            for msg_id in self._selected(None, msg_ids):
                self._entries[msg_id].marks.clear()
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("other-marks-removed", "MARK-05")
class OtherMarksRemoved(Marking):
    """Removing a mark removes the other marks of the message too."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        selected = self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if new_mark is None and old_mark is not None:
            for msg_id in selected:
                self._entries[msg_id].marks.clear()
        return changed


@mutant("unmarked-removed", "MARK-05")
class UnmarkedRemoved(Marking):
    """A message goes with its last mark."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        selected = self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if old_mark is not None:
            self._remove([msg_id for msg_id in selected if not self._entries[msg_id].marks])
        return changed


@mutant("no-ids-mark-all", "MARK-08")
class NoIdsMarkAll(InMemoryMemory):
    """An empty list of ids selects every message."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        return await super().update_messages_mark(
            new_mark, old_mark, None if msg_ids == [] else msg_ids
        )


@mutant("ids-or-old-mark", "MARK-09")
class IdsOrOldMark(Marking):
    """With ids and an old mark, the messages are selected that have the one or the other."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if old_mark is not None and msg_ids and new_mark != old_mark:
            changed += await super().update_messages_mark(new_mark, old_mark)
        return changed


@mutant("old-mark-not-needed", "MARK-09")
class OldMarkNotNeeded(Marking):
    """With ids, messages get the new mark whether they carry the old one or not."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if old_mark is not None and msg_ids and new_mark is not None and new_mark != old_mark:
            changed += await super().update_messages_mark(new_mark, None, msg_ids)
        return changed


@mutant("marks-for-later", "MARK-10")
class MarksForLater(InMemoryMemory):
    """A mark for an unknown id waits for the message."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, str] = {}

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if new_mark is not None and old_mark is None:
            for msg_id in set(msg_ids or ()) - self._entries.keys():
                self._waiting[msg_id] = new_mark
        return changed

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for msg_id in self._entries.keys() & self._waiting.keys():
            self._entries[msg_id].marks.add(self._waiting.pop(msg_id))
