"""How a Tablestore is started, that it ends, and what it keeps when it is killed."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from memcert_backends.servers import Server, ServerUnavailable, start, why_not
from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.sdk import ots
from memcert_backends.tablestore.url import TablestoreURL
from memcert_reference import Msg

from .conftest import Place

HOW = ("embedded", "process")


def _memory(server: Server, **options: Any) -> TablestoreMemory:
    place = TablestoreURL.parse(server.url)
    return TablestoreMemory(**place.client_options, **place.memory_options, **options)


async def _add(server: Server, msg_id: str) -> list[str]:
    async with _memory(server) as memory:
        await memory.add(Msg("a", "text", "user", id=msg_id))
        return [message.id for message in await memory.get_memory()]


def _tables(server: Server) -> list[str]:
    client = ots.OTSClient(**TablestoreURL.parse(server.url).client_options)
    tables = list(client.list_table())
    client.connection.pool.clear()
    return tables


def _gone(url: str) -> bool:
    place = TablestoreURL.parse(url)
    with socket.socket() as probe:
        return probe.connect_ex((place.host, place.port)) != 0


@pytest.mark.parametrize("how", HOW)
def test_starts_answers_and_ends(how: str) -> None:
    with start("tablestore", how) as server:
        assert (server.store, server.how) == ("tablestore", how)
        assert server.version.startswith("Tablestore emulator of memcert ")
        assert asyncio.run(_add(server, "m")) == ["m"]
        assert server.addresses == (("127.0.0.1", TablestoreURL.parse(server.url).port),)
    assert _gone(server.url)


@pytest.mark.parametrize(("lag", "found"), [("0", 1), ("manual", 0)])
@pytest.mark.parametrize("how", HOW)
def test_its_search_lag_is_given_by_the_environment(
    how: str, lag: str, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMCERT_TABLESTORE_LAG", lag)
    with start("tablestore", how) as server:
        assert server.version.endswith(f", lag {lag}")
        client = ots.OTSClient(**TablestoreURL.parse(server.url).client_options)
        key = ots.TableMeta("lagging", [("id", "STRING")])
        client.create_table(key, ots.TableOptions(), ots.ReservedThroughput(ots.CapacityUnit(0, 0)))
        fields = [ots.FieldSchema("word", ots.FieldType.KEYWORD, index=True)]
        client.create_search_index("lagging", "words", ots.SearchIndexMeta(fields))
        client.put_row("lagging", ots.Row([("id", "1")], [("word", "here")]))
        everything = ots.SearchQuery(ots.MatchAllQuery(), get_total_count=True)
        time.sleep(0.2)
        # By default it would be there after a second at the earliest.
        assert client.search("lagging", "words", everything).total_count == found
        client.connection.pool.clear()


@pytest.mark.parametrize("how", HOW)
def test_a_lag_that_is_none_is_one_clear_line(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMCERT_TABLESTORE_LAG", "soon")
    line = (
        "tablestore: MEMCERT_TABLESTORE_LAG: a lag is such as 1-3s, 20ms, 0 or manual, not 'soon'"
    )
    with pytest.raises(ServerUnavailable, match=f"^{line}$"), start("tablestore", how):
        pass


@pytest.mark.parametrize("how", HOW)
def test_a_fresh_one_is_empty_and_leaves_nothing(how: str) -> None:
    with start("tablestore", how) as server:
        asyncio.run(_add(server, "m"))
        assert server.fresh is not None
        for _ in range(70):
            # More than there may be at once.
            with server.fresh() as fresh:
                assert asyncio.run(_add(fresh, "n")) == ["n"]
                assert len(_tables(server)) == 2
        assert len(_tables(server)) == 1
        assert asyncio.run(_add(server, "n")) == ["m", "n"]


_HOLDER = """
import sys, tempfile, time
from memcert_backends.servers import start
tempfile.tempdir = sys.argv[2]
with start("tablestore", sys.argv[1]) as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", HOW)
def test_ends_when_the_process_that_started_it_is_killed(how: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, how, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        url = holder.stdout.readline().strip()
        assert not _gone(url)
        assert len(list(tmp_path.iterdir())) == (1 if how == "process" else 0)
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not _gone(url) or any(tmp_path.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_by_its_url_gets_a_table_of_its_own(place: Place) -> None:
    given = TablestoreURL(
        host="127.0.0.1",
        port=int(place.options["end_point"].rpartition(":")[2]),
        instance_name=place.options["instance_name"],
        access_key_id=place.options["access_key_id"],
        access_key_secret=place.options["access_key_secret"],
        scheme="http",
    )

    async def others() -> None:
        async with place.memory() as memory:
            await memory.add(Msg("a", "text", "user"))
            assert await memory.size() == 1

    asyncio.run(others())
    with start("tablestore", str(given)) as server:
        assert server.how == "url"
        assert asyncio.run(_add(server, "m")) == ["m"]
        assert len(_tables(server)) == 2
    assert [item.key.version for item in place.rows()] == [1]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("container", "there is no image of Tablestore: use embedded, process or a URL"),
        ("redis://h", "--server is embedded, process or a tablestore:// URL, not 'redis'"),
        ("tablestore://k:secret@h", "--server: it is no URL such as tablestore://KEYID:SECRET@"),
        ("tablestore://k:secret@127.0.0.1:9/i?scheme=http", "http://127.0.0.1:9 cannot be used"),
    ],
)
def test_says_in_one_line_why_not(how: str, said: str) -> None:
    with pytest.raises(ServerUnavailable) as raised, start("tablestore", how):
        pass
    line = str(raised.value)
    assert line.startswith(f"tablestore: {said}")
    assert "\n" not in line
    assert "secret" not in line


