"""Mutants that lose or change something on one way only: saving, loading, export or import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.mutant import mutant
from memcert_reference import InMemoryMemory
from memcert_reference.memory import _Entry as Entry
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY


class Saved(InMemoryMemory):
    """A host that changes what state_dict returns, and leaves export_state alone."""

    def _saved(self, state: dict[str, Any]) -> None:
        """Change a state in place."""

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        self._saved(state)
        return state

    async def export_state(self) -> dict[str, Any]:
        return InMemoryMemory.state_dict(self)


class Exported(InMemoryMemory):
    """A host that changes what export_state returns."""

    def _exported(self, state: dict[str, Any]) -> None:
        """Change a state in place."""

    async def export_state(self) -> dict[str, Any]:
        state = await super().export_state()
        self._exported(state)
        return state


class Loaded(InMemoryMemory):
    """A host that changes the messages of a state that was loaded, and leaves imports alone."""

    def _loaded(self, entry: Entry) -> None:
        """Change a message and its marks in place."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state_dict, strict)
        if CONTENT_KEY in state_dict:
            for entry in self._entries.values():
                self._loaded(entry)

    async def import_state(self, state: Mapping[str, Any]) -> None:
        InMemoryMemory.load_state_dict(self, state)


class Imported(InMemoryMemory):
    """A host that changes what was imported."""

    def _imported(self) -> None:
        """Change the messages and their marks in place."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        await super().import_state(state)
        self._imported()


@mutant("saved-without-invocation-ids", "STATE-01")
class SavedWithoutInvocationIds(Saved):
    """state_dict leaves the invocation_id of every message out."""

    def _saved(self, state: dict[str, Any]) -> None:
        for message, _ in state[CONTENT_KEY]:
            del message["invocation_id"]


@mutant("saved-content-as-text", "STATE-01")
class SavedContentAsText(Saved):
    """state_dict returns the content of one text block as a string."""

    def _saved(self, state: dict[str, Any]) -> None:
        for message, _ in state[CONTENT_KEY]:
            blocks = message["content"]
            if isinstance(blocks, list) and len(blocks) == 1 and blocks[0].get("type") == "text":
                message["content"] = blocks[0].get("text", "")


@mutant("saved-without-minus-zero", "STATE-03")
class SavedWithoutMinusZero(Saved):
    """state_dict returns 0.0 for -0.0 in the metadata."""

    def _saved(self, state: dict[str, Any]) -> None:
        for message, _ in state[CONTENT_KEY]:
            message["metadata"] = changed_leaves(
                message["metadata"], lambda value: value + 0.0 if type(value) is float else value
            )


@mutant("loaded-now", "STATE-03")
class LoadedNow(Loaded):
    """Loading gives every message one and the same timestamp."""

    def _loaded(self, entry: Entry) -> None:
        entry.record["timestamp"] = "1970-01-01 00:00:00.000"


@mutant("loaded-in-lower-case", "STATE-03")
class LoadedInLowerCase(Loaded):
    """Loading makes the marks of two characters or more lower case."""

    def _loaded(self, entry: Entry) -> None:
        entry.marks = {mark.lower() if len(mark) > 1 else mark for mark in entry.marks}


@mutant("loaded-for-the-user", "STATE-03")
class LoadedForTheUser(Loaded):
    """Loading makes the assistant's messages that have no text block the user's."""

    def _loaded(self, entry: Entry) -> None:
        content = entry.record["content"]
        blocks = content if isinstance(content, list) else [{"type": "text"}]
        silent = not any(block.get("type") == "text" for block in blocks)
        if entry.record["role"] == "assistant" and silent:
            entry.record["role"] = "user"


@mutant("loaded-first-mark", "STATE-03")
class LoadedFirstMark(Loaded):
    """Loading attaches the first two marks of a message only."""

    def _loaded(self, entry: Entry) -> None:
        entry.marks = set(sorted(entry.marks)[:2])


@mutant("exported-marked-only", "EXP-01")
class ExportedMarkedOnly(Exported):
    """export_state leaves out the messages without marks where some have marks."""

    def _exported(self, state: dict[str, Any]) -> None:
        if any(marks for _, marks in state[CONTENT_KEY]):
            state[CONTENT_KEY] = [pair for pair in state[CONTENT_KEY] if pair[1]]


@mutant("exported-without-summary-alone", "EXP-01")
class ExportedWithoutSummaryAlone(Exported):
    """export_state leaves the summary out where there are no messages."""

    def _exported(self, state: dict[str, Any]) -> None:
        if not state[CONTENT_KEY]:
            state[SUMMARY_KEY] = ""


@mutant("exported-names-swapped", "EXP-01")
class ExportedNamesSwapped(Exported):
    """export_state returns the role of a message as its name where the name is empty."""

    def _exported(self, state: dict[str, Any]) -> None:
        for message, _ in state[CONTENT_KEY]:
            message["name"] = message["name"] or message["role"]


@mutant("imported-without-metadata", "EXP-02")
class ImportedWithoutMetadata(Imported):
    """import_state loses the metadata."""

    def _imported(self) -> None:
        for entry in self._entries.values():
            entry.record["metadata"] = {}


@mutant("imported-by-timestamp", "EXP-02")
class ImportedByTimestamp(Imported):
    """import_state puts the messages into the order of their timestamps."""

    def _imported(self) -> None:
        ordered = sorted(self._entries.items(), key=lambda item: item[1].record["timestamp"])
        self._entries = dict(ordered)


@mutant("imported-summary-trimmed", "EXP-02")
class ImportedSummaryTrimmed(Imported):
    """import_state trims the summary."""

    def _imported(self) -> None:
        self._summary = self._summary.strip()


@mutant("import-keeps-summary", "EXP-03")
class ImportKeepsSummary(InMemoryMemory):
    """import_state of a state without a summary leaves the one that is there."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        earlier = self._summary
        await super().import_state(state)
        self._summary = self._summary or earlier


@mutant("import-keeps-marks", "EXP-03")
class ImportKeepsMarks(InMemoryMemory):
    """import_state leaves the marks of a message whose id was there already."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        earlier = self._entries
        await super().import_state(state)
        for msg_id in self._entries.keys() & earlier.keys():
            self._entries[msg_id].marks |= earlier[msg_id].marks
