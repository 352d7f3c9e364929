"""Mutants in which what was given or returned is shared, so that a later change shows in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.turns import InTurn
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records
from memcert_reference.json_text import dump_json
from memcert_reference.state import CONTENT_KEY


@mutant("batch-shares-marks", "MARK-01")
class BatchSharesMarks(InMemoryMemory):
    """The messages of one batch share one set of marks."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        known = set(self._entries)
        await super().add(memories, marks)
        new = [entry for msg_id, entry in self._entries.items() if msg_id not in known]
        for entry in new:
            entry.marks = new[0].marks


@mutant("marks-copied-late", "ADD-08")
class MarksCopiedLate(InTurn):
    """The list of marks given to add is copied after the first await."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        async with self._turn("add"):
            await asyncio.sleep(0)
            await InMemoryMemory.add(self, messages, marks)


@mutant("ids-copied-late", "ADD-08")
class IdsCopiedLate(InTurn):
    """The list of ids given to delete is read after the first await, when it may be another."""

    async def delete(self, msg_ids: list[str]) -> int:
        id_list(msg_ids)
        async with self._turn("delete"):
            await asyncio.sleep(0)
            return await InMemoryMemory.delete(self, msg_ids)


@mutant("blocks-of-results-shared", "ADD-08")
class BlocksOfResultsShared(InMemoryMemory):
    """A list of blocks in a stored tool result is the caller's own."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        known = set(self._entries)
        await super().add(memories, marks)
        for message in memories if isinstance(memories, list) else [memories] if memories else []:
            if message.id in known or not isinstance(message.content, list):
                continue
            known.add(message.id)
            stored: Any = self._entries[message.id].record["content"]
            for own, block in zip(stored, message.content, strict=True):
                if block.get("type") == "tool_result" and isinstance(block.get("output"), list):
                    own["output"] = block["output"]


class Answering(InMemoryMemory):
    """A host that keeps what it returned from a read of everything, until something changes."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: list[Msg] = []
        self._text = ""

    async def _everything(self) -> list[Msg]:
        """Return all messages, the same list as long as the state is the same."""
        text = dump_json(InMemoryMemory.state_dict(self))
        if text != self._text:
            self._text = text
            self._answer = await InMemoryMemory.get_memory(self)
        return self._answer


@mutant("read-list-kept", "ADD-09")
class ReadListKept(Answering):
    """Two reads of everything return the same list where nothing changed in between."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        if mark is None and exclude_mark is None and prepend_summary is True:
            return await self._everything()
        return await super().get_memory(mark, exclude_mark, prepend_summary)


@mutant("read-messages-kept", "ADD-09")
class ReadMessagesKept(Answering):
    """Two reads of everything return the same messages where nothing changed in between."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        if mark is None and exclude_mark is None and prepend_summary is True:
            return list(await self._everything())
        return await super().get_memory(mark, exclude_mark, prepend_summary)


@mutant("summary-message-kept", "ADD-09")
class SummaryMessageKept(InMemoryMemory):
    """The summary comes as the same message every time, until it is another one."""

    _message: tuple[str, Msg] | None = None

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if messages and messages[0].id not in self._entries:
            if self._message is None or self._message[0] != self._summary:
                self._message = self._summary, messages[0]
            messages[0] = self._message[1]
        return messages


@mutant("one-saved-state", "STATE-02")
class OneSavedState(InMemoryMemory):
    """The lists of marks that state_dict returned last change with the next state_dict."""

    def __init__(self) -> None:
        super().__init__()
        self._lists: dict[str, list[str]] = {}

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        for pair in state[CONTENT_KEY]:
            marks = self._lists.setdefault(pair[0]["id"], [])
            marks[:] = pair[1]
            pair[1] = marks
        return state

    async def export_state(self) -> dict[str, Any]:
        return InMemoryMemory.state_dict(self)


@mutant("one-exported-state", "EXP-01")
class OneExportedState(InMemoryMemory):
    """export_state returns one dictionary, which changes with the next export."""

    def __init__(self) -> None:
        super().__init__()
        self._exported: dict[str, Any] = {}

    async def export_state(self) -> dict[str, Any]:
        self._exported.update(await super().export_state())
        return self._exported


@mutant("imported-metadata-kept", "EXP-02")
class ImportedMetadataKept(InMemoryMemory):
    """The metadata of an imported message is the caller's own object."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        await super().import_state(state)
        for item in state[CONTENT_KEY]:
            message = item if isinstance(item, dict) else item[0]
            if message.get("metadata"):
                self._entries[message["id"]].record["metadata"] = message["metadata"]
