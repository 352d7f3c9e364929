"""Mutants of the rules on what a message holds: what comes back, and what is refused."""

from __future__ import annotations

import copy
import math
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg


def changed_leaves(value: Any, change: Any) -> Any:
    """Return a value with all that is neither a list nor a dictionary changed by a function."""
    if type(value) is list:
        return [changed_leaves(item, change) for item in value]
    if type(value) is dict:
        return {key: changed_leaves(item, change) for key, item in value.items()}
    return change(value)


class Converting(InMemoryMemory):
    """A host that converts messages before it checks them."""

    def _converted(self, message: Msg) -> None:
        """Convert a copy of a message in place: by default, its leaves."""
        for field in ("name", "content", "metadata", "timestamp", "invocation_id"):
            setattr(message, field, changed_leaves(getattr(message, field), self._leaf))

    def _leaf(self, value: Any) -> Any:
        return value

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if isinstance(memories, Msg):
            memories = [memories]
        if isinstance(memories, list):
            memories = [copy.copy(message) for message in memories]
            for message in memories:
                if isinstance(message, Msg):
                    self._converted(message)
        await super().add(memories, marks)


@mutant("any-role", "VAL-07")
class AnyRole(Converting):
    """A message of an unknown role becomes the user's."""

    def _converted(self, message: Msg) -> None:
        if message.role not in ("user", "assistant", "system"):
            message.role = "user"


@mutant("thinking-dropped", "VAL-08")
class ThinkingDropped(Converting):
    """Thinking blocks are dropped."""

    def _converted(self, message: Msg) -> None:
        if isinstance(message.content, list):
            message.content = [
                block
                for block in message.content
                if not isinstance(block, dict) or block.get("type") != "thinking"
            ]


@mutant("text-flattened", "VAL-08")
class TextFlattened(Converting):
    """A content of one text block becomes a string."""

    def _converted(self, message: Msg) -> None:
        content: Any = message.content
        if isinstance(content, list) and len(content) == 1 and content[0].get("type") == "text":
            message.content = content[0].get("text", "")


@mutant("same-blocks-once", "VAL-08")
class SameBlocksOnce(Converting):
    """Of equal blocks that follow one another only the first is kept."""

    def _converted(self, message: Msg) -> None:
        content: Any = message.content
        if isinstance(content, list):
            message.content = [
                block
                for place, block in enumerate(content)
                if place == 0 or block != content[place - 1]
            ]


@mutant("cut-at-nul", "VAL-09")
class CutAtNul(Converting):
    """Text ends at its first NUL."""

    def _leaf(self, value: Any) -> Any:
        return value.partition("\0")[0] if type(value) is str else value


@mutant("three-byte-text", "VAL-09")
class ThreeByteText(Converting):
    """Characters that take four bytes become question marks, as in MySQL's utf8."""

    def _leaf(self, value: Any) -> Any:
        if type(value) is not str:
            return value
        return "".join("?" if character > "\uffff" else character for character in value)


@mutant("normalised-text", "VAL-09")
class NormalisedText(Converting):
    """Text comes back in Unicode's normal form C."""

    def _leaf(self, value: Any) -> Any:
        return unicodedata.normalize("NFC", value) if type(value) is str else value


@mutant("integers-as-floats", "VAL-10")
class IntegersAsFloats(Converting):
    """An integer beyond 2**53 goes through a float, and loses its last digits."""

    def _leaf(self, value: Any) -> Any:
        return int(float(value)) if type(value) is int and abs(value) < 2**1000 else value


@mutant("no-minus-zero", "VAL-10")
class NoMinusZero(Converting):
    """-0.0 comes back as 0.0."""

    def _leaf(self, value: Any) -> Any:
        return value + 0.0 if type(value) is float else value


@mutant("true-is-one", "VAL-10")
class TrueIsOne(Converting):
    """Truth values come back as integers."""

    def _leaf(self, value: Any) -> Any:
        return int(value) if type(value) is bool else value


@mutant("nulls-dropped", "VAL-10")
class NullsDropped(Converting):
    """A key of the metadata whose value is null is dropped."""

    def _converted(self, message: Msg) -> None:
        if isinstance(message.metadata, dict):
            message.metadata = {
                key: value for key, value in message.metadata.items() if value is not None
            }


def depth_of(value: Any) -> int:
    """Return how many lists and dictionaries are nested in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@mutant("shallow", "VAL-11")
class Shallow(Converting):
    """What is nested more than 32 deep is refused."""

    def _converted(self, message: Msg) -> None:
        if depth_of(message.content) > 32 or depth_of(message.metadata) > 32:
            raise ValueError("nested too deep")


@mutant("nan-is-null", "VAL-12")
class NanIsNull(Converting):
    """NaN and the infinities become null."""

    def _leaf(self, value: Any) -> Any:
        return None if type(value) is float and not math.isfinite(value) else value


@mutant("surrogates-replaced", "VAL-12")
class SurrogatesReplaced(Converting):
    """A lone surrogate becomes a question mark."""

    def _leaf(self, value: Any) -> Any:
        return value.encode(errors="replace").decode() if type(value) is str else value


@mutant("cut-at-depth", "VAL-12")
class CutAtDepth(Converting):
    """What is nested too deep is dropped."""

    def _converted(self, message: Msg) -> None:
        if depth_of(message.metadata) > 100:
            message.metadata = {}


@mutant("converted-to-text", "VAL-13")
class ConvertedToText(Converting):
    """What JSON has no form for is converted to text, as json.dumps(default=str) does."""

    def _leaf(self, value: Any) -> Any:
        if value is None or isinstance(value, (str, int, float, list, dict, tuple)):
            return value
        return str(value)


@mutant("tuples-as-lists", "VAL-13")
class TuplesAsLists(Converting):
    """A tuple becomes a list, as json.dumps makes of it."""

    def _leaf(self, value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value


@mutant("keys-as-text", "VAL-13")
class KeysAsText(Converting):
    """A key that is no string becomes one, as json.dumps makes of it."""

    def _converted(self, message: Msg) -> None:
        if isinstance(message.metadata, dict):
            message.metadata = {
                key: {str(inner): part for inner, part in value.items()}
                if isinstance(value, dict)
                else value
                for key, value in message.metadata.items()
            }


@mutant("lost-invocation-id", "VAL-14")
class LostInvocationId(Converting):
    """The invocation_id is lost."""

    def _converted(self, message: Msg) -> None:
        message.invocation_id = None


@mutant("lost-metadata", "VAL-14")
class LostMetadata(Converting):
    """The metadata is lost where the message has no invocation_id."""

    def _converted(self, message: Msg) -> None:
        if message.invocation_id is None and isinstance(message.metadata, Mapping):
            message.metadata = {}


@mutant("timestamp-parsed", "VAL-14")
class TimestampParsed(Converting):
    """A timestamp comes back in another form than it was given in."""

    def _converted(self, message: Msg) -> None:
        try:
            message.timestamp = datetime.fromisoformat(message.timestamp).isoformat(
                " ", "milliseconds"
            )
        except (TypeError, ValueError):
            return


@mutant("cut-at-64-kib", "VAL-15")
class CutAt64KiB(Converting):
    """A text is cut at 65,535 characters, as in a column of type TEXT."""

    def _leaf(self, value: Any) -> Any:
        return value[:65_535] if type(value) is str else value
