"""PlainBuffer, the form of rows on the wire.

A row is ``0x75 00 00 00`` once, then a tag and what it announces, over and over: the primary key's
cells, the attributes' cells, a marker if the row is deleted, and a checksum. A cell has a name, a
value with its type, an operation and a timestamp, and a checksum of them in the order name, value,
timestamp, operation, whatever their order on the wire.
"""

from __future__ import annotations

from tablestore_emulator.plain_buffer_form import (
    HEADER,
    Cell,
    CellOperation,
    EncodedCell,
    EncodedRow,
    PlainBufferError,
)
from tablestore_emulator.plain_buffer_reader import (
    decode_row,
    decode_rows,
    decode_value,
)
from tablestore_emulator.plain_buffer_writer import (
    encode_cell,
    encode_row,
    encode_value,
)

__all__ = [
    "HEADER",
    "Cell",
    "CellOperation",
    "EncodedCell",
    "EncodedRow",
    "PlainBufferError",
    "decode_row",
    "decode_rows",
    "decode_value",
    "encode_cell",
    "encode_row",
    "encode_value",
]
