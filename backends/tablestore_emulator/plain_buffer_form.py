"""The parts of PlainBuffer: its tags, its types, what its rows and cells are here."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from tablestore_emulator.values import (
    AUTO_INCREMENT,
    INF_MAX,
    INF_MIN,
    KeyPart,
    Value,
)

HEADER = b"\x75\x00\x00\x00"
"""What every buffer starts with."""


class Tag(IntEnum):
    """What announces the part that follows."""

    ROW_KEY = 1
    ROW_DATA = 2
    CELL = 3
    NAME = 4
    VALUE = 5
    OPERATION = 6
    TIMESTAMP = 7
    DELETED = 8
    ROW_CHECKSUM = 9
    CELL_CHECKSUM = 10


class Kind(IntEnum):
    """The type of a value."""

    INTEGER = 0
    DOUBLE = 1
    BOOLEAN = 2
    STRING = 3
    BLOB = 7
    INF_MIN = 9
    INF_MAX = 10
    AUTO_INCREMENT = 11


WITHOUT_CONTENT: dict[int, KeyPart] = {
    Kind.INF_MIN: INF_MIN,
    Kind.INF_MAX: INF_MAX,
    Kind.AUTO_INCREMENT: AUTO_INCREMENT,
}
"""The values that are their type alone."""


class CellOperation(IntEnum):
    """What an update does to a cell; without one it writes it."""

    DELETE_ALL_VERSIONS = 1
    DELETE_ONE_VERSION = 3
    INCREMENT = 4


OPERATIONS = {int(operation): operation for operation in CellOperation}
"""The operations by their numbers."""


class Cell(NamedTuple):
    """An attribute's cell."""

    name: str
    value: Value | None = None
    operation: CellOperation | None = None
    timestamp: int | None = None


class EncodedRow(NamedTuple):
    """A row as it is sent."""

    primary_key: list[tuple[str, KeyPart]]
    cells: list[Cell]
    is_deleted: bool


class EncodedCell(NamedTuple):
    """A cell's bytes, and its checksum, of which the row's is made."""

    data: bytes
    checksum: int


class PlainBufferError(ValueError):
    """Bytes that are not PlainBuffer; the text is the service's."""
