"""Mutants that change the shape of a content or of the metadata: what is in what."""

from __future__ import annotations

from typing import Any

from memcert.short_term.mutants.contents import depth_of
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.record_host import Storing, blocks_in_results, blocks_of

KEYS_IN_RESULTS = frozenset({"type", "text", "source"})
"""The keys of the blocks that may be in a tool result."""


@mutant("no-blocks-as-no-text", "VAL-08")
class NoBlocksAsNoText(Storing):
    """A content that is an empty list comes back as an empty string."""

    def _stored(self, record: Any) -> None:
        record["content"] = record["content"] or ""


@mutant("tool-output-flattened", "VAL-08")
class ToolOutputFlattened(Storing):
    """A tool's output that is a list of one text block comes back as a string."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_result"):
            output = block.get("output")
            if (
                isinstance(output, list)
                and len(output) == 1
                and output[0].keys() == {"type", "text"}
            ):
                block["output"] = output[0]["text"]


@mutant("no-output-as-no-text", "VAL-08")
class NoOutputAsNoText(Storing):
    """A tool's output that is an empty list comes back as an empty string."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_result"):
            if block.get("output") == []:
                block["output"] = ""


@mutant("unknown-keys-in-results-dropped", "VAL-08")
class UnknownKeysInResultsDropped(Storing):
    """Unknown keys are dropped from the blocks in a tool result."""

    def _stored(self, record: Any) -> None:
        for block in blocks_in_results(record["content"]):
            for key in block.keys() - KEYS_IN_RESULTS:
                del block[key]


@mutant("null-keys-of-blocks-dropped", "VAL-10")
class NullKeysOfBlocksDropped(Storing):
    """A key of a block whose value is null is dropped."""

    def _stored(self, record: Any) -> None:
        if isinstance(record["content"], list):
            record["content"] = [
                {key: value for key, value in block.items() if value is not None}
                for block in record["content"]
            ]


@mutant("no-tool-input-dropped", "VAL-08")
class NoToolInputDropped(Storing):
    """The input of a tool_use block is dropped where it is empty."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_use"):
            if block.get("input") == {}:
                del block["input"]


@mutant("raw-input-dropped", "VAL-08")
class RawInputDropped(Storing):
    """The raw_input of a tool_use block is dropped."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_use"):
            block.pop("raw_input", None)


@mutant("hundredth-level-refused", "VAL-11")
class HundredthLevelRefused(Storing):
    """Content that is nested exactly 100 deep is refused."""

    def _stored(self, record: Any) -> None:
        if depth_of(record["content"]) == 100:
            raise ValueError("nested too deep")


@mutant("inner-empty-lists-dropped", "VAL-14")
class InnerEmptyListsDropped(Storing):
    """An empty list in an object of the metadata is dropped."""

    def _stored(self, record: Any) -> None:
        for key, value in record["metadata"].items():
            if isinstance(value, dict):
                record["metadata"][key] = {
                    inner: part for inner, part in value.items() if part != []
                }


@mutant("empty-objects-as-null", "VAL-14")
class EmptyObjectsAsNull(Storing):
    """An empty object in the metadata comes back as null."""

    def _stored(self, record: Any) -> None:
        for key, value in record["metadata"].items():
            if value == {} and isinstance(value, dict):
                record["metadata"][key] = None


@mutant("nulls-in-lists-dropped", "VAL-10")
class NullsInListsDropped(Storing):
    """Null is dropped from the lists of the metadata."""

    def _stored(self, record: Any) -> None:
        for key, value in record["metadata"].items():
            if isinstance(value, list):
                record["metadata"][key] = [each for each in value if each is not None]


@mutant("empty-key-dropped", "VAL-14")
class EmptyKeyDropped(Storing):
    """A key of the metadata that is the empty string is dropped."""

    def _stored(self, record: Any) -> None:
        record["metadata"].pop("", None)


@mutant("dotted-keys-nested", "VAL-14")
class DottedKeysNested(Storing):
    """A key of the metadata that has a dot becomes an object in an object."""

    def _stored(self, record: Any) -> None:
        for key in [each for each in record["metadata"] if "." in each]:
            outer, _, inner = key.partition(".")
            record["metadata"][outer] = {inner: record["metadata"].pop(key)}


@mutant("keys-without-case", "VAL-14")
class KeysWithoutCase(Storing):
    """Of keys of the metadata that differ in case only the last is kept."""

    def _stored(self, record: Any) -> None:
        last = {key.lower(): key for key in record["metadata"]}
        record["metadata"] = {key: record["metadata"][key] for key in last.values()}


@mutant("metadata-over-fields", "VAL-14")
class MetadataOverFields(Storing):
    """A key of the metadata that is named timestamp takes the place of the message's own."""

    def _stored(self, record: Any) -> None:
        timestamp = record["metadata"].get("timestamp")
        if isinstance(timestamp, str):
            record["timestamp"] = timestamp


@mutant("lists-of-one-unwrapped", "VAL-14")
class ListsOfOneUnwrapped(Storing):
    """A list of one item in an object of the metadata comes back as that item."""

    def _stored(self, record: Any) -> None:
        for value in record["metadata"].values():
            if isinstance(value, dict):
                for key, part in value.items():
                    if isinstance(part, list) and len(part) == 1:
                        value[key] = part[0]


@mutant("system-blocks-of-the-user", "VAL-14")
class SystemBlocksOfTheUser(Storing):
    """The role of a system message whose content is a list becomes the user's."""

    def _stored(self, record: Any) -> None:
        if record["role"] == "system" and isinstance(record["content"], list):
            record["role"] = "user"
