"""A place in Tablestore as one URL."""

from __future__ import annotations

import asyncio

import pytest

from memcert_backends.by_url import UnknownURL, open_by_url
from memcert_backends.tablestore.url import TablestoreURL
from memcert_reference import Msg

from .conftest import Place


def _url(place: Place) -> str:
    return str(
        TablestoreURL(
            host="127.0.0.1",
            port=int(place.options["end_point"].rpartition(":")[2]),
            instance_name=place.options["instance_name"],
            access_key_id=place.options["access_key_id"],
            access_key_secret=place.options["access_key_secret"],
            scheme="http",
        )
    )


@pytest.mark.parametrize(
    ("url", "end_point", "port"),
    [
        ("tablestore://k:s@h.aliyuncs.com/i", "https://h.aliyuncs.com:443", 443),
        ("tablestore://k:s@h:8087/i?scheme=http", "http://h:8087", 8087),
        ("tablestore://k:s@[::1]:1/i?scheme=http&table=t&sts_token=x", "http://[::1]:1", 1),
    ],
)
def test_reads_and_writes_urls(url: str, end_point: str, port: int) -> None:
    place = TablestoreURL.parse(url)
    assert (place.end_point, place.port) == (end_point, port)
    assert TablestoreURL.parse(str(place)) == place


def test_keeps_any_secret() -> None:
    place = TablestoreURL("h", 1, "i/ä", "k:@/", "s:@/?#%", sts_token="+ =&")
    assert TablestoreURL.parse(str(place)) == place


@pytest.mark.parametrize(
    "url",
    [
        "tablestore://h/i",
        "tablestore://secret@h/i",
        "tablestore://k:secret@h",
        "tablestore://k:secret@/i",
        "tablestore://k:secret@h:port/i",
        "tablestore://k:secret@h/i?scheme=ftp",
        "tablestore://k:secret@h/i?tables=t",
        "https://k:secret@h/i",
    ],
)
def test_refuses_others_and_keeps_their_secrets(url: str) -> None:
    with pytest.raises(ValueError, match="it ") as raised:
        TablestoreURL.parse(url)
    assert "secret" not in str(raised.value).replace("SECRET", "")


def test_a_memory_is_opened_by_its_url(place: Place) -> None:
    async def main() -> None:
        async with open_by_url(_url(place), "u", "s") as memory:
            await memory.add(Msg("a", "text", "user"))
        async with place.memory(user_id="u", session_id="s") as memory:
            assert await memory.size() == 1
        async with open_by_url(_url(place), "u", "s", "another") as memory:
            assert await memory.size() == 0
        async with open_by_url(f"{_url(place)}&table=third", "u", "s") as memory:
            await memory.add(Msg("a", "text", "user"))
        async with place.memory(user_id="u", session_id="s", table_name="third") as memory:
            assert await memory.size() == 1

    asyncio.run(main())


def test_a_url_that_cannot_be_read_is_one_line() -> None:
    async def main() -> None:
        async with open_by_url("tablestore://h/i", "u", "s"):
            pass

    with pytest.raises(UnknownURL, match="tablestore: it is no URL such as tablestore://KEYID"):
        asyncio.run(main())
