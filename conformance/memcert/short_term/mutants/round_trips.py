"""Mutants that are wrong on one way out of the memory or back into it, and stale ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.reopening import Writing
from memcert.short_term.mutants.ways import Exported, Imported, Saved
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import flag
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.memory import _Entry as Entry
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY, read_state


@mutant("marks-sorted-without-case", "STATE-01")
class MarksSortedWithoutCase(Saved):
    """state_dict sorts the marks of a message without case, as a database's collation does."""

    def _saved(self, state: dict[str, Any]) -> None:
        for pair in state[CONTENT_KEY]:
            pair[1].sort(key=str.casefold)


@mutant("saved-before-marks", "STATE-01")
class SavedBeforeMarks(Saved):
    """state_dict keeps the marks that it returned until there are other messages."""

    def __init__(self) -> None:
        super().__init__()
        self._known: list[Entry] = []
        self._marks: list[list[str]] = []

    def _saved(self, state: dict[str, Any]) -> None:
        # Entries are equal if they are the same object.
        entries = list(self._entries.values())
        if entries != self._known:
            self._known, self._marks = entries, [list(marks) for _, marks in state[CONTENT_KEY]]
        for pair, marks in zip(state[CONTENT_KEY], self._marks, strict=True):
            pair[1] = list(marks)


@mutant("same-state-not-loaded", "STATE-03")
class SameStateNotLoaded(InMemoryMemory):
    """Loading the state that was loaded last does nothing, whatever was done in between."""

    _loaded_text = ""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        loaded = read_state(state_dict, strict=flag(strict, "strict"))
        content: Any = loaded.content and [list(entry) for entry in loaded.content]
        text = dump_json([loaded.summary, content])
        if text != self._loaded_text:
            super().load_state_dict(state_dict, strict)
            self._loaded_text = text

    async def import_state(self, state: Mapping[str, Any]) -> None:
        InMemoryMemory.load_state_dict(self, state)


@mutant("big-integers-exported-as-text", "EXP-01")
class BigIntegersExportedAsText(Exported):
    """export_state returns an integer beyond 2**53 as text, for who reads JSON in a browser."""

    def _exported(self, state: dict[str, Any]) -> None:
        for message, _ in state[CONTENT_KEY]:
            for field in ("content", "metadata"):
                message[field] = changed_leaves(message[field], self._readable)

    def _readable(self, value: Any) -> Any:
        return dump_json(value) if type(value) is int and abs(value) > 2**53 else value


@mutant("names-of-roles-imported", "EXP-02")
class NamesOfRolesImported(Imported):
    """import_state names a message whose name is empty after its role."""

    def _imported(self) -> None:
        for entry in self._entries.values():
            entry.record["name"] = entry.record["name"] or entry.record["role"]


@mutant("inner-objects-stored-as-text", "DUR-01")
class InnerObjectsStoredAsText(Writing):
    """An object in the metadata is its JSON text when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        for message, _ in state[CONTENT_KEY]:
            message["metadata"] = {
                key: dump_json(value) if type(value) is dict else value
                for key, value in message["metadata"].items()
            }


@mutant("removed-summary-stored-still", "DUR-02")
class RemovedSummaryStoredStill(Writing):
    """A summary that was removed is there again when the memory is opened again."""

    def _kept(self, state: Any) -> None:
        earlier = None if state[SUMMARY_KEY] else self._read(self._file(self._key()))
        if earlier is not None:
            kept = cast("dict[str, Any]", load_json(earlier))
            state[SUMMARY_KEY] = kept[SUMMARY_KEY]


@mutant("emptied-by-others-unseen", "DUR-03")
class EmptiedByOthersUnseen(Kept):
    """A read returns what there was before where another client removed every message since."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._seen: dict[str, Entry] = {}

    def _store(self) -> None:
        super()._store()
        self._seen = dict(self._entries)

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        self._load()
        there = self._entries
        self._seen = dict(there) or self._seen
        self._entries = self._seen
        try:
            return await InMemoryMemory.get_memory(self, mark, exclude_mark, prepend_summary)
        finally:
            self._entries = there
