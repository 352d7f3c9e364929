"""Every operation that talks to the store, and what a space holds before and after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from memcert_backends.stored_memory import StoredMemory
from memcert_reference import InMemoryMemory, Msg


def _message(msg_id: str) -> Msg:
    return Msg("name", f"text of {msg_id}", "user", id=msg_id)


_FIRST, *_MORE = map(_message, "wxyz")
_LOADED = "loaded"

EMPTY: Any = {"_compressed_summary": "", "content": []}
BEFORE: Any = {
    "_compressed_summary": "before",
    "content": [
        [_message("a").to_dict(), ["m"]],
        [_message("b").to_dict(), ["m", "n"]],
        [_message("c").to_dict(), ["n"]],
        [_message("d").to_dict(), []],
    ],
}
IMPORTED: Any = {
    "_compressed_summary": "after",
    "content": [[_message("p").to_dict(), ["q"]], [_message("a").to_dict(), []]],
}

Operation = Callable[[Any], Awaitable[object]]

NEW_SPACE = "add to a new space"
CLOSE = "close"


async def _close(memory: StoredMemory) -> None:
    memory.load_state_dict({"_compressed_summary": _LOADED})
    await memory.close()


OPERATIONS: dict[str, Operation] = {
    "add": lambda memory: memory.add(_FIRST),
    "add list": lambda memory: memory.add(list(_MORE), ["m", "o"]),
    NEW_SPACE: lambda memory: memory.add(list(_MORE), ["m", "o"]),
    "delete": lambda memory: memory.delete(["a", "c", "none"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark("m"),
    "size": lambda memory: memory.size(),
    "clear": lambda memory: memory.clear(),
    "get_memory": lambda memory: memory.get_memory(),
    "get_memory mark": lambda memory: memory.get_memory("m", "n"),
    "update_messages_mark": lambda memory: memory.update_messages_mark("o", "m"),
    "update_messages_mark ids": lambda memory: memory.update_messages_mark("o", None, ["a", "d"]),
    "update_compressed_summary": lambda memory: memory.update_compressed_summary("after"),
    "export_state": lambda memory: memory.export_state(),
    "import_state": lambda memory: memory.import_state(IMPORTED),
    CLOSE: _close,
}


async def after(name: str) -> Any:
    """Return what a space holds after an operation."""
    if name == CLOSE:
        return {**BEFORE, "_compressed_summary": _LOADED}
    memory = InMemoryMemory()
    await memory.import_state(before(name))
    await OPERATIONS[name](memory)
    return await memory.export_state()


def before(name: str) -> Any:
    """Return what a space holds before an operation."""
    return EMPTY if name == NEW_SPACE else BEFORE