def test_a_wrong_key_is_said_in_one_line(place: Place) -> None:
    where = place.options["end_point"].removeprefix("http://")
    with (
        pytest.raises(ServerUnavailable, match=r"cannot be used: .*OTSAuthFailed"),
        start("tablestore", f"tablestore://k:s@{where}/emulator?scheme=http"),
    ):
        pass


def test_which_ways_there_are() -> None:
    assert [why_not("tablestore", how) for how in ("embedded", "process", "url")] == [None] * 3
    assert why_not("tablestore", "container") is not None


def test_keeps_what_it_acknowledged_when_it_is_killed() -> None:
    with start("tablestore", "process") as server:
        assert server.killable is not None
        with server.killable() as killable:
            for turn in range(3):
                expected = [f"m{number}" for number in range(turn + 1)]
                assert asyncio.run(_add(killable.server, f"m{turn}")) == expected
                killable.kill()
                assert _gone(killable.server.url)
                killable.restart()
        assert _gone(killable.server.url)


def test_a_journal_that_ends_within_a_request_is_read_up_to_it(tmp_path: Path) -> None:
    from memcert_backends.tablestore.host import JOURNAL
    from memcert_backends.tablestore.process import killable_tablestore

    with killable_tablestore() as killable:
        assert asyncio.run(_add(killable.server, "m")) == ["m"]
        folder = Path(_folder_of(killable))
        killable.kill()
        with (folder / JOURNAL).open("ab") as journal:
            journal.write(b"\0" * 7)
        killable.restart()
        assert asyncio.run(_add(killable.server, "n")) == ["m", "n"]
        killable.kill()
        killable.restart()
        assert asyncio.run(_add(killable.server, "o")) == ["m", "n", "o"]


def _folder_of(killable: Any) -> str:
    folder: str = killable._processes[0]._program.folder
    return folder


def test_clients_can_be_rerouted() -> None:
    with start("tablestore", "embedded") as server:
        asyncio.run(_add(server, "m"))
        assert server.rerouted is not None
        with server.rerouted([("127.0.0.1", 9)]) as elsewhere:
            place = TablestoreURL.parse(elsewhere.url)
            assert (place.host, place.port) == ("127.0.0.1", 9)
            assert place.table_name == TablestoreURL.parse(server.url).table_name
            assert elsewhere.fresh is None
