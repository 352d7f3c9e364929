"""Mutants that take a bad argument of marking, of the summary, of a state or in a message."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.contents import Converting
from memcert.short_term.mutants.mutant import mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY


class Correcting(InMemoryMemory):
    """A host that corrects the arguments of an update of marks before they are checked."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        return new, old, ids

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        return await super().update_messages_mark(*self._corrected(new_mark, old_mark, msg_ids))


@mutant("empty-new-mark-is-none", "VAL-05")
class EmptyNewMarkIsNone(Correcting):
    """update_messages_mark takes the empty string for no new mark."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        return None if new == "" else new, old, ids


@mutant("empty-old-mark-is-none", "VAL-05")
class EmptyOldMarkIsNone(Correcting):
    """update_messages_mark takes the empty string for no old mark."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        return new, None if old == "" else old, ids


@mutant("empty-text-marks-all", "ARG-03")
class EmptyTextMarksAll(Correcting):
    """update_messages_mark takes the empty string in place of ids for none, which means all."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        return new, old, None if ids == "" else ids


@mutant("empty-tuple-marks-none", "ARG-04")
class EmptyTupleMarksNone(Correcting):
    """update_messages_mark takes an empty tuple for an empty list of ids."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        return new, old, [] if ids == () else ids


@mutant("numbers-unlike-any-id", "VAL-06")
class NumbersUnlikeAnyId(Correcting):
    """update_messages_mark skips numbers in a list of ids, as no message has such an id."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        if isinstance(ids, list):
            ids = [each for each in ids if not isinstance(each, int)]
        return new, old, ids


@mutant("same-bad-marks-unseen", "VAL-05")
class SameBadMarksUnseen(Correcting):
    """Where old and new mark are the same, update_messages_mark does not look at them."""

    def _corrected(self, new: Any, old: Any, ids: Any) -> tuple[Any, Any, Any]:
        same = isinstance(new, str) and isinstance(old, str) and new == old
        return (None, None, ids) if same else (new, old, ids)


@mutant("no-ids-marks-unseen", "VAL-05")
class NoIdsMarksUnseen(InMemoryMemory):
    """update_messages_mark with an empty list of ids does not look at the marks."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if msg_ids == []:
            return 0
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("long-mark-fails-otherwise", "VAL-05")
class LongMarkFailsOtherwise(InMemoryMemory):
    """A new mark of more than 255 characters raises an error that is no ValueError."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if isinstance(new_mark, str) and len(new_mark) > 255:
            raise RuntimeError("value too long for type character varying(255)")
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("marked-before-bad-id", "VAL-06")
class MarkedBeforeBadId(InMemoryMemory):
    """update_messages_mark has marked some messages when it refuses an id that is no string."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if isinstance(msg_ids, list):
            first = [each for each in msg_ids[:1] if isinstance(each, str)]
            with contextlib.suppress(TypeError, ValueError):
                await super().update_messages_mark(None, None, msg_ids)
                return await super().update_messages_mark(new_mark, old_mark, msg_ids)
            with contextlib.suppress(TypeError, ValueError):
                await super().update_messages_mark(new_mark, old_mark, first)
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("no-summary-given-removes", "ARG-01")
class NoSummaryGivenRemoves(InMemoryMemory):
    """update_compressed_summary takes None for the empty string."""

    async def update_compressed_summary(self, summary: str) -> None:
        await super().update_compressed_summary("" if summary is None else summary)


@mutant("summary-of-bytes", "ARG-01")
class SummaryOfBytes(InMemoryMemory):
    """update_compressed_summary takes bytes for their text."""

    async def update_compressed_summary(self, summary: str) -> None:
        given: Any = summary
        await super().update_compressed_summary(
            given.decode() if isinstance(given, bytes) else summary
        )


@mutant("role-of-wrong-type", "ARG-01")
class RoleOfWrongType(Converting):
    """A role that is no string raises ValueError, where it must be TypeError."""

    def _converted(self, message: Msg) -> None:
        if not isinstance(message.role, str):
            raise ValueError("role must be user, assistant or system")


