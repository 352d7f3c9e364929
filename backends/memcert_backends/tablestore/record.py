"""What a row of the log says, and the sums that it carries along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from memcert_backends.tablestore.data import Data, unpacked
from memcert_backends.tablestore.row import KIND, SEALED, Item, Key
from memcert_backends.tablestore.state import Change, change_of
from memcert_backends.unusable import NewerFormat

CHANGE = "change"
"""A record of a change."""

CHECKPOINT = "checkpoint"
"""A record of all that the space held after some version, its own or an earlier one."""

PART = "part"
"""A piece of what a record says, for a record that names its writer."""

POINTER = "pointer"
"""The row at version 0: below the version that it names there is nothing to read."""

RECORD_WRITER = "-"
"""What stands for the writer in the key of a record: two of them want the same row."""

FORMAT = 1
"""The number of the format that is written here; rows without one have it, too."""

FORMAT_COLUMN = "format"
"""The column with it, in records and the pointer. Parts are of their record's."""

SUMS = ("changes", "length", "upto", "base_rows")
"""The columns with the sums."""

FEW_CHANGES = 100
"""So many changes after a checkpoint are never too many."""

MANY_CHANGES = 2000
"""So many changes after a checkpoint always are: each is a row to read."""

FEW_CHARACTERS = 1024 * 1024
"""So many characters that are not needed any more are never too many."""


def check_format(item: Item) -> None:
    """Refuse a row whose format is not known here.

    Args:
        item: the row, with its column `FORMAT_COLUMN`.

    Raises:
        NewerFormat: a later release wrote it.
    """
    number = item.columns.get(FORMAT_COLUMN, FORMAT)
    if number != FORMAT:
        raise NewerFormat(
            f"this space was written by a newer memcert: its data has the format {number}, and"
            f" this one knows those up to {FORMAT}; use that memcert, or a newer one"
        )


class Head(NamedTuple):
    """The end of a log: a version, and what one has to read to get there."""

    version: int = 0
    changes: int = 0
    """How many changes came after the last checkpoint."""
    length: int = 0
    """How many characters these and the checkpoint have."""
    upto: int = 0
    """The version whose state the last checkpoint is."""
    base_rows: int = 0
    """How many messages are in it."""

    @property
    def is_long(self) -> bool:
        """Whether it is time for a checkpoint, since there are many changes.

        That takes work in proportion to what the space holds, so it comes after as much of it.
        """
        return self.changes > min(max(FEW_CHANGES, self.base_rows), MANY_CHANGES)

    def is_dead_weight(self, live: int) -> bool:
        """Return whether it is time for a checkpoint, since most of the log is not needed.

        Args:
            live: how many characters are in what the space holds.
        """
        return self.length - live > max(FEW_CHARACTERS, live)

    def with_change(self, length: int) -> Head:
        """Return the head after a change.

        Args:
            length: how many characters it has.
        """
        return self._replace(
            version=self.version + 1, changes=self.changes + 1, length=self.length + length
        )

    def with_checkpoint(self, upto: int, rows: int, length: int) -> Head:
        """Return the head after a checkpoint.

        Args:
            upto: the version whose state it is.
            rows: how many messages are in it.
            length: how many characters it has.
        """
        version = self.version + 1
        return Head(version, version - upto, length, upto, rows)


def record_key(version: int) -> Key:
    """Return where the record of a version is.

    Args:
        version: the version.
    """
    return Key(version, 0, RECORD_WRITER)


def part_key(version: int, part: int, writer: str) -> Key:
    """Return where a part is.

    Args:
        version: the version that it is written for.
        part: its number, from 1.
        writer: the attempt that writes it.
    """
    return Key(version, part, writer)


@dataclass(frozen=True)
class LogRecord:
    """The record of a version.

    Args:
        head: the log's end as it was then.
        columns: the row's columns.
    """

    head: Head
    columns: dict[str, Any]

    @classmethod
    def of(cls, item: Item) -> LogRecord:
        """Return the record that a row is.

        Args:
            item: the row.
        """
        columns = dict(item.columns)
        head = Head(item.key.version, *(int(columns[name]) for name in SUMS))
        return cls(head, columns)

    @property
    def is_checkpoint(self) -> bool:
        """Whether it holds a state, rather than a change."""
        return bool(self.columns[KIND] == CHECKPOINT)

    @property
    def is_change(self) -> bool:
        """Whether the space is another one after it: a checkpoint may be just that."""
        return not self.is_checkpoint or self.head.upto == self.head.version

    @property
    def part_keys(self) -> list[Key]:
        """Where its parts are; none if it has them in itself."""
        version = self.head.upto if self.is_checkpoint else self.head.version
        writer = str(self.columns["written_by"])
        return [part_key(version, n, writer) for n in range(1, int(self.columns["parts"]) + 1)]


@dataclass
class Reading:
    """Rows that were read, in their order.

    Args:
        start: the first version that was looked for.
    """

    start: int
    pointer: int = 0
    records: dict[int, LogRecord] = field(default_factory=dict)
    parts: dict[Key, Data] = field(default_factory=dict)

    def take(self, item: Item) -> None:
        """Take in a row.

        Args:
            item: the row.

        Raises:
            NewerFormat: a later release wrote it.
        """
        check_format(item)
        kind = item.columns[KIND]
        if kind == POINTER:
            self.pointer = int(item.columns["points_to"])
        elif kind == PART:
            self.parts[item.key] = item.columns["data"]
        elif kind != SEALED:
            self.records[item.key.version] = LogRecord.of(item)

    def changes(self, head: Head) -> tuple[Head, list[Change]] | None:
        """Return the log's end and the changes that lead there; None if they are not all here.

        A range is not read at one moment: what is written meanwhile may be there in part.

        Args:
            head: where the log was known to end.
        """
        if not self.records:
            return head, []
        last = max(self.records)
        following = self._changes_between(self.start, last)
        if following is None:
            checkpoints = [it for it in self.records.values() if it.is_checkpoint]
            if not checkpoints:
                return None
            # An earlier one may have lost its parts.
            base = max(checkpoints, key=lambda it: (it.head.upto, it.head.version))
            whole = self._change(base)
            rest = self._changes_between(base.head.upto + 1, last)
            if whole is None or rest is None:
                return None
            following = [whole, *rest]
        return self.records[last].head, following

    def _changes_between(self, first: int, last: int) -> list[Change] | None:
        found = []
        for version in range(first, last + 1):
            record = self.records.get(version)
            if record is None:
                return None
            if record.is_change:
                change = self._change(record)
                if change is None:
                    return None
                found.append(change)
        return found

    def _change(self, record: LogRecord) -> Change | None:
        keys = record.part_keys
        if not keys:
            return change_of(unpacked([record.columns["data"]]))
        if any(key not in self.parts for key in keys):
            return None
        return change_of(unpacked([self.parts[key] for key in keys]))
