"""A stored row: for each column its versions, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tablestore_emulator.errors import invalid
from tablestore_emulator.plain_buffer import (
    Cell,
    CellOperation,
    EncodedCell,
    encode_cell,
)
from tablestore_emulator.tables.options import FOREVER, Options
from tablestore_emulator.values import Value, size_of

_INT64 = 2**63


class Version:
    """One value that a column has, or had.

    Args:
        timestamp: the version, in milliseconds.
        value: the value.
    """

    __slots__ = ("_encoded", "timestamp", "value")

    def __init__(self, timestamp: int, value: Value) -> None:
        self.timestamp = timestamp
        self.value = value
        self._encoded: EncodedCell | None = None

    def encoded(self, name: str) -> EncodedCell:
        """Return it as it is sent; the same bytes serve every reader.

        Args:
            name: the column's name.
        """
        if self._encoded is None:
            self._encoded = encode_cell(name, self.value, self.timestamp)
        return self._encoded


@dataclass
class StoredRow:
    """A row.

    Args:
        columns: for each column its versions, the newest first, never none; sorted by name.
        written_at: when it was last written, in milliseconds.
    """

    columns: dict[str, list[Version]] = field(default_factory=dict)
    written_at: int = 0

    def copy(self) -> StoredRow:
        """Return a copy whose changes do not change this one."""
        columns = {name: list(versions) for name, versions in self.columns.items()}
        return StoredRow(columns, self.written_at)

    def latest(self) -> dict[str, Value]:
        """Return the newest value of each column, sorted by name."""
        return {name: versions[0].value for name, versions in self.columns.items()}

    def only(self, names: Iterable[str]) -> StoredRow:
        """Return a row of some of the columns.

        Args:
            names: their names; those that it does not have are left out.
        """
        kept = {name: self.columns[name] for name in sorted(names) if name in self.columns}
        return StoredRow(kept, self.written_at)

    def bytes_of_columns(self) -> int:
        """Return how many bytes its columns count for."""
        return sum(
            len(name) + size_of(version.value)
            for name, versions in self.columns.items()
            for version in versions
        )

    def without_expired(self, options: Options, now: int) -> StoredRow | None:
        """Return what of it has not expired; None if nothing is left.

        Args:
            options: the table's.
            now: the time, in milliseconds.
        """
        if options.time_to_live == FOREVER:
            return self
        oldest = now - options.time_to_live * 1000
        if not self.columns:
            return self if self.written_at > oldest else None
        kept = {
            name: living
            for name, versions in self.columns.items()
            if (living := [version for version in versions if version.timestamp > oldest])
        }
        return StoredRow(kept, self.written_at) if kept else None


def check_timestamps(cells: Iterable[Cell], options: Options, now: int) -> None:
    """Check that the versions that a write gives are near the time.

    Args:
        cells: what it writes.
        options: the table's.
        now: the time, in milliseconds.

    Raises:
        ServiceError: one is out of the range of valid versions.
    """
    reach = options.deviation * 1000
    earliest = now - reach
    if options.time_to_live != FOREVER:
        earliest = max(earliest, now - options.time_to_live * 1000)
    for cell in cells:
        if cell.timestamp is None or cell.operation is not None:
            continue
        if not 0 <= cell.timestamp < _INT64 // 1000:
            raise invalid("Timestamp must be in range [0, INT64_MAX/1000).")
        if not max(earliest, 0) <= cell.timestamp < now + reach:
            raise invalid(f"Invalid timestamp. Cell: {cell.name}.")


def put(cells: Iterable[Cell], options: Options, now: int) -> StoredRow:
    """Return the row that a PutRow makes, whatever was there.

    Args:
        cells: what it writes.
        options: the table's.
        now: the time, in milliseconds.
    """
    row = StoredRow(written_at=now)
    for cell in cells:
        assert cell.value is not None
        stamp = now if cell.timestamp is None else cell.timestamp
        _write(row, cell.name, Version(stamp, cell.value), options)
    row.columns = dict(sorted(row.columns.items()))
    return row


def update(
    old: StoredRow | None, cells: Sequence[Cell], options: Options, now: int
) -> StoredRow | None:
    """Return the row that an UpdateRow makes of what was there.

    Args:
        old: the row; None if there is none.
        cells: what is written, deleted and added to, in order.
        options: the table's.
        now: the time, in milliseconds.

    Returns:
        The row, or None: deleting from a row that is not there makes none.

    Raises:
        ServiceError: something is added to what is not an integer.
    """
    row = StoredRow() if old is None else old.copy()
    writes = False
    for cell in cells:
        versions = row.columns.get(cell.name, [])
        if cell.operation is CellOperation.DELETE_ALL_VERSIONS:
            row.columns.pop(cell.name, None)
            continue
        if cell.operation is CellOperation.DELETE_ONE_VERSION:
            kept = [version for version in versions if version.timestamp != cell.timestamp]
            if kept:
                row.columns[cell.name] = kept
            else:
                row.columns.pop(cell.name, None)
            continue
        writes = True
        assert cell.value is not None
        value: Value = cell.value
        if cell.operation is CellOperation.INCREMENT:
            value = _sum(cell.name, versions, value)
        stamp = cell.timestamp
        if stamp is None:
            # Two updates in a millisecond are two versions.
            newest = versions[0].timestamp if versions and options.max_versions > 1 else now - 1
            stamp = max(now, newest + 1)
        _write(row, cell.name, Version(stamp, value), options)
    if old is None and not writes:
        return None
    row.columns = dict(sorted(row.columns.items()))
    row.written_at = now
    return row


def _sum(name: str, versions: Sequence[Version], added: Value) -> int:
    if isinstance(added, bool) or not isinstance(added, int):
        raise invalid(f"Invalid column type: the increment of '{name}' is not INTEGER.")
    before: Value = versions[0].value if versions else 0
    if isinstance(before, bool) or not isinstance(before, int):
        raise invalid(f"Invalid column type: column '{name}' is not INTEGER.")
    # Sums wrap around, as 64-bit integers do.
    return (before + added + _INT64) % (2 * _INT64) - _INT64


def _write(row: StoredRow, name: str, version: Version, options: Options) -> None:
    versions = row.columns.setdefault(name, [])
    versions[:] = [other for other in versions if other.timestamp != version.timestamp]
    place = sum(other.timestamp > version.timestamp for other in versions)
    versions.insert(place, version)
    del versions[options.max_versions :]
