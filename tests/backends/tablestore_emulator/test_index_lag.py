"""Search indexes are behind their tables: how far, in which order, and who decides."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tablestore import (
    ColumnReturnType,
    ColumnsToGet,
    FieldSchema,
    FieldType,
    MatchAllQuery,
    ScanQuery,
    SearchIndexMeta,
    SearchQuery,
    SyncPhase,
)

from tablestore_emulator import emulator

ALL = ColumnsToGet(return_type=ColumnReturnType.ALL)


def _indexed(store: Any, name: str = "i", table: str = "t", **options: Any) -> None:
    fields = [FieldSchema("c", FieldType.KEYWORD, index=True, enable_sort_and_agg=True)]
    store.client.create_search_index(table, name, SearchIndexMeta(fields, **options))


def _found(store: Any, name: str = "i", columns: Any = ALL) -> list[Any]:
    query = SearchQuery(MatchAllQuery(), get_total_count=True, limit=100)
    rows = store.client.search("t", name, query, columns).rows
    return [
        (*(value for _, value in key), *((it[0], it[1]) for it in columns)) for key, columns in rows
    ]


def test_a_write_is_found_when_the_index_has_caught_up(store: Any) -> None:
    store.table()
    _indexed(store)
    store.put()
    assert _found(store) == []
    assert store.get() == [("c", "v")]
    assert store.control.catch_up() == 1
    assert _found(store) == [("x", 1, ("c", "v"))]


def test_a_row_is_found_as_the_index_knows_it(store: Any) -> None:
    store.table()
    _indexed(store)
    store.put()
    store.control.catch_up()
    store.update({"PUT": [("c", "new"), ("d", 1)]})
    assert _found(store) == [("x", 1, ("c", "v"))]
    store.delete()
    assert _found(store) == [("x", 1, ("c", "v"))]
    assert store.get() is None
    store.control.catch_up()
    assert _found(store) == []


def test_no_lag(store: Any) -> None:
    store.control.set_lag("0")
    store.table()
    store.put()
    _indexed(store)
    assert len(_found(store)) == 1
    store.put(key=store.key("y"))
    assert len(_found(store)) == 2


def test_the_lag_of_the_service_is_1_to_3_seconds(store: Any) -> None:
    store.table()
    _indexed(store)
    store.control.catch_up()
    store.control.set_lag("1-3s")
    store.control.freeze(clock=True)
    for number in range(50):
        store.put(key=store.key("x", number))
    store.control.advance(0.99)
    assert _found(store) == []
    store.control.advance(2.02)
    assert len(_found(store)) == 50


def test_changes_arrive_in_the_order_of_the_table(store: Any) -> None:
    store.table()
    _indexed(store)
    store.control.catch_up()
    store.control.set_lag("1-3s")
    store.control.freeze(clock=True)
    for number in range(40):
        store.put(key=store.key("x", number))
        store.control.advance(0.05)
    counts = []
    while len(seen := _found(store)) < 40:
        assert [row[1] for row in seen] == list(range(len(seen)))
        counts.append(len(seen))
        store.control.advance(0.05)
    assert len(set(counts)) > 3


def test_the_seed_decides() -> None:
    def lags() -> list[float]:
        from random import Random

        from tablestore_emulator.lag import Lag

        random = Random(7)
        return [Lag.parse("1-3s").draw(random) for _ in range(5)]

    assert lags() == lags()
    assert all(1 <= lag <= 3 for lag in lags())


def test_by_default_a_read_right_after_a_write_misses_it(store_of: Any) -> None:
    with emulator(in_thread=True) as running:
        store = store_of(running)
        assert store.control.state()["lag"] == "1-3s"
        store.table()
        _indexed(store)
        store.control.catch_up()
        written = time.time()
        with store.control.frozen("clock"):
            store.put()
            assert _found(store) == []
        while not _found(store):
            assert time.time() - written < 60
            time.sleep(0.05)
        assert time.time() - written >= 1
        store.client.connection.pool.clear()


def test_a_new_index_takes_in_what_is_there(store: Any) -> None:
    store.control.set_lag("1-3s")
    store.control.freeze(clock=True)
    store.table()
    store.put()
    _indexed(store)
    _, stat = store.client.describe_search_index("t", "i")
    assert stat.sync_phase == SyncPhase.FULL
    store.put(key=store.key("y"))
    assert _found(store) == []
    store.control.advance(6)
    assert len(_found(store)) == 2
    _, stat = store.client.describe_search_index("t", "i")
    assert stat.sync_phase == SyncPhase.INCR


def test_how_far_an_index_is_in_nanoseconds(store: Any) -> None:
    store.table()
    _indexed(store)
    store.control.catch_up()
    store.control.freeze(clock=True)
    store.control.advance(10)
    store.put()
    written = store.control.clock()
    store.control.advance(10)

    def until() -> float:
        return float(store.client.describe_search_index("t", "i")[1].current_sync_timestamp) / 1e9

    assert until() == pytest.approx(written, abs=1e-3)
    store.control.catch_up()
    assert until() == pytest.approx(store.control.clock(), abs=1e-3)


def test_an_index_can_be_held_up(store: Any) -> None:
    store.control.set_lag("0")
    store.table()
    _indexed(store)
    with store.control.frozen("indexes"):
        store.put()
        assert _found(store) == []
    assert len(_found(store)) == 1


def test_one_index_can_be_let_catch_up(store: Any) -> None:
    store.table()
    _indexed(store, "i")
    _indexed(store, "j")
    store.put()
    assert store.control.catch_up(index="j") == 1
    assert (len(_found(store, "i")), len(_found(store, "j"))) == (0, 1)
    assert store.control.catch_up(table="other") == 0
    assert store.control.catch_up(table="t") == 1


def test_indexes_are_listed_and_deleted(store: Any) -> None:
    store.table()
    store.table("u")
    _indexed(store, "i")
    _indexed(store, "j", "u")
    assert store.client.list_search_index() == [("t", "i"), ("u", "j")]
    assert store.client.list_search_index("t") == [("t", "i")]
    with store.invalid("Table[t] who has at least one search index cannot be deleted."):
        store.client.delete_table("t")
    store.client.delete_search_index("t", "i")
    store.client.delete_table("t")
    assert store.client.list_search_index() == [("u", "j")]


def test_what_is_not_there(store: Any) -> None:
    with store.invalid("table [t] does not exist"):
        _found(store)
    with store.invalid("table [t] does not exist"):
        store.client.list_search_index("t")
    with store.invalid("table [t] does not exist"):
        _indexed(store)
    store.table()
    for call in (
        lambda: _found(store),
        lambda: store.client.describe_search_index("t", "i"),
        lambda: store.client.delete_search_index("t", "i"),
    ):
        with store.refused(400, "OTSMetaNotMatch", "search index [i] does not exist"):
            call()
    _indexed(store)
    with store.invalid("search index [i] already exists"):
        _indexed(store)


def test_rows_leave_an_index_when_they_expire(store: Any) -> None:
    store.control.set_lag("0")
    store.table(time_to_live=1000)
    with store.invalid(
        "[table ttl] must be bigger than or equal search index ttl, but table ttl is 1000 and "
        "search index ttl is [i:2000]"
    ):
        _indexed(store, time_to_live=2000)
    store.control.freeze(clock=True)
    _indexed(store, time_to_live=500)
    store.put()
    store.control.advance(400)
    store.put(key=store.key("y"))
    store.control.advance(101)
    assert [row[0] for row in _found(store)] == ["y"]
    meta = SearchIndexMeta([], time_to_live=1000)
    store.client.update_search_index("t", "i", meta)
    store.control.advance(850)
    assert [row[0] for row in _found(store)] == ["y"]
    store.control.advance(50)
    assert _found(store) == []


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (ColumnsToGet(return_type=ColumnReturnType.ALL), [("c", "v"), ("d", 1)]),
        (ColumnsToGet(["d"], ColumnReturnType.SPECIFIED), [("d", 1)]),
        (ColumnsToGet(return_type=ColumnReturnType.NONE), []),
        (ColumnsToGet(return_type=ColumnReturnType.ALL_FROM_INDEX), [("c", "v")]),
        (None, []),
    ],
)
def test_which_columns_come_back(store: Any, columns: Any, expected: Any) -> None:
    store.control.set_lag("0")
    store.table()
    _indexed(store)
    store.put([("c", "v"), ("d", 1)])
    assert _found(store, columns=columns) == [("x", 1, *expected)]


def test_a_scan_in_parts_finds_every_row_once(store: Any) -> None:
    store.control.set_lag("0")
    store.table()
    _indexed(store)
    for number in range(30):
        store.put(key=store.key("x", number))
    splits = store.client.compute_splits("t", "i")
    assert splits.splits_size >= 1
    seen = []
    for part in range(splits.splits_size):
        token = None
        while True:
            query = ScanQuery(MatchAllQuery(), 7, token, part, splits.splits_size, 30)
            page = store.client.parallel_scan("t", "i", query, splits.session_id, ALL)
            seen += [key[1][1] for key, _ in page.rows]
            token = page.next_token
            if not token:
                break
    assert sorted(seen) == list(range(30))
    expired = "ScanQuery'session is expired, please retry ComputeSplitsRequest and ScanQuery."
    with store.refused(400, "OTSSessionExpired", expired):
        query = ScanQuery(MatchAllQuery(), 7, None, 0, 1, 30)
        store.client.parallel_scan("t", "i", query, "another", ALL)
    store.control.advance(100)
    with store.refused(400, "OTSSessionExpired", expired):
        store.client.parallel_scan("t", "i", query, splits.session_id, ALL)


def test_what_an_index_asks_of_a_schema_is_answered_as_an_error(store: Any) -> None:
    store.table()
    with pytest.raises(Exception, match="OTSParameterInvalid"):
        store.client.create_search_index("t", "i", SearchIndexMeta([]))
    assert store.client.list_search_index() == []
