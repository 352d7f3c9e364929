"""Mutants of the rules on what is left in a store of what was removed."""

from __future__ import annotations

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.noted_host import KeptWithNotes
from memcert_reference.arguments import id_list


@mutant("deleted-flagged", "GONE-01")
class DeletedFlagged(KeptWithNotes):
    """delete sets a flag, by which reads pass over a message that stays where it is."""

    async def delete(self, msg_ids: list[str]) -> int:
        with self._changing():
            there = [each for each in id_list(msg_ids) if each in self._entries]
            self.notes |= {each: self._entries[each].record for each in there}
            return self._remove(there)


@mutant("marks-left-in-index", "GONE-01")
class MarksLeftInIndex(KeptWithNotes):
    """The index of marks keeps what a message was marked with, whatever becomes of its marks."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        with self._changing():
            self.notes |= {old_mark: changed} if changed and old_mark else {}
        return changed


@mutant("clear-archives", "GONE-02")
class ClearArchives(Kept):
    """clear moves the messages to an archive that nobody ever empties."""

    async def clear(self) -> None:
        with self._changing():
            archive = self._file(self._key()).with_suffix(".archive")
            archive.write_text(super().text(), encoding="utf-8")
            self._remove(list(self._entries))


@mutant("summaries-versioned", "GONE-03")
class SummariesVersioned(KeptWithNotes):
    """A new summary is a new version, and all earlier ones are kept."""

    async def update_compressed_summary(self, summary: str) -> None:
        self._load()
        earlier = self._summary
        await super().update_compressed_summary(summary)
        with self._changing():
            self.notes[f"version {len(self.notes)}"] = earlier
