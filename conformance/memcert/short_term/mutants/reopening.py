"""Mutants that lose something on the way to their store: who wrote it does not see that."""

from __future__ import annotations

from typing import Any

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import mutant
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY


class Writing(Kept):
    """A host whose file holds something else than the memory has that wrote it.

    That memory goes on with what it has until another one writes the file.
    """

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._written: str | None = None

    def _kept(self, state: Any) -> None:
        """Change in place what goes to the file."""

    def _load(self) -> None:
        text = self._read(self._file(self._key()))
        if text is None or text != self._written:
            self.take(text)
            self._text = text
        self._written = text

    def _store(self) -> None:
        text = self.text()
        if text != self._text:
            state: Any = load_json(text)
            self._kept(state)
            self._written = dump_json(state)
            self._write(self._file(self._key()), self._written)
            self._text = text


@mutant("invocation-ids-not-stored", "DUR-01")
class InvocationIdsNotStored(Writing):
    """The invocation_id of a message is gone when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        for message, _ in state[CONTENT_KEY]:
            message["invocation_id"] = None


@mutant("marks-stored-in-one-column", "DUR-01")
class MarksStoredInOneColumn(Writing):
    """A mark with a comma is two marks when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        for pair in state[CONTENT_KEY]:
            parts = {part for mark in pair[1] for part in mark.split(",") if part}
            pair[1] = sorted(parts)


@mutant("second-mark-not-stored", "DUR-01")
class SecondMarkNotStored(Writing):
    """Of the marks of a message all but the first are gone when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        for pair in state[CONTENT_KEY]:
            del pair[1][1:]


@mutant("empty-lists-not-stored", "DUR-01")
class EmptyListsNotStored(Writing):
    """Empty lists in the metadata are gone when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        for message, _ in state[CONTENT_KEY]:
            message["metadata"] = {
                key: value for key, value in message["metadata"].items() if value != []
            }


@mutant("truth-stored-as-number", "DUR-01")
class TruthStoredAsNumber(Writing):
    """Truth values in the content are numbers when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        for message, _ in state[CONTENT_KEY]:
            message["content"] = changed_leaves(
                message["content"], lambda value: int(value) if type(value) is bool else value
            )


@mutant("tenth-stored-before-second", "DUR-01")
class TenthStoredBeforeSecond(Writing):
    """After opening again, messages come in the order of their numbers as text."""

    def _kept(self, state: Any) -> None:
        numbered = enumerate(state[CONTENT_KEY])
        state[CONTENT_KEY] = [pair for _, pair in sorted(numbered, key=lambda each: str(each[0]))]


@mutant("summary-stored-without-end", "DUR-02")
class SummaryStoredWithoutEnd(Writing):
    """A newline at the end of the summary is gone when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        state[SUMMARY_KEY] = state[SUMMARY_KEY].rstrip("\n")


@mutant("removed-summary-seen", "DUR-04")
class RemovedSummarySeen(Kept):
    """A memory that read a summary goes on seeing it when another client removed it."""

    def _load(self) -> None:
        earlier = self._summary
        super()._load()
        self._summary = self._summary or earlier

    async def update_compressed_summary(self, summary: str) -> None:
        self._load()
        await InMemoryMemory.update_compressed_summary(self, summary)
        self._store()


@mutant("marks-of-others-not-excluded", "DUR-03")
class MarksOfOthersNotExcluded(Kept):
    """exclude_mark leaves in the messages that another client marked since the last change here."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._marked: dict[str, set[str]] = {}

    def _store(self) -> None:
        super()._store()
        self._marked = {msg_id: set(entry.marks) for msg_id, entry in self._entries.items()}

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        found = await super().get_memory(mark, exclude_mark, prepend_summary)
        if exclude_mark is None:
            return found
        everything = await super().get_memory(mark, None, prepend_summary)
        kept = {message.id for message in found}
        return [
            message
            for message in everything
            if message.id in kept
            or message.id not in self._entries
            or exclude_mark not in self._marked.get(message.id, {exclude_mark})
        ]


@mutant("size-of-own-changes", "DUR-03")
class SizeOfOwnChanges(Kept):
    """size returns what it was after the last change or read here, if there was one."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._looked = False

    def _load(self) -> None:
        super()._load()
        self._looked = True

    async def size(self) -> int:
        if not self._looked:
            self._load()
        return await InMemoryMemory.size(self)
