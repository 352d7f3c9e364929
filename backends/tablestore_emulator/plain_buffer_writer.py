"""Writing PlainBuffer."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from tablestore_emulator.checksum import checksum
from tablestore_emulator.plain_buffer_form import (
    WITHOUT_CONTENT,
    CellOperation,
    EncodedCell,
    Kind,
    Tag,
)
from tablestore_emulator.values import KeyPart


def encode_value(value: KeyPart) -> bytes:
    """Return a value's type and content.

    Args:
        value: the value.
    """
    match value:
        # A bool is an int too.
        case bool():
            return bytes((Kind.BOOLEAN, value))
        case int():
            return struct.pack("<Bq", Kind.INTEGER, value)
        case float():
            return struct.pack("<Bd", Kind.DOUBLE, value)
        case str():
            content = value.encode()
            return struct.pack("<BI", Kind.STRING, len(content)) + content
        case bytes():
            return struct.pack("<BI", Kind.BLOB, len(value)) + value
    return bytes((next(kind for kind, it in WITHOUT_CONTENT.items() if it is value),))


def encode_cell(
    name: str,
    value: KeyPart | None,
    timestamp: int | None = None,
    operation: CellOperation | None = None,
) -> EncodedCell:
    """Return a cell's bytes and checksum.

    Args:
        name: the column's name.
        value: its value; None where an operation needs none.
        timestamp: its version, in milliseconds.
        operation: what it does, in a request.
    """
    named = name.encode()
    data = struct.pack("<BBI", Tag.CELL, Tag.NAME, len(named)) + named
    total = checksum(named)
    if value is not None:
        body = encode_value(value)
        data += struct.pack("<BI", Tag.VALUE, len(body)) + body
        total = checksum(body, total)
    if operation is not None:
        data += bytes((Tag.OPERATION, operation))
    if timestamp is not None:
        stamp = struct.pack("<q", timestamp)
        data += bytes((Tag.TIMESTAMP,)) + stamp
        total = checksum(stamp, total)
    if operation is not None:
        total = checksum(bytes((operation,)), total)
    return EncodedCell(data + bytes((Tag.CELL_CHECKSUM, total)), total)


def encode_row(
    primary_key: Sequence[tuple[str, KeyPart]],
    cells: Iterable[EncodedCell] = (),
    is_deleted: bool = False,
) -> bytes:
    """Return a row's bytes, without the header.

    Args:
        primary_key: the names and values of the primary key.
        cells: the attributes' cells.
        is_deleted: whether it carries the marker of a deleted row.
    """
    keys = [encode_cell(name, value) for name, value in primary_key]
    attributes = list(cells)
    parts = [bytes((Tag.ROW_KEY,)), *(cell.data for cell in keys)]
    if attributes:
        parts.append(bytes((Tag.ROW_DATA,)))
        parts.extend(cell.data for cell in attributes)
    if is_deleted:
        parts.append(bytes((Tag.DELETED,)))
    total = checksum(bytes([*(cell.checksum for cell in (*keys, *attributes)), is_deleted]))
    parts.append(bytes((Tag.ROW_CHECKSUM, total)))
    return b"".join(parts)
