"""The operations of the service, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tablestore_emulator.apis import (
    batches,
    rows,
    searches,
    table_operations,
    transactions,
)
from tablestore_emulator.instance import Instance
from tablestore_emulator.protocol import Message

Api: TypeAlias = Callable[[Instance, bytes], Message]
"""What answers an operation: an instance and a request's body in, a response out."""

APIS: dict[str, Api] = {
    **table_operations.APIS,
    **rows.APIS,
    **batches.APIS,
    **transactions.APIS,
    **searches.APIS,
}
"""Every operation that there is."""
