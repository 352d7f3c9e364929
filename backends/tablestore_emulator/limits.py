"""The limits that the service has, and the checks of a request against them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tablestore_emulator.errors import invalid
from tablestore_emulator.plain_buffer import Cell
from tablestore_emulator.values import KeyPart, NamedKey, size_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The service's limits, which a test may lower.

    Args:
        tables: tables of an instance, indexes' tables with them.
        key_columns: columns of a primary key.
        index_key_columns: columns that an index adds to the primary key.
        defined_columns: columns that a table defines beforehand.
        secondary_indexes: secondary indexes of a table.
        key_bytes: bytes of a value in a primary key.
        value_bytes: bytes of a value elsewhere.
        columns: columns of a write, or asked for in a read.
        row_bytes: bytes of a row in one request.
        batch_bytes: bytes of the rows of a BatchWriteRow.
        written_rows: rows of a BatchWriteRow.
        read_rows: rows of a BatchGetRow.
        scanned_rows: rows that one GetRange looks at.
        scanned_bytes: bytes that one GetRange looks at.
        filters: conditions of a filter.
        body_bytes: bytes of a request.
        transaction_seconds: how long a local transaction lives.
        transaction_bytes: bytes that a local transaction writes.
        clock_skew_seconds: by how much a client's clock may be wrong.
    """

    tables: int = 64
    key_columns: int = 4
    index_key_columns: int = 4
    defined_columns: int = 32
    secondary_indexes: int = 5
    key_bytes: int = 1024
    value_bytes: int = 2 * MEGABYTE
    columns: int = 1024
    row_bytes: int = 4 * MEGABYTE
    batch_bytes: int = 4 * MEGABYTE
    written_rows: int = 200
    read_rows: int = 100
    scanned_rows: int = 5000
    scanned_bytes: int = 4 * MEGABYTE
    filters: int = 32
    body_bytes: int = 5 * MEGABYTE
    transaction_seconds: float = 60.0
    transaction_bytes: int = 4 * MEGABYTE
    clock_skew_seconds: float = 15 * 60.0

    def check_key(self, primary_key: NamedKey) -> None:
        """Check the names and the lengths of a primary key.

        Args:
            primary_key: names and values.

        Raises:
            ServiceError: a name is given twice, or a value is too long.
        """
        names = [name for name, _ in primary_key]
        for place, (name, value) in enumerate(primary_key):
            check_column_name(name)
            if name in names[:place]:
                raise invalid(f"Duplicated primary key name: '{name}'.")
            size = size_of(value)
            if size > self.key_bytes:
                raise invalid(
                    f"The length of primary key column: '{name}' exceeds the "
                    f"MaxLength:{self.key_bytes} with CurrentLength:{size}."
                )

    def check_cells(self, cells: Sequence[Cell]) -> None:
        """Check the names, the values and the number of the columns of a write.

        Args:
            cells: the cells.

        Raises:
            ServiceError: there are too many, a name is bad, a value is too long or no number.
        """
        if len(cells) > self.columns:
            raise invalid(
                f"The number of attribute columns exceeds the limit, limit count: {self.columns}, "
                f"column count: {len(cells)}."
            )
        for name, value, _, _ in cells:
            check_column_name(name)
            if isinstance(value, float):
                _check_number(value)
            elif isinstance(value, str | bytes) and (size := size_of(value)) > self.value_bytes:
                raise invalid(
                    f"The length of attribute column: '{name}' exceeds the "
                    f"MaxLength:{self.value_bytes} with CurrentLength:{size}."
                )

    def check_row_bytes(self, api: str, size: int) -> None:
        """Check the size of a row that is written alone.

        Args:
            api: the operation's name.
            size: bytes of names and values.

        Raises:
            ServiceError: it is too large.
        """
        if size > self.row_bytes:
            raise invalid(
                f"The total data size of {api} request exceeds the limit, limit size: "
                f"{self.row_bytes}, data size: {size}."
            )

    def check_columns_to_get(self, names: Sequence[str]) -> None:
        """Check the columns that a read asks for.

        Args:
            names: their names.

        Raises:
            ServiceError: there are too many, or a name is bad.
        """
        if len(names) > self.columns:
            raise invalid(
                "The number of columns from the request exceeds the limit, limit count: "
                f"{self.columns}, column count: {len(names)}."
            )
        for name in names:
            check_column_name(name)


def check_table_name(name: str) -> None:
    """Check the name of a table or an index.

    Args:
        name: the name.

    Raises:
        ServiceError: it is not a name.
    """
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid table name: '{name}'.")


def check_column_name(name: str) -> None:
    """Check the name of a column.

    Args:
        name: the name.

    Raises:
        ServiceError: it is not a name.
    """
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid column name: '{name}'.")


def row_bytes(primary_key: Sequence[tuple[str, KeyPart]], cells: Sequence[Cell]) -> int:
    """Return how many bytes a row counts for: those of its names and values.

    Args:
        primary_key: names and values.
        cells: the attributes.
    """
    keys = sum(len(name) + size_of(value) for name, value in primary_key)
    return keys + sum(
        len(name) + (0 if value is None else size_of(value)) for name, value, _, _ in cells
    )


def _check_number(value: float) -> None:
    if math.isnan(value):
        raise invalid("NaN can't be set to double value.")
    if math.isinf(value):
        raise invalid("Infinity can't be set to double value.")
