"""Operations of a caller who keeps what it handed over, or got, and looks at it again later.

A memory that goes on using the caller's objects, or hands out its own, changes them under the
caller's hands.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded, texts
from memcert.short_term.messages import Message, seen
from memcert.short_term.state_operations import OfExtension, comparable


def _place(number: int) -> int:
    """Return where an object is kept: apart from the texts of states."""
    return -1 - number


@dataclass(frozen=True)
class KeepState(Operation):
    """``state_dict``, kept as the object that it is.

    Args:
        place: where it is kept.
    """

    kind: ClassVar[str] = "keep_state"

    place: int = 0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        # A memory whose summary lives in a store tells it as it last read it.
        await memory.get_memory()
        saved[_place(self.place)] = memory.state_dict()
        return None

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.get_memory()", f"kept = {memory}.state_dict()"]


@dataclass(frozen=True)
class KeepExport(OfExtension):
    """``export_state``, kept as the object that it is.

    Args:
        place: where it is kept.
    """

    kind: ClassVar[str] = "keep_export"

    place: int = 0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        saved[_place(self.place)] = await memory.export_state()
        return None

    def source(self, memory: str) -> list[str]:
        return [f"kept = await {memory}.export_state()"]


@dataclass(frozen=True)
class KeepRead(Operation):
    """``get_memory``, kept as the objects that it returns.

    Args:
        place: where they are kept.
    """

    kind: ClassVar[str] = "keep_read"

    place: int = 0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        saved[_place(self.place)] = await memory.get_memory()
        return None

    def source(self, memory: str) -> list[str]:
        return [f"kept = await {memory}.get_memory()"]


@dataclass(frozen=True)
class KeepAdded(Operation):
    """``add`` of messages that the caller keeps, with the list and the marks that it gave.

    Args:
        messages: the messages.
        marks: the marks.
        place: where they are kept.
    """

    kind: ClassVar[str] = "keep_added"

    messages: tuple[Message, ...] = decoded(lambda value: tuple(map(Message.from_json, value)))
    marks: tuple[str, ...] = decoded(texts, ())
    place: int = 0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        memories, marks = [message.build() for message in self.messages], list(self.marks)
        saved[_place(self.place)] = [memories, marks]
        return await memory.add(memories, marks)

    def source(self, memory: str) -> list[str]:
        messages = ", ".join(message.source() for message in self.messages)
        return [
            f"kept = [[{messages}], {list(self.marks)!r}]",
            f"await {memory}.add(kept[0], kept[1])",
        ]


@dataclass(frozen=True)
class AddWhatIsRead(Operation):
    """``add`` of all that ``get_memory`` returns, then ``delete_by_mark`` of what was new in it.

    What is stored already is not stored once more; the summary's message is a message too, and
    has whatever a message must have.
    """

    kind: ClassVar[str] = "add_what_is_read"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        await memory.add(await memory.get_memory(), "read")
        return await memory.delete_by_mark("read")

    async def run_on_model(self, model: Any, saved: dict[int, Any]) -> object:
        # The model leaves open what the summary's message is called.
        return 1 if model.summary else 0

    def source(self, memory: str) -> list[str]:
        return [
            f"await {memory}.add(await {memory}.get_memory(), 'read')",
            f"await {memory}.delete_by_mark('read')",
        ]


@dataclass(frozen=True)
class LookAtKept(Operation):
    """Looking at what was kept, whatever was done since.

    Args:
        place: where it was kept.
    """

    kind: ClassVar[str] = "look_at_kept"

    place: int = 0

    @property
    def changes(self) -> bool:
        """It changes nothing."""
        return False

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return _shown(saved.get(_place(self.place)))

    def source(self, memory: str) -> list[str]:
        return ["print(kept)"]


def _shown(kept: Any) -> Any:
    """Return what was kept as data that can be compared, shared with nothing."""
    if isinstance(kept, dict):
        return comparable(deepcopy(kept))
    if isinstance(kept, list):
        return [_shown(each) for each in kept]
    return deepcopy(seen(kept)) if hasattr(kept, "content") else kept
