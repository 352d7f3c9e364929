"""The operations on a memory's state, and on its life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded
from memcert.engine.programs.python_source import literal
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY

EXPORT = frozenset({"export"})
"""What a backend must be able to do for the operations that export and import."""


def _state(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a state is an object")
    return value


@dataclass(frozen=True)
class OfExtension(Operation):
    """An operation of the extension that exports and imports."""

    @property
    def needs(self) -> frozenset[str]:
        """What a backend must be able to do."""
        return EXPORT


@dataclass(frozen=True)
class Saving(Operation):
    """An operation that keeps the state it gets in one of a few numbered places.

    Args:
        place: which one.
    """

    place: int = 0

    @property
    def changes(self) -> bool:
        """Saving must change nothing, which is looked at."""
        return True


@dataclass(frozen=True)
class SaveState(Saving):
    """``state_dict``, kept for later as JSON text."""

    kind: ClassVar[str] = "state_dict"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        # A memory whose summary lives in a store tells it as it last read it.
        await memory.get_memory()
        state = memory.state_dict()
        saved[self.place] = dump_json(state)
        return comparable(state)

    def source(self, memory: str) -> list[str]:
        return [
            f"await {memory}.get_memory()",
            f"saved[{self.place}] = load_json(dump_json({memory}.state_dict()))",
        ]


@dataclass(frozen=True)
class LoadSaved(Operation):
    """``load_state_dict`` of what an earlier `SaveState` or `Export` kept.

    Args:
        place: where it was kept.
        strict: the argument.
    """

    kind: ClassVar[str] = "load_saved"

    place: int = 0
    strict: bool = True

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        if self.place in saved:
            memory.load_state_dict(load_json(saved[self.place]), strict=self.strict)
        return None

    def source(self, memory: str) -> list[str]:
        return [
            f"if {self.place} in saved:",
            f"    {memory}.load_state_dict(saved[{self.place}], strict={self.strict})",
        ]


@dataclass(frozen=True)
class LoadState(Operation):
    """``load_state_dict`` of a given state.

    Args:
        state: the state.
        strict: the argument; None to leave it out.
        watched: whether the state is looked at afterwards, which may be what stores it.
    """

    kind: ClassVar[str] = "load_state_dict"

    state: Any = decoded(_state)
    strict: bool | None = None
    watched: bool = True

    @property
    def changes(self) -> bool:
        """Whether the state is looked at afterwards."""
        return self.watched

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        arguments = {} if self.strict is None else {"strict": self.strict}
        return memory.load_state_dict(load_json(dump_json(self.state)), **arguments)

    def source(self, memory: str) -> list[str]:
        strict = "" if self.strict is None else f", strict={self.strict}"
        return [f"{memory}.load_state_dict({literal(self.state)}{strict})"]


@dataclass(frozen=True)
class Export(Saving, OfExtension):
    """``export_state``, kept for later as JSON text."""

    kind: ClassVar[str] = "export_state"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        state = await memory.export_state()
        saved[self.place] = dump_json(state)
        return comparable(state)

    def source(self, memory: str) -> list[str]:
        return [f"saved[{self.place}] = load_json(dump_json(await {memory}.export_state()))"]


@dataclass(frozen=True)
class ImportSaved(OfExtension):
    """``import_state`` of what an earlier `Export` kept.

    Args:
        place: where it was kept.
    """

    kind: ClassVar[str] = "import_saved"

    place: int = 0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        if self.place in saved:
            await memory.import_state(load_json(saved[self.place]))
        return None

    def source(self, memory: str) -> list[str]:
        return [
            f"if {self.place} in saved:",
            f"    await {memory}.import_state(saved[{self.place}])",
        ]


@dataclass(frozen=True)
class Import(OfExtension):
    """``import_state`` of a given state.

    Args:
        state: the state.
    """

    kind: ClassVar[str] = "import_state"

    state: Any = decoded(_state)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.import_state(load_json(dump_json(self.state)))

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.import_state({literal(self.state)})"]


@dataclass(frozen=True)
class SaveStateThenSpoil(Operation):
    """``state_dict``, then every change that a caller can make to what it returned."""

    kind: ClassVar[str] = "state_dict_then_spoil"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        spoil(memory.state_dict())
        return None

    def source(self, memory: str) -> list[str]:
        return [f"state = {memory}.state_dict()", *_spoil_source("state")]


@dataclass(frozen=True)
class LoadStateThenSpoil(Operation):
    """``load_state_dict`` of a given state, then every change that a caller can make to it.

    Args:
        state: the state.
    """

    kind: ClassVar[str] = "load_state_dict_then_spoil"

    state: Any = decoded(_state)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        state = load_json(dump_json(self.state))
        memory.load_state_dict(state)
        spoil(state)
        return None

    def source(self, memory: str) -> list[str]:
        return [
            f"state = {literal(self.state)}",
            f"{memory}.load_state_dict(state)",
            *_spoil_source("state"),
        ]


@dataclass(frozen=True)
class ImportThenSpoil(OfExtension):
    """``import_state`` of a given state, then every change that a caller can make to it.

    Args:
        state: the state.
    """

    kind: ClassVar[str] = "import_state_then_spoil"

    state: Any = decoded(_state)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        state = load_json(dump_json(self.state))
        await memory.import_state(state)
        spoil(state)
        return None

    def source(self, memory: str) -> list[str]:
        return [
            f"state = {literal(self.state)}",
            f"await {memory}.import_state(state)",
            *_spoil_source("state"),
        ]


@dataclass(frozen=True)
class Close(Operation):
    """``close``, twice; only to be followed by a reopening.

    Args:
        block: whether it goes by way of ``async with``, which must give the memory itself.
    """

    kind: ClassVar[str] = "close"

    block: bool = False

    @property
    def changes(self) -> bool:
        """A closed memory is not asked for its state."""
        return False

    @property
    def ends(self) -> bool:
        """A closed memory is not used again."""
        return True

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        entered: object = None
        if self.block:
            async with memory as inside:
                entered = inside is memory
        else:
            await memory.close()
        await memory.close()
        return entered

    def source(self, memory: str) -> list[str]:
        if self.block:
            return [
                f"async with {memory} as inside:",
                f"    assert inside is {memory}",
                f"await {memory}.close()",
            ]
        return [f"await {memory}.close()", f"await {memory}.close()"]


def comparable(state: Any) -> Any:
    """Return a state that can be compared: a message says null if it has no ``invocation_id``.

    AgentScope's memories leave it out, and load it either way.

    Args:
        state: what a memory returned as its state, of whatever form.
    """
    content = state.get(CONTENT_KEY) if isinstance(state, dict) else None
    if not isinstance(content, list):
        return state
    return {**state, CONTENT_KEY: [_comparable_entry(entry) for entry in content]}


def _comparable_entry(entry: Any) -> Any:
    if isinstance(entry, list) and entry and isinstance(entry[0], dict):
        return [{"invocation_id": None, **entry[0]}, *entry[1:]]
    return entry


def spoil(value: Any) -> None:
    """Change every list and object in a value, the inner ones first.

    Args:
        value: a JSON value, such as a state, or part of one.
    """
    if isinstance(value, dict):
        for part in value.values():
            spoil(part)
        for key in value:
            if isinstance(value[key], str):
                value[key] = "spoilt"
        value["spoilt"] = "spoilt"
    elif isinstance(value, list):
        for part in value:
            spoil(part)
        value.append("spoilt")


def _spoil_source(state: str) -> list[str]:
    return [
        "# Whatever is done to that dictionary must not reach the memory.",
        f"for message, marks in {state}.get({CONTENT_KEY!r}, []):",
        "    message['content'] = 'spoilt'",
        "    message['metadata']['spoilt'] = 'spoilt'",
        "    marks.append('spoilt')",
        f"{state}[{SUMMARY_KEY!r}] = 'spoilt'",
    ]
