"""The emulator, broken on purpose: each mistake is seen by a test of the others' files.

A mutant is a few lines that take the place of something, in an emulator in a thread of this
process. The test that it names passes without it, and fails with it.
"""

from __future__ import annotations

import builtins
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tablestore import OTSError

from tablestore_emulator import (
    emulator,
    plain_buffer_reader,
    plain_buffer_writer,
    service,
    signing,
)
from tablestore_emulator.apis import batches, searches, transactions
from tablestore_emulator.apis import rows as row_operations
from tablestore_emulator.clock import Clock
from tablestore_emulator.controlled_service import Emulator
from tablestore_emulator.faults import FaultQueue
from tablestore_emulator.instance import Instance
from tablestore_emulator.lag import ChangeLog, Lag
from tablestore_emulator.limits import Limits
from tablestore_emulator.plain_buffer import PlainBufferError
from tablestore_emulator.search_index import SearchedIndex
from tablestore_emulator.tables import filters, ranges, writes
from tablestore_emulator.tables import row as rows
from tablestore_emulator.tables.changes import Condition
from tablestore_emulator.tables.reads import Projection
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.rows import Rows
from tablestore_emulator.tables.secondary_index import SecondaryIndex
from tablestore_emulator.tables.table import Table
from tablestore_emulator.tables.transactions import Transaction, Transactions

pytestmark = pytest.mark.thorough


@dataclass(frozen=True)
class Mutant:
    """A mistake.

    Args:
        name: what it does.
        where: the module or class that it is in.
        what: the name of what it takes the place of.
        instead: what takes its place, made of what was there.
        seen_by: the file and the test that sees it.
        given: what that test is given beside the store.
    """

    name: str
    where: Any
    what: str
    instead: Callable[[Any], Any]
    seen_by: str
    given: tuple[tuple[str, Any], ...] = ()


def _ignore(result: Any = None) -> Callable[[Any], Any]:
    """Return what takes the place of a function, and does nothing."""
    return lambda _: lambda *_, **__: result


