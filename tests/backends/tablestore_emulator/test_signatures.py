"""Signatures of both versions, of requests and of answers; clocks and digests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tablestore import AsyncOTSClient, Condition, OTSClientError, OTSServiceError, Row

from tablestore_emulator import signing
from tablestore_emulator.protocol import tables

SECRET = "emulator-secret"


def _headers(store: Any, body: bytes, **changed: str) -> dict[str, str]:
    headers = {
        "x-ots-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "x-ots-apiversion": "2015-12-31",
        "x-ots-accesskeyid": store.running.access_key_id,
        "x-ots-instancename": store.running.instance_name,
        "x-ots-contentmd5": base64.b64encode(hashlib.md5(body).digest()).decode(),
    }
    headers.update({f"x-ots-{name}": value for name, value in changed.items()})
    return headers


def _sign(headers: dict[str, str], path: str = "/ListTable", secret: str = SECRET) -> None:
    """Sign as the documentation of version 2 says, without the emulator's own module."""
    lines = "\n".join(sorted(f"{name}:{value}" for name, value in headers.items()))
    text = f"{path}\nPOST\n\n{lines}\n"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    headers["x-ots-signature"] = base64.b64encode(digest).decode()


def _post(
    store: Any, headers: dict[str, str], body: bytes = b"", path: str = "/ListTable", **more: Any
) -> tuple[int, str, str, dict[str, str]]:
    port = int(store.running.end_point.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(more.get("method", "POST"), path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    found = {name.lower(): value for name, value in answer.getheaders()}
    if answer.status == 200:
        return answer.status, "", "", found
    error = tables.Error.FromString(said)
    return answer.status, error.code, error.message, found


def test_a_request_that_is_signed_by_hand(store: Any) -> None:
    headers = _headers(store, b"")
    _sign(headers)
    status, _, _, answered = _post(store, headers)
    assert status == 200
    lines = sorted(
        f"{name}:{value}" for name, value in answered.items() if name.startswith("x-ots-")
    )
    text = "\n".join(lines) + "\n/ListTable"
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()
    key = store.running.access_key_id
    assert answered["authorization"] == f"OTS {key}:{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("region", [None, "cn-hangzhou"])
def test_both_versions_of_the_sdk(store: Any, region: str | None) -> None:
    store.table()
    client = store.new_client(region=region)
    assert client.list_table() == ("t",)
    with store.refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        client.describe_table("nowhere")
    # On 403 the client checks the signature of the error, unless it is about signatures.
    client.start_local_transaction("t", [("a", "x")])
    with pytest.raises(OTSServiceError, match="Condition check failed"):
        client.delete_row("t", Row(store.key("y")), Condition("EXPECT_EXIST"))


@pytest.mark.parametrize("region", [None, "cn-hangzhou"])
def test_both_versions_of_the_async_sdk(store: Any, region: str | None) -> None:
    import asyncio

    async def run() -> None:
        client = store.new_client(AsyncOTSClient, region=region)
        try:
            assert await client.list_table() == ()
        finally:
            await client.close()

    asyncio.run(run())


def test_a_security_token_is_signed_with_the_rest(store: Any) -> None:
    assert store.new_client(sts_token="token").list_table() == ()


@pytest.mark.parametrize("region", [None, "cn-hangzhou"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"access_key_id": "nobody"}, "The AccessKeyID does not exist."),
        ({"access_key_secret": "wrong"}, "Signature mismatch."),
        ({"instance_name": "another"}, "The instance is not found."),
    ],
)
def test_a_client_that_is_not_known(store: Any, region: Any, changed: Any, message: str) -> None:
    with store.refused(403, "OTSAuthFailed", message):
        store.new_client(region=region, **changed).list_table()


def test_a_region_or_a_day_that_was_not_signed(store: Any) -> None:
    client = store.new_client(region="cn-hangzhou")
    client._signer.get_signing_key = lambda _: signing.key_of(
        SECRET,
        {"x-ots-signaturev4": "", "x-ots-signdate": "20200101", "x-ots-signregion": "cn-hangzhou"},
    )
    with store.refused(403, "OTSAuthFailed", "Signature mismatch."):
        client.list_table()


