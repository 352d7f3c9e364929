"""The table that memories are in: requests within the service's limits, tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from memcert_backends.tablestore.retries import answered, code_of, is_transient
from memcert_backends.tablestore.row import (
    KEY,
    KIND,
    SEALED,
    Item,
    Key,
    batches,
    columns_of,
    deletion_of,
    key_of,
    named,
    put_of,
)
from memcert_backends.tablestore.sdk import ots

READY_SECONDS = 30.0
"""How long a new table may take until it can be used."""

_LAST_ROWS = 20
_NO_TABLE = "OTSObjectNotExist"


class LogPage(NamedTuple):
    """Some rows of a range, and where the rest begins; None if there is no more."""

    rows: list[Item]
    rest: Key | None


class LogTable:
    """The rows of one space, in a table that is made when something is first stored.

    Every request is tried again, so it may be done twice.

    Args:
        client: an ``AsyncOTSClient``.
        name: the table's name.
        space: the space, as the table's first key column has it.
        seconds: how long a request may take, with its repetitions.
    """

    def __init__(self, client: Any, name: str, space: str, seconds: float) -> None:
        self.client = client
        self.name = name
        self._space = space
        self._seconds = seconds

    async def insert(self, item: Item) -> bool:
        """Put a row where there is none, and return whether there was none.

        Tried again after a lost answer, it says no though the row is the one that was put.

        Args:
            item: the row.
        """
        row = ots.Row(named(self._space, *item.key), list(item.columns.items()))
        condition = ots.Condition(ots.RowExistenceExpectation.EXPECT_NOT_EXIST)
        try:
            await self._write(partial(self.client.put_row, self.name, row, condition))
        except ots.OTSServiceError as error:
            if code_of(error) != "OTSConditionCheckFail":
                raise
            return False
        return True

    async def write(self, put: Iterable[Item] = (), delete: Iterable[Key] = ()) -> None:
        """Put rows and delete rows, whatever was there; each by itself.

        Args:
            put: the rows to put.
            delete: where rows go.
        """
        changes = [(item.size, put_of(self._space, item)) for item in put]
        changes += [(0, deletion_of(self._space, key)) for key in delete]
        for batch in batches(changes):
            await self._write_batch(batch)

    async def get(self, key: Key, columns: Sequence[str]) -> Mapping[str, Any] | None:
        """Return a row's columns; None if there is no such row.

        Args:
            key: where it is.
            columns: only these.
        """
        primary_key = named(self._space, *key)
        answer = await self._read(
            partial(self.client.get_row, self.name, primary_key, columns, max_version=1)
        )
        row = None if answer is None else answer[1]
        return None if row is None else columns_of(row)

    async def page(
        self, start: Key, end: int | None = None, columns: Sequence[str] | None = None
    ) -> LogPage:
        """Return rows in order, but for the sealed ones.

        Args:
            start: where the first may be; its writer may be "".
            end: only rows below this version; None for all.
            columns: only these columns, `KIND` among them; None for all.
        """
        if end is None:
            last = named(self._space, ots.INF_MAX, ots.INF_MAX, ots.INF_MAX)
        else:
            last = named(self._space, end, ots.INF_MIN, ots.INF_MIN)
        first = named(self._space, start.version, start.part, start.writer or ots.INF_MIN)
        return await self._range(ots.Direction.FORWARD, first, last, columns, None)

    async def last(self, columns: Sequence[str], before: Key | None = None) -> LogPage:
        """Return the last rows of all, the latest first, but for the sealed ones.

        Args:
            columns: only these columns, `KIND` among them.
            before: the first one to look at; None for the last of all.
        """
        top = named(self._space, ots.INF_MAX, ots.INF_MAX, ots.INF_MAX)
        first = top if before is None else named(self._space, *before)
        last = named(self._space, 1, ots.INF_MIN, ots.INF_MIN)
        return await self._range(ots.Direction.BACKWARD, first, last, columns, _LAST_ROWS)

    async def _range(
        self,
        direction: str,
        first: list[tuple[str, Any]],
        last: list[tuple[str, Any]],
        columns: Sequence[str] | None,
        limit: int | None,
    ) -> LogPage:
        unsealed = ots.SingleColumnCondition(KIND, SEALED, ots.ComparatorType.NOT_EQUAL)
        answer = await self._read(
            partial(
                self.client.get_range,
                self.name,
                direction,
                first,
                last,
                columns_to_get=columns,
                limit=limit,
                column_filter=unsealed,
                max_version=1,
            )
        )
        if answer is None:
            return LogPage([], None)
        _, rest, rows, _ = answer
        found = [Item(key_of(row.primary_key), columns_of(row)) for row in rows]
        return LogPage(found, None if rest is None else key_of(rest))

    async def _write_batch(self, batch: list[Any]) -> None:
        """Write rows until each of them is written: the service answers for each by itself."""
        left = batch

        async def send() -> None:
            nonlocal left
            request = ots.BatchWriteRowRequest()
            request.add(ots.TableInBatchWriteRowItem(self.name, left))
            answer = await self.client.batch_write_row(request)
            failed = [*answer.get_failed_of_put(), *answer.get_failed_of_delete()]
            if failed:
                left = [left[row.index] for row in failed]
                errors = [_error_of(row) for row in failed]
                raise next((error for error in errors if not is_transient(error)), errors[0])

        await self._write(send)

    async def _write(self, ask: Callable[[], Awaitable[Any]]) -> None:
        try:
            await answered(ask, self._seconds)
            return
        except ots.OTSServiceError as error:
            if code_of(error) != _NO_TABLE:
                raise
        await self._create()
        await answered(ask, self._seconds)

    async def _read(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer; None where there is no table yet: reads make none."""
        try:
            return await answered(ask, self._seconds)
        except ots.OTSServiceError as error:
            if code_of(error) != _NO_TABLE:
                raise
            return None

    async def _create(self) -> None:
        """Make the table, unless somebody else does, and wait until it can be used."""
        meta = ots.TableMeta(self.name, list(KEY))
        options = ots.TableOptions(time_to_live=-1, max_version=1)
        throughput = ots.ReservedThroughput(ots.CapacityUnit(0, 0))
        create = partial(self.client.create_table, meta, options, throughput)
        try:
            await answered(create, self._seconds)
        except ots.OTSServiceError as error:
            if code_of(error) != "OTSObjectAlreadyExist":
                raise
        await answered(self._look, READY_SECONDS)

    async def _look(self) -> None:
        try:
            await self.client.get_row(self.name, named(self._space, 0, 0, "-"), [KIND])
        except ots.OTSServiceError as error:
            if code_of(error) == _NO_TABLE:
                # It was made: not yet, then.
                error.code = "OTSTableNotReady"
            raise


def _error_of(row: Any) -> Any:
    """Return the error of a row of a batch."""
    # Its status is that of a row that cannot be; what passes is known by its code.
    return ots.OTSServiceError(400, row.error_code, row.error_message)
