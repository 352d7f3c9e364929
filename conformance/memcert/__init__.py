"""The conformance kit for agent-memory backends.

What an author of a backend needs is here; it is imported when it is asked for, since pytest loads
this package in every run of whoever has it installed, and Ctrl-C waits for it to be imported.
"""

from __future__ import annotations

TYPE_CHECKING = False  # That of `typing`, which takes its time.
if TYPE_CHECKING:
    from typing import Any

    from memcert.memories import open_memories
    from memcert.replaying import replay
    from memcert.resolver import resolve
    from memcert_backends.backend import Backend, Space, backend

_HOMES = {
    "Backend": "memcert_backends.backend",
    "Space": "memcert_backends.backend",
    "backend": "memcert_backends.backend",
    "open_memories": "memcert.memories",
    "replay": "memcert.replaying",
    "resolve": "memcert.resolver",
}

__all__ = ["Backend", "Space", "backend", "open_memories", "replay", "resolve"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
