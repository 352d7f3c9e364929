"""Whatever a client sends is answered, with an error where it is nonsense, and soon."""

from __future__ import annotations

import random
import socket
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any

import pytest
from tablestore import FieldSchema, FieldType, SearchIndexMeta

from tablestore_emulator import signing
from tablestore_emulator.apis import APIS
from tablestore_emulator.plain_buffer import (
    HEADER,
    CellOperation,
    encode_cell,
    encode_row,
    encode_value,
)
from tablestore_emulator.protocol import Message, filters, search, tables
from tablestore_emulator.values import AUTO_INCREMENT, INF_MAX, INF_MIN

pytestmark = pytest.mark.thorough

INPUTS = 10_000
SECRET = "emulator-secret"


class Wire:
    """A connection on which requests are signed, whatever is in them."""

    def __init__(self, store: Any) -> None:
        self.running = store.running
        port = int(store.running.end_point.rpartition(":")[2])
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, api: str, body: bytes) -> tuple[int, bytes]:
        headers = {
            "x-ots-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "x-ots-apiversion": "2015-12-31",
            "x-ots-accesskeyid": self.running.access_key_id,
            "x-ots-instancename": self.running.instance_name,
            "x-ots-contentmd5": signing.content_digest(body),
        }
        text = signing.request_text(f"/{api}", headers)
        headers["x-ots-signature"] = signing._signature(SECRET.encode(), text, "sha1")
        self.connection.request("POST", f"/{api}", body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@pytest.fixture
def wire(store: Any) -> Any:
    store.table()
    store.put()
    fields = [FieldSchema("c", FieldType.KEYWORD, index=True)]
    store.client.create_search_index("t", "i", SearchIndexMeta(fields))
    made = Wire(store)
    yield made
    made.connection.close()


class Maker:
    """Requests that are nearly right: made of the right parts, then spoiled.

    Args:
        seed: where chance comes from.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def bytes(self, most: int = 60) -> bytes:
        return self.random.randbytes(self.random.randrange(most))

    def text(self) -> str:
        return self.random.choice(["t", "i", "a", "b", "c", "", "x" * 300, "é", "a b", "\x00"])

    def value(self) -> Any:
        choices: list[Any] = [0, -1, 2**63 - 1, "x", "", "é" * 600, b"", b"\xff", 1.5, True]
        choices += [float("nan"), float("inf"), INF_MIN, INF_MAX, AUTO_INCREMENT]
        return self.random.choice(choices)

    def row(self) -> bytes:
        key = [("a", "x"), ("b", self.random.randrange(5))]
        if self.random.random() < 0.4:
            key = [(self.text(), self.value()) for _ in range(self.random.randrange(1, 6))]
        cells = [
            encode_cell(
                self.text(),
                self.random.choice([None, self.value()]),
                self.random.choice([None, None, 5, -1, 2**62, int(time.time() * 1000)]),
                self.random.choice([None, None, *CellOperation]),
            )
            for _ in range(self.random.randrange(4))
        ]
        return self.spoiled(HEADER + encode_row(key, cells, self.random.random() < 0.2))

    def filter(self, depth: int = 0) -> Message:
        kind = self.random.choice([1, 1, 2, 3])
        body: bytes
        if kind == 1:
            comparison = filters.SingleColumnValueFilter(
                comparator=self.random.randrange(1, 9),
                column_name=self.text(),
                column_value=self.spoiled(encode_value(self.value())),
                filter_if_missing=self.random.random() < 0.5,
                latest_version_only=self.random.random() < 0.5,
            )
            if self.random.random() < 0.2:
                comparison.value_trans_rule.regex = self.random.choice(["(", "[0-9]+", "(a)|b"])
            body = comparison.SerializeToString()
        elif kind == 2 and depth < 4:
            parts = [self.filter(depth + 1) for _ in range(self.random.randrange(3))]
            body = filters.CompositeColumnValueFilter(
                combinator=self.random.randrange(1, 4), sub_filters=parts
            ).SerializeToString()
        else:
            body = filters.ColumnPaginationFilter(
                offset=self.random.randrange(-1, 3), limit=self.random.randrange(-1, 3)
            ).SerializeToString()
        return filters.Filter(type=kind, filter=self.spoiled(body))

    def spoiled(self, data: bytes) -> bytes:
        """Return some bytes, most of the time as they are."""
        if not data or self.random.random() < 0.85:
            return data
        place = self.random.randrange(len(data))
        flipped = 1 << self.random.randrange(8)
        return self.random.choice(
            [
                data[:place],
                data[:place] + self.bytes(9) + data[place:],
                data[:place] + bytes([data[place] ^ flipped]) + data[place + 1 :],
                data + data,
                self.bytes(),
            ]
        )

    def message(self, kind: Message, depth: int = 0) -> Message:
        """Return a message with values in its fields that they might have."""
        message = kind()
        for field in kind.DESCRIPTOR.fields:
            if field.label != field.LABEL_REQUIRED and self.random.random() < 0.4:
                continue
            count = self.random.randrange(1, 4) if field.label == field.LABEL_REPEATED else 1
            for _ in range(count):
                self._set(message, field, depth)
        return message

    def _set(self, message: Message, field: Any, depth: int) -> None:
        if field.message_type is not None:
            if depth > 6:
                return
            made = self.message(field.message_type._concrete_class, depth + 1)
            if field.label == field.LABEL_REPEATED:
                getattr(message, field.name).append(made)
            else:
                getattr(message, field.name).CopyFrom(made)
            return
        value = self._scalar(field)
        if field.label == field.LABEL_REPEATED:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)

    def _scalar(self, field: Any) -> Any:
        if field.enum_type is not None:
            return self.random.choice(field.enum_type.values).number
        kind = field.cpp_type
        if kind == field.CPPTYPE_STRING:
            if field.type != field.TYPE_BYTES:
                return self._name(field.name)
            return self._content(field.name)
        if kind in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT):
            return self.random.choice([0.0, 1.5, -1.0, float("nan"), float("inf")])
        if kind == field.CPPTYPE_BOOL:
            return self.random.random() < 0.5
        return self.random.choice([-1, 0, 1, 2, 100, 2**31 - 1])

    def _name(self, name: str) -> str:
        if self.random.random() < 0.7:
            return {"table_name": "t", "index_name": "i", "field_name": "c"}.get(name, self.text())
        return self.text()

    def _content(self, name: str) -> bytes:
        if name in ("filter", "column_condition"):
            return self.spoiled(self.filter().SerializeToString())
        if name == "search_query":
            return self.spoiled(self.message(search.SearchQuery).SerializeToString())
        if name == "scan_query":
            return self.spoiled(self.message(search.ScanQuery).SerializeToString())
        if name in ("query", "body"):
            kinds = [search.TermQuery, search.BoolQuery, search.RangeQuery, search.MatchQuery]
            kinds += [search.GroupByField, search.SumAggregation, search.NestedQuery]
            return self.message(self.random.choice(kinds), 4).SerializeToString()
        if name in ("begin", "end", "term", "range_from", "range_to", "missing"):
            return self.spoiled(encode_value(self.value()))
        return self.row() if self.random.random() < 0.9 else self.bytes()


REQUESTS = {
    name: getattr(tables, f"{name}Request", None) or getattr(search, f"{name}Request")
    for name in APIS
}


def _is_answer(status: int, said: bytes) -> bool:
    """Tell whether an answer is one that the service could give: never an internal error."""
    if status == 200:
        return True
    error = tables.Error.FromString(said)
    return 400 <= status < 500 and error.code.startswith("OTS") and bool(error.message)


def test_ten_thousand_inputs_are_answered(wire: Wire, store: Any) -> None:
    maker = Maker(1)
    statuses: dict[int, int] = {}
    slowest = 0.0
    for number in range(INPUTS):
        api = maker.random.choice(sorted(APIS))
        if number % 4 == 0:
            body = maker.bytes(300)
        else:
            body = maker.spoiled(maker.message(REQUESTS[api]).SerializeToString())
        started = time.perf_counter()
        status, said = wire.ask(api, body)
        slowest = max(slowest, time.perf_counter() - started)
        assert _is_answer(status, said), (number, api, body, status, said)
        statuses[status] = statuses.get(status, 0) + 1
    # Enough of them get past the parsers to mean something.
    assert statuses[200] > INPUTS / 50
    assert statuses[400] > INPUTS / 4
    assert slowest < 10
    store.control.reset()
    store.table("after")
    store.put(table="after")
    assert store.get(table="after") == [("c", "v")]


@pytest.mark.parametrize("api", sorted(APIS))
def test_an_empty_body(wire: Wire, api: str) -> None:
    status, said = wire.ask(api, b"")
    assert _is_answer(status, said)
    assert status == 200 or api not in ("ListTable", "ListSearchIndex")


def test_a_message_in_a_message_in_a_message(wire: Wire) -> None:
    query = search.Query(type=search.MATCH_ALL_QUERY, query=b"")
    for _ in range(2000):
        body = search.BoolQuery(must_queries=[query]).SerializeToString()
        query = search.Query(type=search.BOOL_QUERY, query=body)
    request = search.SearchRequest(
        table_name="t",
        index_name="i",
        search_query=search.SearchQuery(query=query).SerializeToString(),
    )
    status, said = wire.ask("Search", request.SerializeToString())
    assert _is_answer(status, said)


def test_a_text_that_is_not_utf_8(wire: Wire) -> None:
    # A field of the message, with the number 1, that holds a text.
    status, said = wire.ask("DescribeTable", b"\x0a\x02\xff\xfe")
    assert (status, tables.Error.FromString(said).code) == (400, "OTSParameterInvalid")


def test_a_body_that_is_too_large(wire: Wire, store: Any) -> None:
    most = 5 * 1024 * 1024
    status, said = wire.ask("PutRow", b"\x00" * most)
    assert (status, tables.Error.FromString(said).code) == (400, "OTSParameterInvalid")
    try:
        status, said = wire.ask("PutRow", b"\x00" * (most + 1))
    except (BrokenPipeError, ConnectionResetError):
        # The answer came before all was sent, and the connection was closed.
        pass
    else:
        assert (status, tables.Error.FromString(said).code) == (413, "OTSRequestBodyTooLarge")
    wire.connection.close()
    assert store.get() == [("c", "v")]


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"POST /PutRow HTTP/1.1\r\n\r\n",
        b"POST /PutRow HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /PutRow HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nshort",
        b"POST /PutRow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"",
    ],
)
def test_what_is_no_http(store: Any, sent: bytes) -> None:
    port = int(store.running.end_point.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(100)
    assert store.client.list_table() == ()
