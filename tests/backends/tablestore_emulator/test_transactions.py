"""Local transactions: the rows of one partition key, together or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import (
    INF_MAX,
    INF_MIN,
    PK_AUTO_INCR,
    BatchWriteRowRequest,
    Condition,
    OTSServiceError,
    PutRowItem,
    Row,
    TableInBatchWriteRowItem,
)

MEGABYTE = 1024 * 1024


def _start(store: Any, partition: Any = "x") -> str:
    started: str = store.client.start_local_transaction("t", [("a", partition)])
    return started


def _partition(store: Any, **more: Any) -> list[list[Any]]:
    return store.range(store.key("x", INF_MIN), store.key("x", INF_MAX), **more)[0]


def test_a_transaction_is_seen_inside_and_not_outside(store: Any) -> None:
    store.table()
    store.put([("c", "before")])
    started = _start(store)
    store.put([("c", "after")], transaction_id=started)
    store.put(key=store.key("x", 2), transaction_id=started)
    assert store.get(transaction_id=started) == [("c", "after")]
    assert store.get() == [("c", "before")]
    assert _partition(store, transaction_id=started) == [["x", 1], ["x", 2]]
    assert _partition(store) == [["x", 1]]
    store.client.commit_transaction(started)
    assert store.get() == [("c", "after")]
    assert _partition(store) == [["x", 1], ["x", 2]]


def test_an_aborted_transaction_did_nothing(store: Any) -> None:
    store.table()
    store.put([("c", "before")])
    started = _start(store)
    store.update({"PUT": [("c", "after")]}, transaction_id=started)
    store.delete(transaction_id=started)
    assert store.get(transaction_id=started) is None
    store.client.abort_transaction(started)
    assert store.get() == [("c", "before")]
    store.put([("c", "free again")])


def test_a_batch_in_a_transaction(store: Any) -> None:
    store.table()
    started = _start(store)
    request = BatchWriteRowRequest()
    items = [PutRowItem(Row(store.key("x", it), [("c", it)]), None) for it in range(3)]
    request.add(TableInBatchWriteRowItem("t", items))
    request.set_transaction_id(started)
    assert store.client.batch_write_row(request).is_all_succeed()
    assert _partition(store) == []
    store.client.commit_transaction(started)
    assert _partition(store) == [["x", 0], ["x", 1], ["x", 2]]


def test_backward_in_a_transaction(store: Any) -> None:
    store.table()
    store.put(key=store.key("x", 2))
    started = _start(store)
    store.put(key=store.key("x", 3), transaction_id=started)
    store.delete(key=store.key("x", 2), transaction_id=started)
    store.put(key=store.key("x", 1), transaction_id=started)
    rows, _ = store.range(
        store.key("x", INF_MAX), store.key("x", INF_MIN), "BACKWARD", transaction_id=started
    )
    assert rows == [["x", 3], ["x", 1]]


def test_others_do_not_write_there_meanwhile(store: Any) -> None:
    store.table()
    started = _start(store)
    conflict = (409, "OTSRowOperationConflict", "Data is being modified by the other request.")
    for call in (store.put, store.delete, lambda: _start(store)):
        with store.refused(*conflict):
            call()
    request = BatchWriteRowRequest()
    items = [PutRowItem(Row(store.key(it), []), None) for it in ("x", "y")]
    request.add(TableInBatchWriteRowItem("t", items))
    succeeded, failed = store.client.batch_write_row(request).get_put()
    assert [it.error_code for it in failed] == ["OTSRowOperationConflict"]
    assert len(succeeded) == 1
    store.put(key=store.key("other"))
    other = _start(store, "other")
    store.client.commit_transaction(other)
    store.client.commit_transaction(started)
    store.put()


def test_a_condition_sees_the_transaction(store: Any) -> None:
    store.table()
    started = _start(store)
    new = Condition("EXPECT_NOT_EXIST")
    store.put(condition=new, transaction_id=started)
    with store.refused(403, "OTSConditionCheckFail", "Condition check failed."):
        store.put(condition=new, transaction_id=started)
    store.client.commit_transaction(started)


@pytest.mark.parametrize("end", ["commit_transaction", "abort_transaction"])
def test_a_transaction_ends_once(store: Any, end: str) -> None:
    store.table()
    started = _start(store)
    getattr(store.client, end)(started)
    ended = (404, "OTSSessionNotExist", "Session not exist or may be timeout.")
    with store.refused(*ended):
        getattr(store.client, end)(started)
    with store.refused(*ended):
        store.put(transaction_id=started)


def test_a_transaction_lives_for_60_seconds(store: Any) -> None:
    store.control.freeze(clock=True)
    store.table()
    started = _start(store)
    store.put(transaction_id=started)
    store.control.advance(59)
    store.put(transaction_id=started)
    store.control.advance(2)
    with store.refused(404, "OTSSessionNotExist", "Session not exist or may be timeout."):
        store.client.commit_transaction(started)
    assert store.get() is None
    store.put()


@pytest.mark.parametrize("name", ["", "nonsense"])
def test_names_that_are_none(store: Any, name: str) -> None:
    for call in (store.client.commit_transaction, store.client.abort_transaction):
        with store.invalid("TransactionID is invalid."):
            call(name)


def test_a_transaction_is_of_one_table(store: Any) -> None:
    store.table()
    store.table("u")
    started = _start(store)
    with store.invalid("TransactionID is invalid."):
        store.put(table="u", transaction_id=started)


def test_a_transaction_is_of_one_partition_key(store: Any) -> None:
    store.table()
    started = _start(store)
    message = "The partition key of the row differs from that of the transaction."
    for call in (
        lambda: store.put(key=store.key("y"), transaction_id=started),
        lambda: store.get(key=store.key("y"), transaction_id=started),
    ):
        with store.invalid(message):
            call()
    with store.invalid("StartLocalTransaction support only one primary key."):
        store.client.start_local_transaction("t", store.key())
    with store.refused(400, "OTSInvalidPK", "Validate PK name fail. Input: z, Meta: a."):
        store.client.start_local_transaction("t", [("z", "x")])


def test_no_values_are_made_in_a_transaction(store: Any) -> None:
    store.table(key=(("a", "STRING"), ("b", "INTEGER", PK_AUTO_INCR)))
    started = _start(store)
    with store.invalid("Auto increment is not supported in a transaction."):
        store.put(key=store.key("x", PK_AUTO_INCR), transaction_id=started)


def test_a_transaction_writes_4_megabytes(store: Any) -> None:
    store.table()
    started = _start(store)
    for number in (1, 2):
        big = [("c", "v" * (2 * MEGABYTE - 100))]
        store.put(big, key=store.key("x", number), transaction_id=started)
    with pytest.raises(OTSServiceError, match="The total data size of the transaction exceeds"):
        store.put([("c", "v" * 1000)], key=store.key("x", 3), transaction_id=started)


def test_a_table_without_transactions(store_of: Any) -> None:
    from tablestore_emulator import emulator

    with emulator(transactions=False, in_thread=True) as running:
        store = store_of(running)
        store.table()
        with store.invalid(
            "Try to call method using explicit transaction on explicit-transaction-disabled table."
        ):
            _start(store)