@mutant("no-name-is-empty", "ARG-01")
class NoNameIsEmpty(Converting):
    """A message whose name is None is stored with an empty name."""

    def _converted(self, message: Msg) -> None:
        if message.name is None:
            message.name = ""


@mutant("invocation-number-as-text", "ARG-01")
class InvocationNumberAsText(Converting):
    """An invocation_id that is a number is stored as its text."""

    def _converted(self, message: Msg) -> None:
        given: Any = message.invocation_id
        if isinstance(given, int):
            message.invocation_id = str(given)


@mutant("list-as-no-metadata", "VAL-13")
class ListAsNoMetadata(Converting):
    """Metadata that is an empty list is stored as an empty object."""

    def _converted(self, message: Msg) -> None:
        given: Any = message.metadata
        if given == []:
            message.metadata = {}


@mutant("no-content-is-empty", "VAL-13")
class NoContentIsEmpty(Converting):
    """Content that is None is stored as an empty string."""

    def _converted(self, message: Msg) -> None:
        if message.content is None:
            message.content = ""


@mutant("bytes-as-image-data", "VAL-13")
class BytesAsImageData(Converting):
    """Bytes as the data of an image are stored as their text."""

    def _converted(self, message: Msg) -> None:
        blocks: Any = message.content
        if isinstance(blocks, list):
            message.content = [self._with_text(block) for block in blocks]

    def _with_text(self, block: Any) -> Any:
        source = block.get("source") if isinstance(block, dict) else None
        if not isinstance(source, dict) or not isinstance(source.get("data"), bytes):
            return block
        return block | {"source": source | {"data": source["data"].decode("ascii", "replace")}}


@mutant("loaded-null-marks", "STATE-07")
class LoadedNullMarks(InMemoryMemory):
    """An entry of a state whose marks are null loads as one without marks."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        if isinstance(state_dict, Mapping) and isinstance(state_dict.get(CONTENT_KEY), list):
            pairs = [
                [each[0], []] if isinstance(each, list) and each[1:] == [None] else each
                for each in state_dict[CONTENT_KEY]
            ]
            state_dict = {**state_dict, CONTENT_KEY: pairs}
        super().load_state_dict(state_dict, strict)


@mutant("loaded-null-content", "STATE-07")
class LoadedNullContent(InMemoryMemory):
    """A state whose content is null loads as one without messages."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        if isinstance(state_dict, Mapping) and CONTENT_KEY in state_dict:
            pairs = state_dict[CONTENT_KEY]
            state_dict = {**state_dict, CONTENT_KEY: [] if pairs is None else pairs}
        super().load_state_dict(state_dict, strict)


@mutant("loaded-false-summary", "STATE-07")
class LoadedFalseSummary(InMemoryMemory):
    """A state whose summary is False loads as one without a summary."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        if isinstance(state_dict, Mapping) and state_dict.get(SUMMARY_KEY) is False:
            state_dict = {**state_dict, SUMMARY_KEY: ""}
        super().load_state_dict(state_dict, strict)


@mutant("strict-by-number", "ARG-01")
class StrictByNumber(InMemoryMemory):
    """load_state_dict takes 1 and 0 for strict as it takes True and False."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        given: Any = strict
        super().load_state_dict(state_dict, bool(given) if given in (0, 1) else strict)


@mutant("unknown-fields-imported", "EXP-04")
class UnknownFieldsImported(InMemoryMemory):
    """import_state drops the unknown fields of a message, where it must refuse them."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        try:
            await super().import_state(state)
        except ValueError as error:
            if "would be dropped" not in str(error):
                raise
            known = Msg("", "", "user").to_dict().keys()
            pairs: list[Any] = []
            for item in state[CONTENT_KEY]:
                message, marks = (item, []) if isinstance(item, dict) else item
                pairs.append([{key: message[key] for key in message.keys() & known}, marks])
            await super().import_state({**state, CONTENT_KEY: pairs})


@mutant("emptied-before-bad-import", "EXP-04")
class EmptiedBeforeBadImport(InMemoryMemory):
    """import_state has removed the messages when it refuses a state that is malformed."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        try:
            await super().import_state(state)
        except ValueError:
            self._entries.clear()
            raise
