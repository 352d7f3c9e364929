"""The control port: state, calls, clock, what is frozen, reset."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from typing import Any

import pytest
from tablestore import Row


def test_state(store: Any) -> None:
    store.table()
    store.put()
    state = store.control.state()
    assert state["tables"] == {"t": 1}
    assert (state["instance"], state["lag"]) == ("emulator", "manual")
    assert state["dictionary"] is True
    assert state["frozen"] == {"clock": False, "indexes": False, "requests": False}


def test_calls_are_logged(store: Any) -> None:
    store.table()
    store.put()
    with pytest.raises(Exception, match="does not exist"):
        store.put(table="nowhere")
    calls = store.control.calls("PutRow")
    assert [(it["status"], it["code"]) for it in calls] == [
        (200, ""),
        (404, "OTSObjectNotExist"),
    ]
    assert all(it["request_bytes"] > 0 and it["seconds"] >= 0 for it in calls)
    assert [it["api"] for it in store.control.calls()] == ["CreateTable", "PutRow", "PutRow"]
    store.control.clear_calls()
    assert store.control.calls() == []


def test_the_clock_goes_forwards_only(store: Any) -> None:
    before = store.control.clock()
    assert store.control.advance(3600) - before >= 3600
    with pytest.raises(ValueError, match="the clock goes forwards"):
        store.control.advance(-1)
    with store.control.frozen("clock"):
        stopped = store.control.clock()
        assert store.control.clock() == stopped
        assert store.control.advance(5) == pytest.approx(stopped + 5)
    assert store.control.clock() >= stopped + 5


def test_the_clock_of_the_data_is_not_that_of_the_signatures(store: Any) -> None:
    store.control.advance(10**6)
    assert store.client.list_table() == ()


def test_requests_can_be_held_up(store: Any) -> None:
    store.table()
    done: list[float] = []

    def put() -> None:
        store.client.put_row("t", Row(store.key(), []))
        done.append(time.perf_counter())

    with store.control.frozen("requests"):
        thread = threading.Thread(target=put)
        thread.start()
        time.sleep(0.3)
        assert done == []
        let_go = time.perf_counter()
    thread.join(10)
    assert done
    assert done[0] >= let_go


def test_reset_leaves_nothing(store: Any) -> None:
    store.table()
    store.put()
    store.control.fail("GetRow", code="OTSServerBusy")
    store.control.set_lag("1-3s", "5ms")
    store.control.advance(1000)
    store.control.freeze(indexes=True, clock=True)
    store.control.reset()
    state = store.control.state()
    assert state["tables"] == {}
    assert (state["lag"], state["secondary_lag"]) == ("manual", "0s")
    assert not any(state["frozen"].values())
    assert abs(state["clock"] - time.time()) < 60
    assert store.control.faults() == store.control.calls() == []
    assert store.client.list_table() == ()


@pytest.mark.parametrize("lag", ["soon", "3-1s", "", "-1s", "1-", "nan"])
def test_lags_that_are_none(store: Any, lag: str) -> None:
    with pytest.raises(ValueError, match="lag"):
        store.control.set_lag(lag)


def test_it_says_what_it_does_not_know(store: Any) -> None:
    with pytest.raises(ValueError, match="no 'everything' is known here"):
        store.control.freeze(everything=True)
    connection = http.client.HTTPConnection("127.0.0.1", store.control.port, timeout=10)
    for body in ("{", "[]", '"x"'):
        connection.request("POST", "/clock", body, store.control.headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 400
    connection.request("GET", "/nowhere", headers=store.control.headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 404
    connection.close()


def test_only_this_machine_reaches_it(store: Any) -> None:
    port = int(store.running.end_point.rpartition(":")[2])
    for number in (port, store.control.port):
        with socket.socket() as other:
            # It does not listen on other addresses of the loopback, nor on those of the network.
            assert other.connect_ex(("127.0.0.2", number)) != 0
