"""GetRange: the rows between two keys, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from tablestore_emulator.errors import invalid
from tablestore_emulator.limits import Limits
from tablestore_emulator.tables.reads import Projection
from tablestore_emulator.tables.schema import Schema
from tablestore_emulator.tables.table import View
from tablestore_emulator.values import Key, KeyBound


@dataclass(frozen=True)
class RangeRead:
    """What a GetRange asks for.

    Args:
        start: where it begins; the row there is part of it.
        end: where it ends; the row there is not.
        is_forward: whether keys grow.
        limit: how many rows at most; None for a page.
        projection: what of each row.
    """

    start: KeyBound
    end: KeyBound
    is_forward: bool
    limit: int | None
    projection: Projection

    def check(self) -> None:
        """Check the limit, and that the range goes in its direction.

        Raises:
            ServiceError: it does not.
        """
        if self.limit is not None and self.limit <= 0:
            raise invalid("The limit must be greater than 0.")
        if self.is_forward and not self.start < self.end:
            raise invalid("Begin key must less than end key in FORWARD")
        if not self.is_forward and not self.start > self.end:
            raise invalid("Begin key must more than end key in BACKWARD")


@dataclass
class RangePage:
    """A page of a range.

    Args:
        rows: the rows in PlainBuffer, without the header.
        size: how many bytes were looked at.
        next_key: where the next page begins; None if this was the last.
    """

    rows: list[bytes]
    size: int
    next_key: Key | None


def read_range(view: View, schema: Schema, asked: RangeRead, limits: Limits, now: int) -> RangePage:
    """Return the first page of a range.

    The limits of a page are on what is looked at, and the request's own limit on what is returned:
    a page whose rows a filter throws out is empty, and says where the next one begins.

    Args:
        view: the table, or a transaction on it.
        schema: the table's.
        asked: the range.
        limits: the service's.
        now: the time, in milliseconds.
    """
    page = RangePage([], 0, None)
    looked_at = 0
    keys = (view.forward if asked.is_forward else view.backward)(asked.start, asked.end)
    for key in keys:
        stored = view.get(key)
        row = None if stored is None else stored.without_expired(schema.options, now)
        if row is None:
            continue
        if (
            len(page.rows) == asked.limit
            or looked_at == limits.scanned_rows
            or page.size >= limits.scanned_bytes
        ):
            page.next_key = key
            break
        looked_at += 1
        data, size = asked.projection.read(schema, key, row)
        if data:
            page.rows.append(data)
        page.size += size or row.bytes_of_columns()
    return page
