"""The log of a space: every change in its order, each of them whole or absent.

A change is a row, the *record* of the next version. It is put where no row may be: that one step
orders the change and publishes it, and one of two writers who want the same version fails, and
tries at a later one. What does not fit into a row is written before, as parts that nobody looks at
until a record names their writer. A record that was put twice, since the answer to the first
request was lost, is known by its writer.

So that a log need not be read from its beginning, a *checkpoint* says what the space held after
some version. What is older is then sealed: parts go, and of a record nothing stays but its writer.

Why nothing is lost: records never go, so a version is never given twice, whoever wrote there, and
however long ago he looked for the end. A writer who was held up finds the record of his version,
sealed or not, and so fails; no clock and no patience of others comes into it. Nor can what he
publishes have lost its parts: those that are written for a version go after a checkpoint of a later
one, which comes after a record of that very version, and so after his failure. Of checkpoints, each
is published after one who knows the record before it, and so the last checkpoint, which must be of
an earlier version: else it is given up, and its parts are not missed.

Records carry the number of their format. Who meets one that he does not know does nothing: a
writer meets it before he changes anything, since he must know the end of the log.

A range is read in the order of its keys: a record comes before its parts, and they were there
before it was. A reader who finds a gap, or too few parts, has met a checkpoint, which he finds
further on, or a writer, and reads again.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

import aiohttp

from memcert_backends.tablestore.data import Data, packed
from memcert_backends.tablestore.record import (
    CHANGE,
    CHECKPOINT,
    FORMAT,
    FORMAT_COLUMN,
    PART,
    POINTER,
    SUMS,
    Head,
    LogRecord,
    Reading,
    check_format,
    part_key,
    record_key,
)
from memcert_backends.tablestore.row import KIND, SEALED, Item, Key
from memcert_backends.tablestore.sdk import ots
from memcert_backends.tablestore.state import Change, text_of
from memcert_backends.tablestore.table import LogTable

FAILURES = (ots.OTSError, aiohttp.ClientError, OSError)
"""What requests raise."""

_LOOKS = 10
_PAUSE = 0.005
_LONG = 1024 * 1024
_TRIES_OF_CHECKPOINTS = 20


class BrokenLog(RuntimeError):
    """Rows of a space are missing that nothing of memcert's removes."""


