"""A memory in Alibaba Cloud Tablestore, its backend, and how memcert's emulator is started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memcert_backends.extras import Home, imported

if TYPE_CHECKING:
    from memcert_backends.tablestore.memory import TablestoreMemory
    from memcert_backends.tablestore.sdk import new_client

__all__ = ["TablestoreMemory", "new_client"]

_HOMES = {
    "TablestoreMemory": Home("memcert_backends.tablestore.memory", "tablestore"),
    "new_client": Home("memcert_backends.tablestore.sdk", "tablestore"),
}


def __getattr__(name: str) -> Any:
    return imported(name, _HOMES, __name__)