@pytest.mark.parametrize(
    "name", ["date", "apiversion", "accesskeyid", "instancename", "contentmd5", "signature"]
)
def test_a_header_that_is_missing(store: Any, name: str) -> None:
    headers = _headers(store, b"")
    _sign(headers)
    del headers[f"x-ots-{name}"]
    assert _post(store, headers)[:3] == (
        400,
        "OTSParameterInvalid",
        f"Missing header: 'x-ots-{name}'.",
    )


def test_a_header_that_was_changed_or_added_later(store: Any) -> None:
    for name, value in (("x-ots-instancename", "emulator2"), ("x-ots-other", "new")):
        headers = _headers(store, b"")
        _sign(headers)
        headers[name] = value
        status, code, _, _ = _post(store, headers)
        assert (status, code) == (403, "OTSAuthFailed")


def test_a_request_that_was_signed_for_another_operation(store: Any) -> None:
    headers = _headers(store, b"")
    _sign(headers, "/DescribeTable")
    assert _post(store, headers)[1:3] == ("OTSAuthFailed", "Signature mismatch.")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_wrong(store: Any, minutes: int) -> None:
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    headers = _headers(store, b"", date=then.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    _sign(headers)
    assert _post(store, headers)[:3] == (
        403,
        "OTSAuthFailed",
        f"Mismatch between system time and x-ots-date: {headers['x-ots-date']}.",
    )


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_a_little_wrong(store: Any, minutes: int) -> None:
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    headers = _headers(store, b"", date=then.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sign(headers)
    assert _post(store, headers)[0] == 200


def test_a_date_that_is_none(store: Any) -> None:
    headers = _headers(store, b"", date="yesterday")
    _sign(headers)
    assert _post(store, headers)[:3] == (
        400,
        "OTSParameterInvalid",
        "Invalid date format: yesterday.",
    )


def test_a_body_that_is_not_the_one_that_was_signed(store: Any) -> None:
    headers = _headers(store, b"")
    _sign(headers)
    assert _post(store, headers, b"other")[:3] == (
        403,
        "OTSAuthFailed",
        "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.",
    )


def test_an_operation_that_there_is_not(store: Any) -> None:
    headers = _headers(store, b"")
    _sign(headers, "/MakeCoffee")
    assert _post(store, headers, path="/MakeCoffee")[:3] == (
        400,
        "OTSParameterInvalid",
        "Unsupported operation: 'MakeCoffee'.",
    )


def test_a_method_that_is_not_post(store: Any) -> None:
    headers = _headers(store, b"")
    _sign(headers)
    assert _post(store, headers, method="GET")[:2] == (405, "OTSMethodNotAllowed")


def test_an_end_point_with_a_path(store: Any) -> None:
    client = store.new_client(end_point=f"{store.running.end_point}/some/where")
    assert client.list_table() == ()


def test_the_client_would_notice_a_wrong_answer(store: Any) -> None:
    client = store.new_client()
    client._signer.make_response_signature = lambda *_: "another"
    with pytest.raises(OTSClientError, match="Invalid signature in response"):
        client.list_table()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("signature", (403, "OTSAuthFailed", "Signature mismatch.")),
        ("signaturev4", (403, "OTSAuthFailed", "Signature mismatch.")),
        ("signdate", (403, "OTSAuthFailed", "Signature mismatch.")),
        ("ststoken", (403, "OTSAuthFailed", "Signature mismatch.")),
        ("accesskeyid", (403, "OTSAuthFailed", "The AccessKeyID does not exist.")),
        ("instancename", (403, "OTSAuthFailed", "The instance is not found.")),
        ("date", (400, "OTSParameterInvalid", "Invalid date format: \ufffd\ufffd.")),
        ("apiversion", (400, "OTSParameterInvalid", "Unsupported API version: '\ufffd\ufffd'.")),
    ],
)
def test_a_header_that_is_no_utf8_is_a_wrong_one(
    store: Any, name: str, expected: tuple[int, str, str]
) -> None:
    headers = _headers(store, b"")
    _sign(headers)
    # As the client sends it: two bytes.
    headers[f"x-ots-{name}"] = "\xff\xe9"
    assert _post(store, headers)[:3] == expected


@pytest.mark.parametrize("path", ["/\xff\xe9", "/%FF", "/ListTable%00"])
def test_an_operation_that_is_no_utf8_is_none(store: Any, path: str) -> None:
    port = int(store.running.end_point.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(
            f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n".encode("latin-1")
        )
        assert b" 400 " in client.recv(20)
