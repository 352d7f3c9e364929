"""Mutants of the rules on ``state_dict``, ``load_state_dict``, exports, and a memory's life."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Self

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import mutant
from memcert_reference import InMemoryMemory
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY, read_state


@mutant("marks-unsorted", "STATE-01")
class MarksUnsorted(InMemoryMemory):
    """state_dict returns the marks of a message in no particular order."""

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        for _, marks in state[CONTENT_KEY]:
            marks.reverse()
        return state


@mutant("empty-summary-as-null", "STATE-01")
class EmptySummaryAsNull(InMemoryMemory):
    """state_dict returns null for a summary that is not there."""

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {SUMMARY_KEY: self._summary or None}


@mutant("state-shares-lists", "STATE-02")
class StateSharesLists(InMemoryMemory):
    """state_dict returns the memory's own lists and dictionaries."""

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        for pair in state[CONTENT_KEY]:
            pair[0] = self._entries[pair[0]["id"]].record
        return state


@mutant("load-loses-marks", "STATE-03")
class LoadLosesMarks(InMemoryMemory):
    """Loading a state loses the marks."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state, strict)
        if CONTENT_KEY in state:
            for entry in self._entries.values():
                entry.marks.clear()


@mutant("load-merges", "STATE-04")
class LoadMerges(InMemoryMemory):
    """Loading a state adds its messages to those that are there."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        earlier = self._entries
        super().load_state_dict(state, strict)
        self._entries = earlier | self._entries


@mutant("loaded-empty-summary-ignored", "STATE-04")
class LoadedEmptySummaryIgnored(InMemoryMemory):
    """Loading a state without a summary leaves the one that is there."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        earlier = self._summary
        super().load_state_dict(state, strict)
        self._summary = self._summary or earlier


@mutant("missing-key-is-empty", "STATE-05")
class MissingKeyIsEmpty(InMemoryMemory):
    """A state that lacks a key loads as an empty one, strictly or not."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        if strict is True and isinstance(state, Mapping):
            state = {SUMMARY_KEY: "", CONTENT_KEY: [], **state}
        super().load_state_dict(state, strict)


@mutant("strict-ignored", "STATE-05")
class StrictIgnored(InMemoryMemory):
    """Loading is never strict."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state, strict and not isinstance(strict, bool))


@mutant("lenient-load-resets", "STATE-06")
class LenientLoadResets(InMemoryMemory):
    """Loading without strict empties what the state lacks."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        if strict is False:
            state = {SUMMARY_KEY: "", CONTENT_KEY: [], **state}
        super().load_state_dict(state, strict)


@mutant("half-loaded", "STATE-07")
class HalfLoaded(InMemoryMemory):
    """A summary is loaded before a malformed content is refused."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        if isinstance(state, Mapping):
            with contextlib.suppress(ValueError):
                super().load_state_dict({SUMMARY_KEY: state.get(SUMMARY_KEY)}, strict=False)
        super().load_state_dict(state, strict)


@mutant("repeated-entries-taken", "STATE-07")
class RepeatedEntriesTaken(InMemoryMemory):
    """Of entries with equal ids the last is loaded, where they must be refused."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        try:
            super().load_state_dict(state, strict)
        except ValueError as error:
            if "repeats" not in str(error):
                raise
            last = {pair[0]["id"]: pair for pair in state[CONTENT_KEY]}
            super().load_state_dict({**state, CONTENT_KEY: list(last.values())}, strict)


@mutant("loaded-object-kept", "STATE-08")
class LoadedObjectKept(InMemoryMemory):
    """The metadata of a loaded message is the caller's own object."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state, strict)
        for item in state.get(CONTENT_KEY) or ():
            message = item[0] if isinstance(item, list) else item
            if "metadata" in message:
                self._entries[message["id"]].record["metadata"] = message["metadata"]


@mutant("bare-messages-refused", "STATE-09")
class BareMessagesRefused(InMemoryMemory):
    """An entry that is a message without marks, as AgentScope once wrote it, is refused."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        read_state(state, strict=strict)
        if any(isinstance(item, dict) for item in state.get(CONTENT_KEY, ())):
            raise ValueError("an entry is a pair")
        super().load_state_dict(state, strict)


@mutant("invocation-id-needed", "STATE-09")
class InvocationIdNeeded(InMemoryMemory):
    """A loaded message without an invocation_id, which AgentScope does not write, is dropped."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state, strict)
        for item in state.get(CONTENT_KEY) or ():
            message = item[0] if isinstance(item, list) else item
            if "invocation_id" not in message:
                self._entries.pop(message["id"], None)


@mutant("export-without-marks", "EXP-01")
class ExportWithoutMarks(InMemoryMemory):
    """export_state leaves the marks out."""

    async def export_state(self) -> dict[str, Any]:
        state = await super().export_state()
        for _, marks in state[CONTENT_KEY]:
            marks.clear()
        return state


@mutant("import-without-marks", "EXP-02")
class ImportWithoutMarks(Kept):
    """import_state loses the marks where the space had no messages."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        self._load()
        empty = not self._entries
        await super().import_state(state)
        if empty:
            for entry in self._entries.values():
                entry.marks.clear()
            self._store()


@mutant("import-merges", "EXP-03")
class ImportMerges(InMemoryMemory):
    """import_state adds the messages to those that are there."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        earlier = self._entries
        await super().import_state(state)
        self._entries = earlier | self._entries


@mutant("import-lenient", "EXP-04")
class ImportLenient(InMemoryMemory):
    """import_state takes a state that lacks a key."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        self.load_state_dict(state, strict=False)


@mutant("closed-once", "LIFE-01")
class ClosedOnce(InMemoryMemory):
    """A second close raises."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = False

    async def close(self) -> None:
        if self._closed:
            raise RuntimeError("this memory is closed")
        self._closed = True


@mutant("another-entered", "LIFE-01")
class AnotherEntered(InMemoryMemory):
    """async with gives another memory than the one that it was asked of."""

    async def __aenter__(self) -> Self:
        return type(self)()
