"""Faults that a test asks for, and what the vendor's clients make of them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
import urllib3
from aiohttp import ServerDisconnectedError
from tablestore import AsyncOTSClient, OTSClientError, OTSServiceError, Row
from tablestore.retry import NoDelayRetryPolicy, WriteRetryPolicy


class _WriteRetry(WriteRetryPolicy):
    def get_retry_delay(self, *_: Any) -> float:
        return 0.0


def _statuses(store: Any, api: str) -> list[int]:
    return [call["status"] for call in store.control.calls(api)]


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("OTSServerBusy", 503, "Server is busy."),
        ("OTSPartitionUnavailable", 503, "The partition is not available."),
        ("OTSTimeout", 503, "Operation timeout."),
        ("OTSServerUnavailable", 503, "Server is not available."),
        ("OTSInternalServerError", 500, "Internal server error."),
        ("OTSNotEnoughCapacityUnit", 403, "Remaining capacity unit is not enough."),
        ("OTSTableNotReady", 404, "The table is not ready."),
        ("OTSQuotaExhausted", 403, "Too frequent table operations."),
        ("OTSRowOperationConflict", 409, "Data is being modified by the other request."),
        ("OTSFlowControl", 429, "The requests have been throttled."),
    ],
)
def test_each_transient_error(store: Any, code: str, status: int, message: str) -> None:
    store.table()
    store.control.fail("PutRow", code=code)
    with store.refused(status, code, message):
        store.put()
    assert store.get() is None
    store.put()
    assert store.get() == [("c", "v")]


@pytest.mark.parametrize(
    "code",
    ["OTSServerBusy", "OTSNotEnoughCapacityUnit", "OTSPartitionUnavailable", "OTSTableNotReady"],
)
def test_the_client_tries_a_throttled_write_again(store: Any, code: str) -> None:
    store.table()
    store.control.fail("PutRow", code=code, count=3)
    client = store.new_client(retry_policy=NoDelayRetryPolicy())
    client.put_row("t", Row(store.key(), [("c", "v")]))
    assert len(_statuses(store, "PutRow")) == 4
    assert store.get() == [("c", "v")]


def test_the_async_client_does_too(store: Any) -> None:
    store.table()
    store.control.fail("PutRow", code="OTSServerBusy", count=2)

    async def run() -> None:
        client = store.new_client(AsyncOTSClient, retry_policy=NoDelayRetryPolicy())
        try:
            await client.put_row("t", Row(store.key(), [("c", "v")]))
        finally:
            await client.close()

    asyncio.run(run())
    assert _statuses(store, "PutRow") == [503, 503, 200]


def test_the_client_gives_up_after_20_tries(store: Any) -> None:
    store.table()
    store.control.fail("PutRow", code="OTSServerBusy", count=None)
    client = store.new_client(retry_policy=NoDelayRetryPolicy())
    with pytest.raises(OTSServiceError, match="Server is busy"):
        client.put_row("t", Row(store.key(), []))
    assert len(_statuses(store, "PutRow")) == 21


def test_only_repeatable_reads_are_tried_again_on_a_503(store: Any) -> None:
    store.table()
    store.put()
    client = store.new_client(retry_policy=NoDelayRetryPolicy())
    store.control.fail("GetRow", code="OTSTimeout")
    assert client.get_row("t", store.key())[1] is not None
    store.control.fail("PutRow", code="OTSTimeout")
    with pytest.raises(OTSServiceError, match="Operation timeout"):
        client.put_row("t", Row(store.key(), []))
    # And not at all on a 429.
    store.control.fail("GetRow", status=429)
    with pytest.raises(OTSServiceError, match="throttled"):
        client.get_row("t", store.key())


def test_the_write_policy_forgets_update_row(store: Any) -> None:
    store.table()
    client = store.new_client(retry_policy=_WriteRetry())
    store.control.fail("PutRow", code="OTSTimeout")
    client.put_row("t", Row(store.key(), []))
    store.control.fail("UpdateRow", code="OTSTimeout")
    with pytest.raises(OTSServiceError, match="Operation timeout"):
        client.update_row("t", Row(store.key(), {"PUT": [("c", 1)]}), None)


def test_an_operation_that_happened_although_it_failed(store: Any) -> None:
    store.table()
    store.control.fail("PutRow", code="OTSTimeout", is_done=True)
    with store.refused(503, "OTSTimeout", "Operation timeout."):
        store.put()
    assert store.get() == [("c", "v")]


@pytest.mark.parametrize(("drop", "expected"), [("before", None), ("after", [("c", "v")])])
def test_a_dropped_connection(store: Any, drop: str, expected: Any) -> None:
    store.table()
    store.control.fail("PutRow", drop=drop)
    with pytest.raises((urllib3.exceptions.HTTPError, OTSClientError)):
        store.put()
    assert store.get() == expected
    assert _statuses(store, "PutRow") == [0]
    store.put([("c", "again")])
    assert store.get() == [("c", "again")]


@pytest.mark.parametrize(("drop", "expected"), [("before", None), ("after", [("c", "v")])])
def test_a_dropped_connection_of_the_async_client(store: Any, drop: str, expected: Any) -> None:
    store.table()
    store.control.fail("PutRow", drop=drop)

    async def run() -> None:
        client = store.new_client(AsyncOTSClient)
        try:
            with pytest.raises((ServerDisconnectedError, ConnectionResetError, OSError)):
                await client.put_row("t", Row(store.key(), [("c", "v")]))
            assert (await client.list_table()) == ("t",)
        finally:
            await client.close()

    asyncio.run(run())
    assert store.get() == expected


def test_an_answer_that_is_late(store: Any) -> None:
    store.table()
    store.control.fail("GetRow", delay=0.3)
    started = time.perf_counter()
    store.get()
    assert time.perf_counter() - started >= 0.3
    store.control.fail("PutRow", delay=5.0)
    client = store.new_client(socket_timeout=0.2)
    with pytest.raises(Exception, match=r"(?i)time"):
        client.put_row("t", Row(store.key(), [("c", "late")]))
    # What was asked for happens all the same.
    deadline = time.monotonic() + 60
    while store.get() != [("c", "late")]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_others_are_answered_while_one_waits(store: Any) -> None:
    store.table()

    async def run() -> None:
        client = store.new_client(AsyncOTSClient)
        try:
            store.control.fail("PutRow", delay=20.0)
            slow = asyncio.create_task(client.put_row("t", Row(store.key(), [])))
            while await asyncio.to_thread(store.control.faults):
                pass
            await client.list_table()
            assert not slow.done()
            slow.cancel()
        finally:
            await client.close()

    asyncio.run(run())


def test_an_error_that_is_no_message_is_not_tried_again(store: Any) -> None:
    store.table()
    store.control.fail("GetRow", status=502, body="\x01<html>Bad gateway</html>")
    client = store.new_client(retry_policy=NoDelayRetryPolicy())
    with pytest.raises(OTSClientError, match="HTTP status: 502"):
        client.get_row("t", store.key())


def test_which_calls_a_fault_is_about(store: Any) -> None:
    store.table()
    store.control.fail("PutRow", code="OTSServerBusy", skip=1, count=2)
    outcomes = []
    for number in range(5):
        try:
            store.put([("c", number)])
            outcomes.append("done")
        except OTSServiceError:
            outcomes.append("failed")
        store.get()
    assert outcomes == ["done", "failed", "failed", "done", "done"]
    assert store.control.faults() == []
    store.control.fail(code="OTSServerBusy")
    with pytest.raises(OTSServiceError, match="busy"):
        store.client.list_table()


def test_a_fault_needs_a_signature_as_well(store: Any) -> None:
    store.control.fail("ListTable", code="OTSServerBusy")
    with store.refused(403, "OTSAuthFailed", "Signature mismatch."):
        store.new_client(access_key_secret="wrong").list_table()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"drop": "sometimes"}, "drop is before or after"),
        ({"count": 0}, "count is 1 or more"),
        ({"code": "OTSNoSuch"}, "the status of OTSNoSuch has to be given"),
        ({"weather": "bad"}, "a fault has no 'weather'"),
        ({"delay": -1}, "not less than 0"),
        ({"delay": "long"}, "not supported"),
    ],
)
def test_faults_that_are_none(store: Any, fault: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        store.control.fail(**fault)
    assert store.control.faults() == []
