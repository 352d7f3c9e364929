"""Mutants of the rules on ``delete``, ``delete_by_mark`` and ``clear``."""

from __future__ import annotations

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory
from memcert_reference.arguments import id_list, message_records, some_marks


class Haunted(InMemoryMemory):
    """A host whose marks are a table of their own, which deletions may forget."""

    def __init__(self) -> None:
        super().__init__()
        self._ghosts: dict[str, set[str]] = {}

    def _leave(self, ids: list[str]) -> None:
        """Leave the marks of messages behind."""
        self._ghosts |= {
            msg_id: set(self._entries[msg_id].marks) for msg_id in ids if msg_id in self._entries
        }

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for msg_id in self._entries.keys() & self._ghosts.keys():
            self._entries[msg_id].marks |= self._ghosts.pop(msg_id)


@mutant("first-id-only", "DEL-01")
class FirstIdOnly(InMemoryMemory):
    """delete removes the first of the ids only, and counts so."""

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete(id_list(msg_ids)[:1])


@mutant("deletes-by-prefix", "VAL-01")
class DeletesByPrefix(InMemoryMemory):
    """delete removes every message whose id begins with a given one."""

    async def delete(self, msg_ids: list[str]) -> int:
        wanted = tuple(id_list(msg_ids))
        return self._remove([msg_id for msg_id in self._entries if msg_id.startswith(wanted)])


@mutant("counts-requests", "DEL-02")
class CountsRequests(InMemoryMemory):
    """delete returns how many ids it was given."""

    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)


@mutant("counts-unknown", "DEL-02")
class CountsUnknown(InMemoryMemory):
    """delete counts unknown ids, each once."""

    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(id_list(msg_ids))


@mutant("no-ids-delete-all", "DEL-03")
class NoIdsDeleteAll(InMemoryMemory):
    """An empty list of ids deletes every message."""

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete(list(self._entries) if msg_ids == [] else msg_ids)


@mutant("no-marks-delete-marked", "DEL-03")
class NoMarksDeleteMarked(InMemoryMemory):
    """An empty list of marks deletes every message that has a mark."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        if mark == []:
            return self._remove(self._ids(lambda entry: bool(entry.marks)))
        return await super().delete_by_mark(mark)


@mutant("ghosts-counted", "DEL-04")
class GhostsCounted(InMemoryMemory):
    """delete leaves marks behind, and delete_by_mark counts them."""

    def __init__(self) -> None:
        super().__init__()
        self._ghosts: dict[str, set[str]] = {}

    async def delete(self, msg_ids: list[str]) -> int:
        self._ghosts |= {
            msg_id: self._entries[msg_id].marks
            for msg_id in id_list(msg_ids)
            if msg_id in self._entries
        }
        return await super().delete(msg_ids)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = set(some_marks(mark))
        found = [msg_id for msg_id, marks in self._ghosts.items() if marks & wanted]
        for msg_id in found:
            del self._ghosts[msg_id]
        return len(found) + await super().delete_by_mark(mark)


@mutant("unmarks-only", "DEL-05")
class UnmarksOnly(InMemoryMemory):
    """delete_by_mark removes the mark from messages that have another one, and leaves them."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = set(some_marks(mark))
        count = self._remove(self._ids(lambda entry: bool(entry.marks) and entry.marks <= wanted))
        for entry in self._entries.values():
            count += bool(entry.marks & wanted)
            entry.marks -= wanted
        return count


@mutant("marks-by-prefix", "DEL-05", "VAL-03")
class MarksByPrefix(InMemoryMemory):
    """delete_by_mark removes the messages with a mark that the given one begins with."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = some_marks(mark)
        return self._remove(
            self._ids(
                lambda entry: (
                    any(each.startswith(own) for own in entry.marks for each in wanted)
                    or bool(entry.marks and "none" in wanted)
                )
            )
        )


@mutant("needs-all-marks", "DEL-06")
class NeedsAllMarks(InMemoryMemory):
    """delete_by_mark with a list removes the messages that carry all of the marks."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = set(some_marks(mark))
        return self._remove(
            self._ids(lambda entry: bool(wanted) and entry.marks.issuperset(wanted))
        )


@mutant("counts-each-mark", "DEL-06")
class CountsEachMark(InMemoryMemory):
    """delete_by_mark counts a message once for each mark by which it was found."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = set(some_marks(mark))
        count = sum(len(entry.marks & wanted) for entry in self._entries.values())
        await super().delete_by_mark(mark)
        return count


@mutant("clear-leaves-marks", "CLR-01")
class ClearLeavesMarks(Haunted):
    """clear leaves the marks behind, for later messages with the same ids."""

    async def clear(self) -> None:
        self._leave(list(self._entries))
        await super().clear()


@mutant("clear-leaves-marked", "CLR-01")
class ClearLeavesMarked(InMemoryMemory):
    """clear leaves the messages that have marks."""

    async def clear(self) -> None:
        self._remove(self._ids(lambda entry: not entry.marks))


@mutant("clear-drops-summary", "CLR-02", "SUM-05")
class ClearDropsSummary(InMemoryMemory):
    """clear removes the summary too."""

    async def clear(self) -> None:
        await super().clear()
        self._summary = ""


@mutant("cleared-ids-refused", "CLR-03")
class ClearedIdsRefused(InMemoryMemory):
    """Messages that were cleared cannot be added again: their ids count as known."""

    def __init__(self) -> None:
        super().__init__()
        self._cleared: set[str] = set()

    async def clear(self) -> None:
        self._cleared |= self._entries.keys()
        await super().clear()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        known = set(self._entries)
        await super().add(memories, marks)
        refused = {record["id"] for record in message_records(memories)} & self._cleared - known
        self._remove(list(refused))
