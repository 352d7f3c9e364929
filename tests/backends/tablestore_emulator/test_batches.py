"""Batches: each row succeeds or fails by itself, and a request that is wrong fails whole."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import (
    BatchGetRowRequest,
    BatchWriteRowRequest,
    Condition,
    DeleteRowItem,
    PutRowItem,
    Row,
    TableInBatchGetRowItem,
    TableInBatchWriteRowItem,
    UpdateRowItem,
)

IGNORE = Condition("IGNORE")


def _write(store: Any, *items: Any, table: str = "t") -> list[tuple[bool, Any, Any]]:
    request = BatchWriteRowRequest()
    request.add(TableInBatchWriteRowItem(table, list(items)))
    response = store.client.batch_write_row(request)
    return _results(response)


def _results(response: Any) -> list[tuple[bool, Any, Any]]:
    found = []
    for succeeded, failed in (response.get_put(), response.get_update(), response.get_delete()):
        found += [(it.is_ok, it.error_code, it.error_message) for it in (*succeeded, *failed)]
    return found


def _put(store: Any, number: int, condition: Any = IGNORE, value: Any = "v") -> Any:
    return PutRowItem(Row(store.key("x", number), [("c", value)]), condition)


def _read(store: Any, *keys: Any, table: str = "t", columns: tuple[str, ...] = ()) -> list[Any]:
    request = BatchGetRowRequest()
    request.add(TableInBatchGetRowItem(table, list(keys), list(columns), None, 1))
    rows = store.client.batch_get_row(request).get_result_by_table(table)
    return [
        (None if it.row is None else [c[:2] for c in it.row.attribute_columns])
        if it.is_ok
        else (it.error_code, it.error_message)
        for it in rows
    ]


def test_a_batch_of_each_kind(store: Any) -> None:
    store.table()
    store.put(key=store.key("x", 2))
    store.put(key=store.key("x", 3))
    done = _write(
        store,
        _put(store, 1),
        UpdateRowItem(Row(store.key("x", 2), {"PUT": [("d", 1)]}), IGNORE),
        DeleteRowItem(Row(store.key("x", 3)), IGNORE),
    )
    assert done == [(True, None, None)] * 3
    keys = [store.key("x", number) for number in (1, 2, 3)]
    assert _read(store, *keys) == [[("c", "v")], [("c", "v"), ("d", 1)], None]


def test_each_row_fails_by_itself(store: Any) -> None:
    store.table()
    done = _write(
        store,
        _put(store, 1),
        _put(store, 2, Condition("EXPECT_EXIST")),
        PutRowItem(Row([("a", "x")], [("c", 1)]), IGNORE),
    )
    assert done == [
        (True, None, None),
        (False, "OTSConditionCheckFail", "Condition check failed."),
        (False, "OTSInvalidPK", "Validate PK size fail. Input: 1, Meta: 2."),
    ]
    assert store.range()[0] == [["x", 1]]


def test_rows_that_are_read_fail_by_themselves(store: Any) -> None:
    store.table()
    store.put()
    assert _read(store, store.key(), store.key("nobody"), [("a", "x")]) == [
        [("c", "v")],
        None,
        ("OTSInvalidPK", "Validate PK size fail. Input: 1, Meta: 2."),
    ]
    assert _read(store, store.key(), columns=("nothing",)) == [None]
    assert _read(store, store.key(), table="nowhere") == [
        ("OTSObjectNotExist", "Requested table does not exist.")
    ]


def test_a_batch_over_tables(store: Any) -> None:
    store.table("t")
    store.table("u")
    request = BatchWriteRowRequest()
    request.add(TableInBatchWriteRowItem("t", [_put(store, 1)]))
    request.add(TableInBatchWriteRowItem("u", [_put(store, 2)]))
    request.add(TableInBatchWriteRowItem("nowhere", [_put(store, 3)]))
    response = store.client.batch_write_row(request)
    succeeded, failed = response.get_put()
    assert len(succeeded) == 2
    assert [it.error_code for it in failed] == ["OTSObjectNotExist"]
    assert store.range(table="u")[0] == [["x", 2]]


def test_a_row_may_be_repeated_without_conditions(store: Any) -> None:
    store.table()
    assert (
        _write(store, _put(store, 1, value="first"), _put(store, 1, value="second"))
        == [(True, None, None)] * 2
    )
    assert store.get() == [("c", "second")]
    with store.invalid("Repeated rows do not support row exist expectation check in BatchModify."):
        _write(store, _put(store, 1), _put(store, 1, Condition("EXPECT_EXIST")))
    assert _read(store, store.key(), store.key()) == [[("c", "second")]] * 2


def test_at_most_200_rows_are_written(store: Any) -> None:
    store.table()
    assert len(_write(store, *(_put(store, number) for number in range(200)))) == 200
    with store.invalid("Rows count exceeds the upper limit: 200."):
        _write(store, *(_put(store, number) for number in range(201)))


def test_at_most_100_rows_are_read(store: Any) -> None:
    store.table()
    keys = [store.key("x", number) for number in range(101)]
    assert len(_read(store, *keys[:100])) == 100
    with store.invalid("Rows count exceeds the upper limit: 100."):
        _read(store, *keys)


def test_at_most_4_megabytes_are_written(store: Any) -> None:
    store.table()
    # A row: the names a, b and c, the key x, an integer, the value.
    rest = 3 + 1 + 8
    size = 2 * 1024 * 1024 - rest
    _write(store, *(_put(store, number, value="v" * size) for number in range(2)))
    limit = 4 * 1024 * 1024
    with store.invalid(
        "The total data size of BatchWriteRow request exceeds the limit, limit size: "
        f"{limit}, data size: {limit + rest + 1}."
    ):
        _write(
            store,
            *(_put(store, number, value="v" * size) for number in range(2)),
            _put(store, 3, value="v"),
        )
    assert store.get(key=store.key("x", 3)) is None


def test_a_request_that_is_wrong_does_nothing(store: Any) -> None:
    store.table()
    bad = PutRowItem(Row(store.key("x", 2), [("bad name", 1)]), IGNORE)
    with store.invalid("Invalid column name: 'bad name'."):
        _write(store, _put(store, 1), bad)
    assert store.range() == ([], None)


def test_batches_of_nothing(store: Any) -> None:
    store.table()
    with store.invalid("No row is specified in BatchWriteRow."):
        store.client.batch_write_row(BatchWriteRowRequest())
    with store.invalid("No operation is specified for table: 't'."):
        _write(store)
    with store.invalid("No row specified in the request of BatchGetRow."):
        store.client.batch_get_row(BatchGetRowRequest())
    assert _read(store) == []


def test_versions_must_be_asked_for(store: Any) -> None:
    store.table()
    request = BatchGetRowRequest()
    request.add(TableInBatchGetRowItem("t", [store.key()], [], None, None))
    with store.invalid("No version condition is specified while querying row."):
        store.client.batch_get_row(request)


@pytest.mark.parametrize("name", ["bad name", "0", ""])
def test_names_of_tables(store: Any, name: str) -> None:
    with store.invalid(f"Invalid table name: '{name}'."):
        _write(store, _put(store, 1), table=name)
    with store.invalid(f"Invalid table name: '{name}'."):
        _read(store, store.key(), table=name)
