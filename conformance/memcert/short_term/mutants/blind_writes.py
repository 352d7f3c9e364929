"""Mutants that write without looking whether another client wrote meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from memcert.short_term.mutants.document import DocumentMemory
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.networked import Answer, Networked


class WritingBlindly(Networked):
    """A host that can change its document and write it, whatever is there by then."""

    async def _change_blindly(
        self, change: Callable[[DocumentMemory], Awaitable[Answer]]
    ) -> Answer:
        """Change what there is, and return the answer of the change."""

        async def attempt() -> Answer:
            document = DocumentMemory.of(await self._get())
            answer = await change(document)
            await self._command("SET", self._key, document.text())
            return answer

        return await self._whole(attempt())


@mutant("summary-written-blindly", "CON-09")
class SummaryWrittenBlindly(WritingBlindly):
    """A summary is written with the document that was read, over what others wrote meanwhile."""

    async def _store_write_summary(self, summary: str) -> None:
        await self._change_blindly(lambda document: document.update_compressed_summary(summary))


@mutant("marks-written-blindly", "CON-08")
class MarksWrittenBlindly(WritingBlindly):
    """Marks are written with the document that was read, over what others wrote meanwhile."""

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        return await self._change_blindly(
            lambda document: document.update_messages_mark(new_mark, old_mark, msg_ids)
        )


@mutant("deleted-by-mark-blindly", "CON-06")
class DeletedByMarkBlindly(WritingBlindly):
    """delete_by_mark writes what is left of what it read, over what others wrote meanwhile."""

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        return await self._change_blindly(lambda document: document.delete_by_mark(marks))


@mutant("answer-of-first-attempt", "CON-02")
class AnswerOfFirstAttempt(Networked):
    """A deletion that is tried again, as another client came first, returns its first count."""

    async def _store_delete(self, msg_ids: list[str]) -> int:
        counts: list[int] = []

        async def delete(document: DocumentMemory) -> None:
            counts.append(await document.delete(msg_ids))

        await self._change(delete)
        return counts[0]


@mutant("clear-gives-up", "CON-02")
class ClearGivesUp(Networked):
    """clear fails where another client writes between its read and its write."""

    async def _store_clear(self) -> None:
        attempts = 0

        async def clear(document: DocumentMemory) -> None:
            nonlocal attempts
            attempts += 1
            if attempts > 1:
                raise RuntimeError("could not serialize access due to concurrent update")
            await document.clear()

        await self._change(clear)
