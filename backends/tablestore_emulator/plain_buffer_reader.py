"""Reading PlainBuffer: everything is checked, lengths and checksums too."""

from __future__ import annotations

import struct

from tablestore_emulator.checksum import checksum
from tablestore_emulator.plain_buffer_form import (
    HEADER,
    OPERATIONS,
    WITHOUT_CONTENT,
    Cell,
    CellOperation,
    EncodedRow,
    Kind,
    PlainBufferError,
    Tag,
)
from tablestore_emulator.values import KeyPart, Value


def decode_row(data: bytes) -> EncodedRow:
    """Return the only row of a buffer.

    Args:
        data: the buffer.

    Raises:
        PlainBufferError: it is malformed, a checksum is wrong, or there is more than a row.
    """
    rows = decode_rows(data)
    if len(rows) != 1:
        raise PlainBufferError("data format is invalid.")
    return rows[0]


def decode_rows(data: bytes) -> list[EncodedRow]:
    """Return the rows of a buffer.

    Args:
        data: the buffer; empty, it has none.

    Raises:
        PlainBufferError: it is malformed, or a checksum is wrong.
    """
    if not data:
        return []
    if data[:4] != HEADER:
        actual = int.from_bytes(data[:4], "little")
        raise PlainBufferError(
            f"Cell data broken, mismatch header, actual: {actual:#x}, expect: 0x75."
        )
    reader = _Reader(data)
    rows = [reader.row()]
    while not reader.is_at_end:
        rows.append(reader.row())
    return rows


def decode_value(data: bytes) -> KeyPart:
    """Return a value that stands alone, as in a filter: its type and its content.

    Args:
        data: the bytes.

    Raises:
        PlainBufferError: they are not one value.
    """
    return _value(data, 0, len(data))


class _Reader:
    """What reads a buffer, from left to right."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(HEADER)

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._data)

    def row(self) -> EncodedRow:
        self._expect(Tag.ROW_KEY)
        primary_key: list[tuple[str, KeyPart]] = []
        cells: list[Cell] = []
        sums = bytearray()
        while self._next_is(Tag.CELL):
            name, value, operation, timestamp = self._cell(sums)
            if value is None:
                raise PlainBufferError(f"Cell data broken, PK value cannot be NULL, name: {name}.")
            if operation is not None:
                raise PlainBufferError(f"OpType cannot be given for primary key name: {name}.")
            if timestamp is not None:
                raise PlainBufferError(f"Timestamp cannot be given for primary key name: {name}.")
            primary_key.append((name, value))
        if not primary_key:
            raise PlainBufferError("Cell data broken, no PK follow PKTag.")
        if self._next_is(Tag.ROW_DATA):
            while self._next_is(Tag.CELL):
                name, value, operation, timestamp = self._cell(sums)
                if value is not None and not isinstance(value, Value):
                    raise PlainBufferError(f"Invalid column type: {value}.")
                cells.append(Cell(name, value, operation, timestamp))
            if not cells:
                raise PlainBufferError("Cell data broken, no Cells follow CellTag.")
        is_deleted = self._next_is(Tag.DELETED)
        sums.append(is_deleted)
        if not self._next_is(Tag.ROW_CHECKSUM):
            raise PlainBufferError("Cell data broken, row is not end with checksum tag.")
        self._check_sum(checksum(sums))
        return EncodedRow(primary_key, cells, is_deleted)

    def _cell(
        self, sums: bytearray
    ) -> tuple[str, KeyPart | None, CellOperation | None, int | None]:
        self._expect(Tag.NAME)
        named = self._take(self._length())
        total = checksum(named)
        value: KeyPart | None = None
        operation: CellOperation | None = None
        timestamp: int | None = None
        if self._next_is(Tag.VALUE):
            body = self._take(self._length())
            value = _value(body, 0, len(body))
            total = checksum(body, total)
        if self._next_is(Tag.OPERATION):
            (kind,) = self._take(1)
            operation = OPERATIONS.get(kind)
            if operation is None:
                raise PlainBufferError(f"Invalid op type of cell: {kind}.")
        if self._next_is(Tag.TIMESTAMP):
            stamp = self._take(8)
            timestamp = int.from_bytes(stamp, "little", signed=True)
            total = checksum(stamp, total)
        if operation is not None:
            total = checksum(bytes((operation,)), total)
        if not self._next_is(Tag.CELL_CHECKSUM):
            raise PlainBufferError("Cell data broken, cell is not end with checksum[0xA] tag.")
        self._check_sum(total)
        sums.append(total)
        return _text(named), value, operation, timestamp

    def _check_sum(self, expected: int) -> None:
        (given,) = self._take(1)
        if given != expected:
            raise PlainBufferError(f"Cell data broken, checksum is mismatch, {given}:{expected}:")

    def _next_is(self, tag: int) -> bool:
        found = self._at < len(self._data) and self._data[self._at] == tag
        self._at += found
        return found

    def _expect(self, tag: int) -> None:
        if not self._next_is(tag):
            actual = self._data[self._at] if self._at < len(self._data) else 0
            raise PlainBufferError(
                f"Cell data broken, mismatch tag, actual tag({actual:#x}), expect({tag:#x})."
            )

    def _length(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise PlainBufferError("Input encoded PK broken, length is shorter than expect.")
        taken = self._data[self._at : end]
        self._at = end
        return taken


def _value(data: bytes, start: int, end: int) -> KeyPart:
    """Return the value whose type is at `start`, and whose content goes up to `end`."""
    size = end - start - 1
    if size < 0:
        raise PlainBufferError("data format is invalid.")
    kind = data[start]
    if kind in (Kind.STRING, Kind.BLOB):
        if size < 4 or int.from_bytes(data[start + 1 : start + 5], "little") != size - 4:
            raise PlainBufferError(f"Cell data broken, wrong string format, size: {size}.")
        content = data[start + 5 : end]
        return _text(content) if kind == Kind.STRING else content
    if kind == Kind.BOOLEAN:
        if size != 1 or data[start + 1] > 1:
            raise PlainBufferError(f"Invalid boolean real value, value length: {size}.")
        return data[start + 1] == 1
    if kind in (Kind.INTEGER, Kind.DOUBLE) and size == 8:
        form = "<q" if kind == Kind.INTEGER else "<d"
        number: int | float = struct.unpack_from(form, data, start + 1)[0]
        return number
    if kind in WITHOUT_CONTENT and size == 0:
        return WITHOUT_CONTENT[kind]
    raise PlainBufferError("data format is invalid, unknown variant type occured.")


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise PlainBufferError(
            f"Cell data broken, wrong string format, size: {len(content)}."
        ) from None
