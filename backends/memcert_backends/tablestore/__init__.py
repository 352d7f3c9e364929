"""A memory in Alibaba Cloud Tablestore; and an emulator of that, in ``emulator``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memcert_backends.tablestore.memory import TablestoreMemory
    from memcert_backends.tablestore.sdk import new_client

__all__ = ["TablestoreMemory", "new_client"]

# The emulator is used without the memory, and imports nothing else of memcert.
_HOMES = {"TablestoreMemory": "memory", "new_client": "sdk"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