def _after(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what takes the place of a function, and changes what it returns."""
    return lambda real: lambda *given, **named: change(real(*given, **named))


def _limits(**changed: Any) -> Callable[[Any], Any]:
    return lambda _: property(lambda self: replace(self.settings.limits, **changed))


def _merging_put(_: Any) -> Any:
    old = StoredRow({"old": [rows.Version(1, 1)]})
    return lambda cells, options, now: rows.update(old, list(cells), options, now)


def _unordered_log(real: Any) -> Any:
    def add(self: ChangeLog, key: Any, row: Any, lag: Lag, not_before: float = 0.0) -> None:
        waiting, self._waiting = self._waiting, type(self._waiting)()
        real(self, key, row, lag, not_before)
        self._waiting = type(waiting)(sorted((*waiting, *self._waiting), key=lambda it: it[0]))

    return add


def _end_is_included(real: Any) -> Any:
    def forward(self: Rows, start: Any, end: Any) -> Iterator[Any]:
        yield from real(self, start, end)
        if end in self._rows:
            yield end

    return forward


def _page_that_starts_after(real: Any) -> Any:
    def read(view: Any, schema: Any, asked: Any, *rest: Any) -> Any:
        page = real(view, schema, asked, *rest)
        if page.next_key is not None and page.rows:
            page.next_key = (page.next_key[0], page.next_key[1] + 1)
        return page

    return read


def _fail_all(_: Any) -> Any:
    def fail(_row: Any, error: service.ServiceError) -> None:
        raise error

    return fail


def _forgotten_base(real: Any) -> Any:
    def make(self: SearchedIndex, *given: Any) -> None:
        real(self, *given)
        self._log._waiting.clear()

    return make


MUTANTS = [
    Mutant(
        "PutRow keeps old columns", writes.rows, "put", _merging_put, "rows:put_replaces_the_row"
    ),
    Mutant(
        "UpdateRow forgets the other columns",
        StoredRow,
        "copy",
        lambda _: lambda _self: StoredRow(),
        "rows:update_merges",
    ),
    Mutant(
        "an update that only deletes makes a row",
        writes.rows,
        "update",
        lambda real: lambda old, *rest: real(old or StoredRow(), *rest),
        "rows:an_update_that_only_deletes_makes_no_row",
    ),
    Mutant(
        "columns come back as they were written",
        writes.rows,
        "sorted",
        lambda _: list,
        "rows:a_row_comes_back_with_every_type_sorted_by_name",
    ),
    Mutant(
        "conditions are not checked",
        Condition,
        "check",
        _ignore(),
        "rows:existence_is_checked",
        (("expected", "EXPECT_EXIST"),),
    ),
    Mutant(
        "an increment starts from nothing each time",
        rows,
        "_sum",
        lambda _: lambda _name, _versions, added: added,
        "rows:increment_starts_at_zero_and_wraps_around",
    ),
    Mutant(
        "values that the service makes repeat",
        Table,
        "next_increment",
        _ignore(7),
        "rows:the_service_makes_growing_values",
    ),
    Mutant(
        "one unit for whatever size",
        writes,
        "units",
        _ignore(1),
        "rows:capacity_units_are_those_of_4096_bytes",
    ),
    Mutant(
        "missing columns fail a filter",
        filters._Comparison,
        "passes",
        lambda real: lambda self, columns: self.name in columns and real(self, columns),
        "conditions_and_filters:a_column_that_is_missing_passes_unless_told_otherwise",
    ),
    Mutant(
        "OR is AND",
        filters,
        "any",
        lambda _: all,
        "conditions_and_filters:combinations",
    ),
    Mutant(
        "types do not matter to a filter",
        filters,
        "type_of",
        _ignore("VT_INTEGER"),
        "conditions_and_filters:values_of_different_types_are_not_equal",
    ),
    Mutant(
        "the oldest versions are kept",
        rows,
        "_write",
        lambda _: (
            lambda row, name, version, options: row.columns.setdefault(name, []).append(version)
        ),
        "versions:the_newest_versions_are_kept_and_come_first",
    ),
    Mutant(
        "nothing expires",
        StoredRow,
        "without_expired",
        lambda _: lambda self, *_: self,
        "versions:versions_expire",
    ),
    Mutant(
        "any version may be written",
        writes.rows,
        "check_timestamps",
        _ignore(),
        "versions:a_version_far_from_the_time_is_refused",
    ),
    Mutant(
        "the end of a time range is part of it",
        Projection,
        "_versions",
        lambda _: (
            lambda self, versions: [
                it for it in versions if self.from_time <= it.timestamp <= self.to_time
            ][: self.max_versions]
        ),
        "versions:versions_of_a_time",
    ),
    Mutant(
        "the end of a range is part of it",
        Rows,
        "forward",
        _end_is_included,
        "ranges:ends_of_a_range",
        (("start", ("a", 1)), ("end", ("a", 2)), ("expected", ["a1"])),
    ),
    Mutant(
        "a page is followed by one that starts a row too late",
        row_operations,
        "read_range",
        _page_that_starts_after,
        "ranges:pages_follow_one_another",
    ),
    Mutant(
        "ranges may go the wrong way",
        ranges.RangeRead,
        "check",
        _ignore(),
        "ranges:a_range_that_goes_the_wrong_way",
    ),
    Mutant(
        "pages have no end",
        Instance,
        "limits",
        _limits(scanned_bytes=10**9),
        "ranges:a_page_has_4_megabytes",
    ),
    Mutant(
        "a row that fails fails the batch",
        batches,
        "_fail",
        _fail_all,
        "batches:each_row_fails_by_itself",
    ),
    Mutant(
        "repeated rows may have conditions",
        batches,
        "check_repeated",
        _ignore(),
        "batches:a_row_may_be_repeated_without_conditions",
    ),
    Mutant(
        "201 rows in a batch",
        Instance,
        "limits",
        _limits(written_rows=201),
        "batches:at_most_200_rows_are_written",
    ),
    Mutant(
        "65 tables",
        Instance,
        "limits",
        _limits(tables=65),
        "limits:64_tables",
    ),
    Mutant(
        "the lengths of keys are not looked at",
        Limits,
        "check_key",
        _ignore(),
        "limits:bytes_of_a_key_are_those_of_utf_8",
    ),
    Mutant(
        "columns are not looked at",
        Limits,
        "check_cells",
        _ignore(),
        "limits:doubles_that_are_no_numbers",
        (("value", float("nan")),),
    ),
    Mutant(
        "a local index lags, too",
        SecondaryIndex,
        "catch_up",
        _ignore(0),
        "secondary_indexes:a_local_index_does_not_lag",
    ),
    Mutant(
        "an index keeps the keys that rows had",
        SecondaryIndex,
        "_apply",
        lambda real: lambda self, change: (self._keys.clear(), real(self, change)),
        "secondary_indexes:an_index_follows_its_table",
        (("kind", 1),),
    ),
    Mutant(
        "a transaction writes at once",
        Transaction,
        "put",
        lambda _: lambda self, key, row: self.table.put(key, row),
        "transactions:a_transaction_is_seen_inside_and_not_outside",
    ),
    Mutant(
        "a transaction does not see its own writes",
        Transaction,
        "get",
        lambda _: lambda self, key: self.table.get(key),
        "transactions:a_transaction_is_seen_inside_and_not_outside",
    ),
    Mutant(
        "a transaction locks nothing",
        Transactions,
        "check_unlocked",
        _ignore(),
        "transactions:others_do_not_write_there_meanwhile",
    ),
    Mutant(
        "a transaction lives for ever",
        Transactions,
        "_forget_old",
        _ignore(),
        "transactions:a_transaction_lives_for_60_seconds",
    ),
    Mutant(
        "an abort commits",
        Transactions,
        "abort",
        lambda _: Transactions.commit,
        "transactions:an_aborted_transaction_did_nothing",
    ),
    Mutant(
        "signatures are not checked",
        signing,
        "is_signed",
        _ignore(True),
        "signatures:a_request_that_was_signed_for_another_operation",
    ),
    Mutant(
        "digests are not checked",
        service.Service,
        "_verify",
        lambda real: (
            lambda self, request: real(
                self, replace(request, body=b"" if request.body == b"other" else request.body)
            )
        ),
        "signatures:a_body_that_is_not_the_one_that_was_signed",
    ),
    Mutant(
        "answers of version 4 are signed as those of version 2",
        signing,
        "key_of",
        lambda real: lambda secret, _: real(secret, {}),
        "signatures:both_versions_of_the_sdk",
        (("region", "cn-hangzhou"),),
    ),
    Mutant(
        "any clock will do",
        service,
        "_timestamp",
        lambda _: lambda _date: service.time.time(),
        "signatures:a_clock_that_is_wrong",
        (("minutes", 16),),
    ),
    Mutant(
        "an index is never behind",
        ChangeLog,
        "take_in",
        lambda real: lambda self, count=None, even_if_not_due=False: real(self, count, True),
        "index_lag:a_write_is_found_when_the_index_has_caught_up",
    ),
    Mutant(
        "an index is always behind",
        ChangeLog,
        "take_in",
        lambda real: (
            lambda self, count=None, even_if_not_due=False: (
                real(self, count, True) if even_if_not_due else 0
            )
        ),
        "index_lag:no_lag",
    ),
    Mutant(
        "changes overtake one another",
        ChangeLog,
        "add",
        _unordered_log,
        "index_lag:changes_arrive_in_the_order_of_the_table",
    ),
    Mutant(
        "a new index is empty",
        SearchedIndex,
        "__init__",
        _forgotten_base,
        "index_lag:a_new_index_takes_in_what_is_there",
    ),
    Mutant(
        "rows come back as they are in the table",
        SearchedIndex,
        "_heard",
        lambda real: (
            lambda self, key, row: (
                self.rows.update({key: row} if row and key in self.rows else {}),
                real(self, key, row),
            )
        ),
        "index_lag:a_row_is_found_as_the_index_knows_it",
    ),
    Mutant(
        "rows do not leave an index",
        SearchedIndex,
        "_expire",
        _ignore(),
        "index_lag:rows_leave_an_index_when_they_expire",
    ),
    Mutant(
        "a table with a search index can be deleted",
        Instance,
        "remove_table",
        lambda _: lambda self, name: self.tables.pop(name),
        "index_lag:indexes_are_listed_and_deleted",
    ),
    Mutant(
        "faults do not end",
        FaultQueue,
        "next",
        lambda _: lambda self, api: next((it for it in self._faults if it.api in ("*", api)), None),
        "faults:which_calls_a_fault_is_about",
    ),
    Mutant(
        "a connection that is dropped before the operation is dropped after it",
        Emulator,
        "_drop",
        lambda real: (
            lambda self, received, request: (
                self._answer(request, None),
                real(self, received, request),
            )
        ),
        "faults:a_dropped_connection",
        (("drop", "before"), ("expected", None)),
    ),
    Mutant(
        "the clock cannot be stopped",
        Clock,
        "stop",
        _ignore(),
        "control:the_clock_goes_forwards_only",
    ),
    Mutant(
        "a reset leaves the calls",
        Emulator,
        "reset",
        lambda _: lambda self: self.service.instance.reset(),
        "control:reset_leaves_nothing",
    ),
    Mutant(
        "transactions may have two columns",
        transactions,
        "len",
        _ignore(1),
        "transactions:a_transaction_is_of_one_partition_key",
    ),
    Mutant(
        "every column comes back from a search",
        searches,
        "_wanted",
        _ignore(lambda _: True),
        "index_lag:which_columns_come_back",
        (("columns", None), ("expected", [])),
    ),
    Mutant(
        "checksums are not compared",
        plain_buffer_reader._Reader,
        "_check_sum",
        lambda _: lambda self, _expected: self._take(1),
        "plain_buffer:a_byte_that_is_changed",
        (("place", 11),),
    ),
    Mutant(
        "a checksum is that of the value alone",
        plain_buffer_writer,
        "checksum",
        lambda real: lambda data, start=0: real(data),
        "plain_buffer:golden_vectors",
        (("name", "a text and a version"),),
    ),
]


def _module(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"test_{name}.py")
    spec = importlib.util.spec_from_file_location(f"mutated_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def in_thread(store_of: Any) -> Iterator[Any]:
    with emulator(lag="manual", secondary_lag="0", seed=0, in_thread=True) as running:
        store = store_of(running)
        yield store
        store.client.connection.pool.clear()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_seen(mutant: Mutant, in_thread: Any, monkeypatch: Any) -> None:
    file, _, test = mutant.seen_by.partition(":")
    see = getattr(_module(file), f"test_{test}")
    in_thread.control.reset()
    given = dict(mutant.given)
    if "store" in inspect.signature(see).parameters:
        given["store"] = in_thread
    see(**given)
    in_thread.control.reset()
    real = getattr(mutant.where, mutant.what, None)
    if real is None:
        # A builtin, which the module then has one of its own of.
        real = getattr(builtins, mutant.what)
    replaced = mutant.instead(real)
    monkeypatch.setattr(mutant.where, mutant.what, replaced, raising=False)
    for module, name in _also_there(mutant):
        monkeypatch.setattr(module, name, replaced)
    try:
        with pytest.raises((AssertionError, OTSError, PlainBufferError, pytest.fail.Exception)):
            see(**given)
    finally:
        monkeypatch.undo()
        in_thread.control.reset()


def _also_there(mutant: Mutant) -> Iterator[tuple[ModuleType, str]]:
    """Return the modules that have imported what is replaced under its own name."""
    real = getattr(mutant.where, mutant.what, None)
    package = "tablestore_emulator"
    for name, module in list(sys.modules.items()):
        if name.startswith(package) and real is not None and isinstance(mutant.where, ModuleType):
            yield from ((module, it) for it in [mutant.what] if vars(module).get(it) is real)


def test_there_are_mutants_of_every_part() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({mutant.seen_by.partition(":")[0] for mutant in MUTANTS}) >= 9
