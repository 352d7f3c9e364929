"""The hosts of mutants that store something else than they were given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.mutant import Marks, Memories
from memcert_reference import InMemoryMemory
from memcert_reference.arguments import mark_list, message_records
from memcert_reference.memory import _Entry as Entry


class Storing(InMemoryMemory):
    """A host that changes what it stores of a message, once it was checked."""

    def _stored(self, record: Any) -> None:
        """Change a message's record in place, which is the memory's own."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        new = [each for each in message_records(memories) if each["id"] not in self._entries]
        for record in new:
            self._stored(record)
        for record in new:
            self._entries[record["id"]] = Entry(record, names)


class FieldText(Storing):
    """A host that changes the text of one field of a message."""

    field: ClassVar[str]
    """The field's name."""

    def _text(self, text: str) -> Any:
        return text

    def _stored(self, record: Any) -> None:
        if isinstance(record[self.field], str):
            record[self.field] = self._text(record[self.field])


class BlockText(Storing):
    """A host that changes the text of one field of the blocks of one type."""

    kind: ClassVar[str]
    """The type of the blocks."""

    path: ClassVar[tuple[str, ...]]
    """The keys that lead to the field."""

    def _text(self, text: str) -> str:
        return text

    def _stored(self, record: Any) -> None:
        *outer, last = self.path
        for block in blocks_of(record["content"], self.kind):
            holder: Any = block
            for key in outer:
                holder = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(holder, dict) and isinstance(holder.get(last), str):
                holder[last] = self._text(holder[last])


class MetadataLeaves(Storing):
    """A host that changes the values of the metadata that are neither lists nor objects."""

    def _leaf(self, value: Any) -> Any:
        return value

    def _stored(self, record: Any) -> None:
        record["metadata"] = changed_leaves(record["metadata"], self._leaf)


class SummaryText(InMemoryMemory):
    """A host that changes the text of a summary, once it was checked."""

    def _text(self, text: str) -> str:
        return text

    async def update_compressed_summary(self, summary: str) -> None:
        await super().update_compressed_summary(summary)
        self._summary = self._text(self._summary)


def blocks_of(content: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the blocks of one type of a content, those in other blocks left out.

    Args:
        content: a message's content.
        kind: the type.
    """
    if isinstance(content, list):
        yield from (block for block in content if block.get("type") == kind)


def blocks_in_results(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the blocks in the tool results of a content.

    Args:
        content: a message's content.
    """
    for block in blocks_of(content, "tool_result"):
        output = block.get("output")
        if isinstance(output, list):
            yield from (each for each in output if isinstance(each, dict))


def with_keys(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with the keys of its dictionaries changed by a function, at any depth.

    Args:
        value: the value.
        change: what becomes of a key.
    """
    if type(value) is list:
        return [with_keys(item, change) for item in value]
    if type(value) is dict:
        return {change(key): with_keys(item, change) for key, item in value.items()}
    return value
