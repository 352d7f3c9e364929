"""Mutants in which two operations that run at once spoil one another, one pair each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.turns import InTurn, KeptInTurn
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
)
from memcert_reference.memory import _Entry as Entry
from memcert_reference.message import record_of
from memcert_reference.state import read_state
from memcert_reference.values import plain_text

Answer = TypeVar("Answer")


class InFlight(InTurn):
    """A host that does not do a thing twice at once: who comes second gets the first one's answer.

    If the first one has none, as it was cancelled, the second one does it after all.
    """

    _flight: asyncio.Future[Any] | None = None

    async def _shared(self, doing: Callable[[], Awaitable[Answer]]) -> Answer:
        """Do something, or wait for who does it already, and return the answer."""
        while self._flight is not None:
            [answer] = await asyncio.shield(self._flight) or [None]
            if answer is not None:
                return answer  # type: ignore[no-any-return]
        flight = self._flight = asyncio.get_running_loop().create_future()
        answers: list[Answer] = []
        try:
            answers.append(await doing())
            return answers[0]
        finally:
            self._flight = None
            flight.set_result(answers)


@mutant("reads-in-flight-shared", "CON-01")
class ReadsInFlightShared(InFlight):
    """A read that is started while another one runs returns what that does, whatever its mark."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        flag(prepend_summary, "prepend_summary")

        async def read() -> list[Msg]:
            async with self._turn("get_memory"):
                await others()
                return await InMemoryMemory.get_memory(self, wanted, excluded, prepend_summary)

        return [Msg.from_record(record_of(message)) for message in await self._shared(read)]


@mutant("summaries-in-flight-shared", "CON-01")
class SummariesInFlightShared(InFlight):
    """A summary that is given while another one is being written is taken for written with it."""

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")

        async def write() -> bool:
            async with self._turn("update_compressed_summary"):
                await others()
                await InMemoryMemory.update_compressed_summary(self, text)
                return True

        await self._shared(write)


@mutant("added-during-import-lost", "CON-01")
class AddedDuringImportLost(InTurn):
    """add does not wait for an import that was started before it, which removes what it adds."""

    slow, hasty = "import_state", "add"


@mutant("export-fails-during-add", "CON-01")
class ExportFailsDuringAdd(InTurn):
    """export_state fails if a message is added before it ends, as an iteration does."""

    hasty = "add"

    async def export_state(self) -> dict[str, Any]:
        async with self._turn("export_state"):
            size = len(self._entries)
            await others()
            if len(self._entries) != size:
                raise RuntimeError("dictionary changed size during iteration")
            return await InMemoryMemory.export_state(self)


@mutant("stale-version-fails", "CON-08")
class StaleVersionFails(KeptInTurn):
    """An update of marks fails if another client changed the space since it was read."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else id_list(msg_ids)
        async with self._turn("update_messages_mark"):
            self._load()
            version = self._text
            await others()
            self._load()
            if self._text != version:
                raise RuntimeError("the row was updated by another transaction")
            return await Kept.update_messages_mark(self, new, old, ids)


@mutant("imported-beside-others", "CON-02")
class ImportedBesideOthers(KeptInTurn):
    """import_state removes the messages that it read, and leaves those that came meanwhile."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        loaded = read_state(state, strict=True)
        async with self._turn("import_state"):
            self._load()
            read = set(self._entries)
            await others()
            with self._changing():
                for msg_id in read & self._entries.keys():
                    del self._entries[msg_id]
                for record, marks in loaded.content or []:
                    self._entries.setdefault(record["id"], Entry(record, marks))
                if loaded.summary is not None:
                    self._summary = loaded.summary


@mutant("pages-shift", "CON-07")
class PagesShift(KeptInTurn):
    """A read takes the first two messages, and those after the second one a while later."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        flag(prepend_summary, "prepend_summary")
        async with self._turn("get_memory"):
            self._load()
            pages = InMemoryMemory()
            pages._summary = self._summary
            pages._entries.update(list(self._entries.items())[:2])
            await others()
            self._load()
            pages._entries.update(list(self._entries.items())[2:])
            return await pages.get_memory(wanted, excluded, prepend_summary)


@mutant("seen-before-marked", "CON-07")
class SeenBeforeMarked(KeptInTurn):
    """Messages are stored in one transaction, and their marks in the next, a while later."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        async with self._turn("add"):
            self._load()
            new = [message.id for message in messages if message.id not in self._entries]
            await Kept.add(self, messages)
            if names and new:
                await others()
                with self._changing():
                    for msg_id in new:
                        if msg_id in self._entries:
                            self._entries[msg_id].marks |= set(names)
