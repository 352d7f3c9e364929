"""What a read returns of a row: columns, versions, a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tablestore_emulator.errors import invalid
from tablestore_emulator.limits import Limits
from tablestore_emulator.plain_buffer import encode_row
from tablestore_emulator.protocol import Message
from tablestore_emulator.tables.filters import Parsed, parse_filter
from tablestore_emulator.tables.row import StoredRow, Version
from tablestore_emulator.tables.schema import Schema
from tablestore_emulator.values import Key, size_of

_EVERY = -1


class ReadRow(NamedTuple):
    """What a read found of a row.

    Args:
        data: the row in PlainBuffer, without the header; empty if it was filtered out.
        size: how many bytes it counts for.
    """

    data: bytes
    size: int


@dataclass(frozen=True)
class Projection:
    """What a read asks for of each row.

    Args:
        columns: the names asked for; empty for all.
        max_versions: how many versions of each; None for all.
        from_time: the lowest version, in milliseconds.
        to_time: what is above the highest version.
        start_column: the lowest name.
        end_column: what is above the highest name; empty for all.
        parsed: its filter.
    """

    columns: frozenset[str]
    max_versions: int | None
    from_time: int
    to_time: int
    start_column: str
    end_column: str
    parsed: Parsed

    def read(self, schema: Schema, key: Key, row: StoredRow) -> ReadRow:
        """Return what it asks for of a row.

        Args:
            schema: the table's.
            key: the row's primary key.
            row: the row, without what has expired.
        """
        found: dict[str, list[Version]] = {}
        for name, versions in row.columns.items():
            if self._wants(name) and (wanted := self._versions(versions)):
                found[name] = wanted
        rows, page = self.parsed
        if rows is not None and not rows.passes(found):
            return ReadRow(b"", 0)
        if not found and not self._wants_only_key(schema, row):
            return ReadRow(b"", 0)
        named = schema.named(key)
        size = sum(len(name) + size_of(value) for name, value in named)
        names = list(found)
        if page is not None:
            names = names[page.offset : page.offset + page.limit]
        cells = []
        for name in names:
            for version in found[name]:
                cells.append(version.encoded(name))
                size += len(name) + size_of(version.value)
        return ReadRow(encode_row(named, cells), size)

    def _wants(self, name: str) -> bool:
        return (
            (not self.columns or name in self.columns)
            and name >= self.start_column
            and (not self.end_column or name < self.end_column)
        )

    def _versions(self, versions: list[Version]) -> list[Version]:
        inside = [it for it in versions if self.from_time <= it.timestamp < self.to_time]
        return inside[: self.max_versions]

    def _wants_only_key(self, schema: Schema, row: StoredRow) -> bool:
        """Tell whether a row of which no attribute was found is returned with its key alone."""
        if self.columns:
            return not self.columns.isdisjoint(schema.key_names)
        return not row.columns


def projection_of(
    request: Message, limits: Limits, no_versions: str = "No version condition is specified."
) -> Projection:
    """Return what a GetRow, a GetRange or a table of a BatchGetRow asks for.

    Args:
        request: the request.
        limits: the service's limits.
        no_versions: what the service says where no versions are asked for.

    Raises:
        ServiceError: something it asks for is not to be had.
    """
    limits.check_columns_to_get(request.columns_to_get)
    has_range = request.HasField("time_range")
    has_versions = request.HasField("max_versions")
    if not has_range and not has_versions:
        raise invalid(no_versions)
    from_time, to_time = 0, 2**63
    if has_range:
        from_time, to_time = _times(request.time_range, has_versions)
    max_versions = None
    if has_versions and request.max_versions != _EVERY:
        if request.max_versions <= 0:
            raise invalid(
                f"Invalid max versions: {request.max_versions}. "
                "Reason: Max versions must be positive."
            )
        max_versions = request.max_versions
    parsed = Parsed(None, None)
    if request.HasField("filter"):
        parsed = parse_filter(request.filter, limits)
    return Projection(
        columns=frozenset(request.columns_to_get),
        max_versions=max_versions,
        from_time=from_time,
        to_time=to_time,
        start_column=request.start_column,
        end_column=request.end_column,
        parsed=parsed,
    )


def _times(asked: Message, has_versions: bool) -> tuple[int, int]:
    has_ends = asked.HasField("start_time") or asked.HasField("end_time")
    if asked.HasField("specific_time"):
        if has_ends and has_versions:
            raise invalid(
                "Specific timestamp, time range and max versions cannot be given at the same time."
            )
        if has_ends:
            raise invalid("Specific tiemstamp and time range cannot be given at the same time.")
        if has_versions:
            raise invalid("Specific tiemstamp and max versions cannot be given at the same time.")
        if asked.specific_time < 0:
            raise invalid("Specific timestamp cannot be less than 0.")
        return asked.specific_time, asked.specific_time + 1
    if not (asked.HasField("start_time") and asked.HasField("end_time")):
        raise invalid("Start and end time must be given at the same time.")
    return asked.start_time, asked.end_time
