"""What is done to a memory of facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded, texts


@dataclass(frozen=True)
class Record(Operation):
    """Record facts."""

    kind: ClassVar[str] = "record"

    facts: tuple[str, ...] = decoded(texts)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.record([*self.facts])

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.record({[*self.facts]!r})"]


@dataclass(frozen=True)
class Retrieve(Operation):
    """Find facts by a word."""

    kind: ClassVar[str] = "retrieve"

    word: str
    limit: int = 3

    @property
    def changes(self) -> bool:
        return False

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.retrieve(self.word, self.limit)

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.retrieve({self.word!r}, {self.limit})"]


@dataclass(frozen=True)
class List(Operation):
    """List every fact."""

    kind: ClassVar[str] = "list"

    @property
    def changes(self) -> bool:
        return False

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.list()

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.list()"]


OPERATIONS: dict[str, type[Operation]] = {each.kind: each for each in (Record, Retrieve, List)}
