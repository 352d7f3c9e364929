"""A row of the table, and how the SDK has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from memcert_backends.tablestore.sdk import ots

KEY = (("space", "STRING"), ("version", "INTEGER"), ("part", "INTEGER"), ("writer", "STRING"))
"""The primary key: whose row it is, and where in the order of what happened there."""

KIND = "kind"
"""The column that every row has: what it is."""

SEALED = "sealed"
"""The kind of the rows that reads of ranges leave out."""

MAX_ROWS = 200
"""How many rows BatchWriteRow takes."""

BATCH_BYTES = 1_000_000
"""How much one BatchWriteRow is given. It takes 4 MB, but the SDK's codec blocks the event loop for
a tenth of a second for each, and aiohttp warns of bodies of more than 1 MiB."""

_OTHER_BYTES = 512


class Key(NamedTuple):
    """A row's place within its space."""

    version: int
    part: int
    writer: str


class Item(NamedTuple):
    """A row: texts, integers, and bytes as a bytearray, since the SDK takes bytes for a text."""

    key: Key
    columns: Mapping[str, Any]

    @property
    def size(self) -> int:
        """About how many bytes it takes, and no less."""
        long = (value for value in self.columns.values() if not isinstance(value, int))
        return _OTHER_BYTES + sum(
            len(value.encode()) if isinstance(value, str) else len(value) for value in long
        )


def named(space: str, version: Any, part: Any, writer: Any) -> list[tuple[str, Any]]:
    """Return a primary key as the SDK takes it.

    Args:
        space: the space, as the first key column has it.
        version: the version; it and the rest may be ``INF_MIN`` or ``INF_MAX``.
        part: the part.
        writer: the writer.
    """
    return [("space", space), ("version", version), ("part", part), ("writer", writer)]


def key_of(primary_key: Iterable[tuple[Any, ...]]) -> Key:
    """Return a place from what the SDK gives.

    Args:
        primary_key: names and values.
    """
    found = {column[0]: column[1] for column in primary_key}
    return Key(int(found["version"]), int(found["part"]), str(found["writer"]))


def columns_of(row: Any) -> dict[str, Any]:
    """Return the columns of a row that the SDK gives.

    Args:
        row: the SDK's row.
    """
    return {column[0]: column[1] for column in row.attribute_columns or ()}


def batches(changes: Iterable[tuple[int, Any]]) -> Iterator[list[Any]]:
    """Return changes in as few batches as the limits allow.

    Args:
        changes: how many bytes each takes, and what it is.
    """
    batch: list[Any] = []
    taken = 0
    for size, change in changes:
        if batch and (len(batch) == MAX_ROWS or taken + size > BATCH_BYTES):
            yield batch
            batch, taken = [], 0
        batch.append(change)
        taken += size
    if batch:
        yield batch


def put_of(space: str, item: Item) -> Any:
    """Return the change of a BatchWriteRow that puts a row, whatever was there.

    Args:
        space: the space.
        item: the row.
    """
    row = ots.Row(named(space, *item.key), list(item.columns.items()))
    return ots.PutRowItem(row, ots.Condition(ots.RowExistenceExpectation.IGNORE))


def deletion_of(space: str, key: Key) -> Any:
    """Return the change of a BatchWriteRow that deletes a row, if it is there.

    Args:
        space: the space.
        key: where it is.
    """
    row = ots.Row(named(space, *key))
    return ots.DeleteRowItem(row, ots.Condition(ots.RowExistenceExpectation.IGNORE))
