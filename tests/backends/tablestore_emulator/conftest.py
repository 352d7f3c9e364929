"""An emulator in a process of its own, and the vendor's client on it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tablestore_emulator import RunningEmulator, emulator

with warnings.catch_warnings():
    # The SDK warns at import about compiled parts that it does not have for this Python.
    warnings.simplefilter("ignore")
    import tablestore
    from tablestore.retry import NoRetryPolicy


class Store:
    """An empty emulator, a client that retries nothing, and what tests do with them.

    Args:
        running: the emulator.
    """

    def __init__(self, running: RunningEmulator) -> None:
        self.running = running
        self.control = running.control
        self.client = self.new_client(retry_policy=NoRetryPolicy())

    def new_client(self, kind: Any = tablestore.OTSClient, **options: Any) -> Any:
        return kind(**{**self.running.client_options, **options})

    def table(
        self,
        name: str = "t",
        key: tuple[tuple[Any, ...], ...] = (("a", "STRING"), ("b", "INTEGER")),
        defined: tuple[tuple[str, str], ...] = (),
        indexes: tuple[Any, ...] = (),
        **options: Any,
    ) -> str:
        meta = tablestore.TableMeta(name, list(key), list(defined))
        throughput = tablestore.ReservedThroughput(tablestore.CapacityUnit(0, 0))
        given = tablestore.TableOptions(**options)
        self.client.create_table(meta, given, throughput, list(indexes))
        return name

    def key(self, first: Any = "x", second: Any = 1) -> list[tuple[str, Any]]:
        return [("a", first), ("b", second)]

    def put(
        self,
        columns: Any = (("c", "v"),),
        key: Any = None,
        condition: Any = None,
        table: str = "t",
        **more: Any,
    ) -> Any:
        row = tablestore.Row(self.key() if key is None else key, list(columns))
        return self.client.put_row(table, row, condition, **more)

    def update(
        self,
        changes: dict[str, Any],
        key: Any = None,
        condition: Any = None,
        table: str = "t",
        **more: Any,
    ) -> Any:
        row = tablestore.Row(self.key() if key is None else key, changes)
        return self.client.update_row(table, row, condition, **more)

    def delete(self, key: Any = None, condition: Any = None, table: str = "t", **more: Any) -> Any:
        row = tablestore.Row(self.key() if key is None else key)
        return self.client.delete_row(table, row, condition, **more)

    def get(self, *columns: str, key: Any = None, table: str = "t", **more: Any) -> Any:
        """Return the names and values of a row's columns; None where there is no row."""
        _, row, _ = self.client.get_row(
            table, self.key() if key is None else key, list(columns), **more
        )
        return None if row is None else [(name, value) for name, value, _ in row.attribute_columns]

    def range(
        self,
        start: Any = None,
        end: Any = None,
        direction: str = "FORWARD",
        table: str = "t",
        **more: Any,
    ) -> tuple[list[list[Any]], Any]:
        """Return the values of the keys of a page of a range, and the key of the next one."""
        low, high = tablestore.INF_MIN, tablestore.INF_MAX
        ends = [self.key(low, low), self.key(high, high)]
        if direction == "BACKWARD":
            ends.reverse()
        _, following, rows, _ = self.client.get_range(
            table,
            direction,
            ends[0] if start is None else start,
            ends[1] if end is None else end,
            **more,
        )
        return [[value for _, value in row.primary_key] for row in rows], following

    @contextmanager
    def refused(self, status: int, code: str, message: str) -> Iterator[None]:
        """Expect the service to answer with an error."""
        with pytest.raises(tablestore.OTSServiceError) as caught:
            yield
        found = caught.value
        assert (found.http_status, found.code, found.message) == (status, code, message)

    def invalid(self, message: str) -> Any:
        """Expect the service to say that a parameter is wrong."""
        return self.refused(400, "OTSParameterInvalid", message)


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[RunningEmulator]:
    with emulator(lag="manual", secondary_lag="0", seed=0) as running:
        yield running


@pytest.fixture
def store(running_emulator: RunningEmulator) -> Iterator[Store]:
    running_emulator.control.reset()
    made = Store(running_emulator)
    yield made
    made.client.connection.pool.clear()


@pytest.fixture(scope="session")
def store_of() -> type[Store]:
    """What makes a store of an emulator that a test starts itself."""
    return Store