class Log:
    """The log of one space.

    Args:
        table: where it is.
    """

    def __init__(self, table: LogTable) -> None:
        self._table = table

    async def end(self) -> Head:
        """Return the log's end, without reading what is in it.

        Raises:
            NewerFormat: a later release wrote to it.
        """
        before: Key | None = None
        while True:
            page = await self._table.last([KIND, FORMAT_COLUMN, *SUMS], before)
            for item in page.rows:
                check_format(item)
                # After the last record there may be parts of a writer who is not done.
                if item.columns[KIND] in (CHANGE, CHECKPOINT):
                    return LogRecord.of(item).head
            if page.rest is None:
                return Head()
            before = page.rest

    async def read(self, head: Head) -> tuple[Head, list[Change]]:
        """Return the log's end, and the changes that lead there.

        Args:
            head: where the log was known to end; the first may be a checkpoint.

        Raises:
            BrokenLog: rows are missing.
            NewerFormat: a later release wrote to it.
        """
        for look in range(_LOOKS):
            found = (await self._reading(head)).changes(head)
            if found is not None:
                return found
            await asyncio.sleep(_PAUSE * look)
        raise BrokenLog(f"the log of this space has a gap after version {head.version}")

    async def append(self, head: Head, change: Change) -> Head | None:
        """Write a change at the end, and return the new end; None if the end is not there.

        Args:
            head: where the log was known to end.
            change: what to write. A replacement is a checkpoint as well.
        """
        text = text_of(change)
        pieces = await _packed(text)
        if change[0] == "replace":
            following = head.with_checkpoint(head.version + 1, len(change[2]), len(text))
            kind = CHECKPOINT
        else:
            following, kind = head.with_change(len(text)), CHANGE
        attempt = _Attempt(self._table, following.version, pieces)
        await attempt.write_parts()
        if await attempt.publish(following, kind):
            return following
        await attempt.remove_parts()
        return None

    async def checkpoint(self, head: Head, change: Change) -> Head | None:
        """Write a checkpoint, and return the log's new end; None if others write a later one.

        Args:
            head: where the log was known to end.
            change: the replacement that leads to the state that the space had then.
        """
        text, upto = text_of(change), head.version
        attempt = _Attempt(self._table, upto, await _packed(text))
        await attempt.write_parts()
        for _ in range(_TRIES_OF_CHECKPOINTS):
            following = head.with_checkpoint(upto, len(change[2]), len(text))
            if await attempt.publish(following, CHECKPOINT):
                await self.seal(upto)
                return following
            # Others may go on: what it is the state of stays as it is.
            head = await self.end()
            if head.upto >= upto:
                break
        await attempt.remove_parts()
        return None

    async def seal(self, version: int) -> None:
        """Remove what came before a version: there is a checkpoint of it.

        Args:
            version: the version.
        """
        pointer = await self._table.get(record_key(0), [KIND, "points_to"])
        first = int(pointer["points_to"]) if pointer else 1
        rest = Key(first, 0, "") if first < version else None
        if rest is None:
            return
        while rest is not None:
            page = await self._table.page(rest, version, [KIND, "written_by"])
            records = [item for item in page.rows if item.columns[KIND] != PART]
            parts = [item.key for item in page.rows if item.columns[KIND] == PART]
            sealed = (
                Item(item.key, {KIND: SEALED, "written_by": item.columns["written_by"]})
                for item in records
            )
            await self._table.write(put=sealed, delete=parts)
            rest = page.rest
        columns = {KIND: POINTER, FORMAT_COLUMN: FORMAT, "points_to": version}
        await self._table.write(put=[Item(record_key(0), columns)])

    async def _reading(self, head: Head) -> Reading:
        reading = Reading(head.version + 1)
        # Whoever knows nothing yet begins with the pointer.
        rest: Key | None = Key(head.version + 1 if head.version else 0, 0, "")
        while rest is not None:
            page = await self._table.page(rest)
            for item in page.rows:
                reading.take(item)
            rest = page.rest
            if rest is not None and rest.version < reading.pointer:
                rest = Key(reading.pointer, 0, "")
        return reading


class _Attempt:
    """Writing something at a version, with parts where it is too large for a row.

    Args:
        table: where.
        version: the version that the parts are written for.
        pieces: what to write.
    """

    def __init__(self, table: LogTable, version: int, pieces: list[Data]) -> None:
        self._table = table
        self._writer = uuid.uuid4().hex
        self._alone = pieces[0] if len(pieces) == 1 else None
        self._parts = [
            Item(part_key(version, number, self._writer), {KIND: PART, "data": piece})
            for number, piece in enumerate(pieces, 1)
            if len(pieces) > 1
        ]

    async def write_parts(self) -> None:
        """Write the parts, which nobody looks at yet."""
        await self._table.write(put=self._parts)

    async def publish(self, head: Head, kind: str) -> bool:
        """Put the record of a version, and return whether it is this one.

        Args:
            head: the version, and its sums.
            kind: what the record is.
        """
        key = record_key(head.version)
        columns = {KIND: kind, FORMAT_COLUMN: FORMAT, "written_by": self._writer}
        columns |= {"parts": len(self._parts)}
        columns |= zip(SUMS, head[1:], strict=True)
        if self._alone is not None:
            columns["data"] = self._alone
        if await self._table.insert(Item(key, columns)):
            return True
        there = await self._table.get(key, [KIND, "written_by"])
        # Of a later release, it may have other columns.
        return there is not None and there.get("written_by") == self._writer

    async def remove_parts(self) -> None:
        """Remove the parts; what stays, the next checkpoint finds."""
        with suppress(*FAILURES):
            await self._table.write(delete=[part.key for part in self._parts])


async def _packed(text: str) -> list[Data]:
    # Compression lets other threads work, such as that of the event loop.
    return packed(text) if len(text) < _LONG else await asyncio.to_thread(packed, text)
