"""The conformance kit for agent-memory backends.

What an author of a backend needs is here; it is imported when it is asked for, since pytest loads
this package in every run of whoever has it installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    return getattr(import_module(_HOMES[name]), name)
