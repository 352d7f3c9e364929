"""Mutants of single operations whose connection breaks: half done, done twice, or not at all."""

from __future__ import annotations

from memcert.short_term.mutants.document import DocumentMemory
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.networked import Networked, connection_errors, record_in
from memcert_backends.stored_rows import MarkedRow


@mutant("mark-replaced-in-two", "CUT-01")
class MarkReplacedInTwo(Networked):
    """A mark is replaced by two changes, and the connection may break between them."""

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        if new_mark is None or old_mark is None:
            return await super()._store_update_marks(new_mark, old_mark, msg_ids)

        async def unmark(document: DocumentMemory) -> list[str]:
            found = [each.id for each in await document.get_memory(old_mark, None, False)]
            given = set(found if msg_ids is None else msg_ids)
            ids = [each for each in found if each in given]
            await document.update_messages_mark(None, old_mark, ids)
            return ids

        ids = await self._change(unmark)
        if ids:
            await super()._store_update_marks(new_mark, None, ids)
        return len(ids)


@mutant("mark-after-mark-deleted", "CUT-01")
class MarkAfterMarkDeleted(Networked):
    """delete_by_mark makes a change for each mark, and the connection may break between them."""

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        counts = [await super(MarkAfterMarkDeleted, self)._store_delete_by_mark([m]) for m in marks]
        return sum(counts)


@mutant("last-cleared-first", "CUT-01")
class LastClearedFirst(Networked):
    """clear removes the last message and then the others, and the connection may break between."""

    async def _store_clear(self) -> None:
        async def remove_last(document: DocumentMemory) -> None:
            messages = await document.get_memory(None, None, False)
            await document.delete([message.id for message in messages[-1:]])

        await self._change(remove_last)
        await super()._store_clear()


@mutant("import-in-two", "CUT-01")
class ImportInTwo(Networked):
    """import_state writes the summary and then the messages, and the connection may break then."""

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        await self._store_write_summary(summary)
        await super()._store_replace(summary, rows)


@mutant("import-tried-again", "CUT-02")
class ImportTriedAgain(Networked):
    """An import whose connection breaks is sent again, and adds to what it has imported then."""

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        async def append(document: DocumentMemory) -> None:
            for row in rows:
                document.append(record_in(row), row.marks)

        try:
            await super()._store_replace(summary, rows)
        except connection_errors():
            await self._change(append)


@mutant("marks-counted-by-second-try", "CUT-02")
class MarksCountedBySecondTry(Networked):
    """An update of marks is sent again when the connection breaks, and counts what is left."""

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        try:
            return await super()._store_update_marks(new_mark, old_mark, msg_ids)
        except connection_errors():
            return await super()._store_update_marks(new_mark, old_mark, msg_ids)


@mutant("deletes-counted-by-second-try", "CUT-02")
class DeletesCountedBySecondTry(Networked):
    """A deletion by id is sent again when the connection breaks, and counts what is left."""

    async def _store_delete(self, msg_ids: list[str]) -> int:
        try:
            return await super()._store_delete(msg_ids)
        except connection_errors():
            return await super()._store_delete(msg_ids)


@mutant("no-messages-without-connection", "CUT-02")
class NoMessagesWithoutConnection(Networked):
    """A read whose connection breaks returns no messages."""

    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        try:
            return await super()._store_read(mark, exclude_mark)
        except connection_errors():
            return "", []


@mutant("size-zero-without-connection", "CUT-02")
class SizeZeroWithoutConnection(Networked):
    """size is 0 when the connection breaks."""

    async def _store_size(self) -> int:
        try:
            return await super()._store_size()
        except connection_errors():
            return 0


@mutant("deletes-none-without-connection", "CUT-02")
class DeletesNoneWithoutConnection(Networked):
    """A deletion by mark whose connection breaks says that no message carried the mark."""

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        try:
            return await super()._store_delete_by_mark(marks)
        except connection_errors():
            return 0


@mutant("clear-without-connection", "CUT-02")
class ClearWithoutConnection(Networked):
    """A clear whose connection breaks says nothing of it."""

    async def _store_clear(self) -> None:
        try:
            await super()._store_clear()
        except connection_errors():
            return


@mutant("last-export-without-connection", "CUT-02")
class LastExportWithoutConnection(Networked):
    """An export whose connection breaks returns what the last one did."""

    _last: tuple[str, list[MarkedRow]] | None = None

    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        try:
            self._last = await super()._store_export()
        except connection_errors():
            if self._last is None:
                raise
        return self._last
