"""What a request wants done to a row, checked before anything is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from tablestore_emulator.errors import condition_failed, invalid
from tablestore_emulator.limits import Limits, row_bytes
from tablestore_emulator.plain_buffer import Cell, CellOperation, EncodedRow, decode_row
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.tables.filters import Filter, parse_filter
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.schema import check_values
from tablestore_emulator.values import AUTO_INCREMENT, NamedKey

_DELETES = (CellOperation.DELETE_ALL_VERSIONS, CellOperation.DELETE_ONE_VERSION)


class ChangeKind(Enum):
    """How a row is changed."""

    PUT = "PutRow"
    UPDATE = "UpdateRow"
    DELETE = "DeleteRow"


class Condition(NamedTuple):
    """What must hold for a change to happen.

    Args:
        existence: the protocol's RowExistenceExpectation.
        columns: what the row's columns must be; None for anything.
    """

    existence: int
    columns: Filter | None

    @property
    def is_trivial(self) -> bool:
        """Whether it holds for every row, so that none is read."""
        return self.existence == tables.IGNORE and self.columns is None

    def check(self, row: StoredRow | None) -> None:
        """Check that it holds.

        Args:
            row: the row; None if there is none.

        Raises:
            ServiceError: it does not.
        """
        if self.existence == tables.EXPECT_EXIST and row is None:
            raise condition_failed()
        if self.existence == tables.EXPECT_NOT_EXIST and row is not None:
            raise condition_failed()
        if self.columns is not None and not self.columns.passes(row.columns if row else {}):
            raise condition_failed()


class Returned(NamedTuple):
    """What is answered of the row.

    Args:
        kind: the protocol's ReturnType.
        columns: the columns that are returned as they have become.
    """

    kind: int
    columns: tuple[str, ...]


class Change(NamedTuple):
    """A change of one row.

    Args:
        kind: how it is changed.
        primary_key: names and values; the service may have to make one.
        cells: what is written, deleted and added to.
        condition: what must hold.
        returned: what is answered.
        size: how many bytes it counts for.
    """

    kind: ChangeKind
    primary_key: NamedKey
    cells: list[Cell]
    condition: Condition
    returned: Returned
    size: int

    @property
    def has_increment(self) -> bool:
        """Whether the service is to make a value of the primary key."""
        return any(value is AUTO_INCREMENT for _, value in self.primary_key)


def change_of(
    kind: ChangeKind, data: bytes, condition: Message, returned: Message, limits: Limits
) -> Change:
    """Return the change that a request asks for.

    Args:
        kind: how the row is changed.
        data: the row in PlainBuffer.
        condition: the protocol's Condition.
        returned: the protocol's ReturnContent.
        limits: the service's limits.

    Raises:
        ServiceError: it breaks a limit, or says something that its kind does not allow.
        PlainBufferError: the row is malformed.
    """
    row = decode_row(data)
    limits.check_key(row.primary_key)
    check_values(row.primary_key)
    _CHECKS[kind](row)
    limits.check_cells(row.cells)
    key_names = {name for name, _ in row.primary_key}
    for cell in row.cells:
        if cell.name in key_names:
            raise invalid(
                f"Duplicated attribute column name with primary key column: '{cell.name}'."
            )
    size = row_bytes(row.primary_key, row.cells)
    limits.check_row_bytes(kind.value, size)
    return Change(
        kind=kind,
        primary_key=row.primary_key,
        cells=row.cells,
        condition=_condition(condition, limits),
        returned=Returned(returned.return_type, tuple(returned.return_column_names)),
        size=size,
    )


def check_repeated(changes: Sequence[Change]) -> None:
    """Check that no row that occurs more than once in a batch has a condition.

    Args:
        changes: the changes of one table.

    Raises:
        ServiceError: one has.
    """
    seen: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        key = tuple((name, type(value), value) for name, value in change.primary_key)
        if not change.has_increment:
            seen.setdefault(key, []).append(change)
    for repeated in seen.values():
        if len(repeated) == 1:
            continue
        if any(change.condition.existence != tables.IGNORE for change in repeated):
            raise invalid(
                "Repeated rows do not support row exist expectation check in BatchModify."
            )
        if any(change.condition.columns is not None for change in repeated):
            raise invalid("Repeated rows do not support row condition check in BatchModify.")


def _condition(message: Message, limits: Limits) -> Condition:
    columns = None
    if message.HasField("column_condition"):
        columns = parse_filter(message.column_condition, limits).rows
        if columns is None:
            raise invalid("Invalid condition: a column pagination.")
    return Condition(message.row_existence, columns)


def _check_put(row: EncodedRow) -> None:
    _check_no_marker(row)
    for cell in row.cells:
        if cell.operation is not None:
            raise invalid(f"OpType cannot be given for column name: {cell.name} in PutRow.")
        if cell.value is None:
            raise invalid("Invalid request of put row: find cells without values.")


def _check_update(row: EncodedRow) -> None:
    _check_no_marker(row)
    if not row.cells:
        raise invalid("Invalid update row request: missing cells in request.")
    for cell in row.cells:
        if cell.operation in _DELETES:
            _check_delete_of_cell(cell)
        elif cell.value is None:
            raise invalid(f"Invalid cell: {cell.name}. Reason: missing value.")


def _check_delete_of_cell(cell: Cell) -> None:
    if cell.value is not None:
        raise invalid(
            "Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION."
        )
    if cell.operation is CellOperation.DELETE_ONE_VERSION and cell.timestamp is None:
        raise invalid("Timestamp must be given when type is DELETE_ONE_VERSION.")
    if cell.operation is CellOperation.DELETE_ALL_VERSIONS and cell.timestamp is not None:
        raise invalid("Timestamp cannot be given when type is DELETE_ALL_VERSION.")


def _check_delete(row: EncodedRow) -> None:
    if not row.is_deleted:
        raise invalid("Invalid request of delete row: missing RowDeleteMarker in request.")
    if row.cells:
        raise invalid("Invalid delete row request: unexpected cells in request.")


def _check_no_marker(row: EncodedRow) -> None:
    if row.is_deleted:
        raise invalid("Invalid request of put/update row: unexpected RowDeleteMarker in request.")


_CHECKS = {
    ChangeKind.PUT: _check_put,
    ChangeKind.UPDATE: _check_update,
    ChangeKind.DELETE: _check_delete,
}
